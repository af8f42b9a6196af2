"""The lessons' smallest exercise."""

import pytest

from postagger.errors import ConfigError
from postagger.mapping_exercise import NUM_EPOCHS, learn_mappings


def test_hello_becomes_ohlol_within_15_epochs() -> None:
    networks = dict(learn_mappings("hello", "ohlol"))
    assert list(networks) == ["RNN cell, one-hot", "RNN layer, one-hot", "embedding, two RNN layers, linear"]
    for epochs in networks.values():
        assert len(epochs) == NUM_EPOCHS == 15
        assert "ohlol" in [predicted for predicted, _ in epochs]
        assert epochs[-1][1] < epochs[0][1]


def test_equal_seeds_learn_alike() -> None:
    assert list(learn_mappings("hello", "ohlol", seed=5)) == list(learn_mappings("hello", "ohlol", seed=5))


@pytest.mark.parametrize(("source", "target"), [("", ""), ("hello", "ohl")])
def test_words_that_do_not_fit(source: str, target: str) -> None:
    with pytest.raises(ConfigError, match="--map: expected two words of one length, got "):
        list(learn_mappings(source, target))
