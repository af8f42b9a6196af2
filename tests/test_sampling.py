"""How the next character is chosen."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from postagger.errors import ConfigError
from postagger.sampling import Sampling

LOG_PROBS = torch.tensor([0.1, 0.2, 0.3, 0.4]).log()


def test_temperature() -> None:
    assert Sampling().probabilities(LOG_PROBS).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    halved = Sampling(temperature=0.5).probabilities(LOG_PROBS).tolist()
    assert halved == pytest.approx([square / 0.3 for square in (0.01, 0.04, 0.09, 0.16)])
    assert Sampling(temperature=1e-300).probabilities(LOG_PROBS).tolist() == [0.0, 0.0, 0.0, 1.0]
    assert Sampling(temperature=0.0).choose(LOG_PROBS) == Sampling(greedy=True).choose(LOG_PROBS) == 3


def test_top_k_and_top_p() -> None:
    assert Sampling(top_k=2).probabilities(LOG_PROBS).tolist() == pytest.approx([0, 0, 3 / 7, 4 / 7])
    assert Sampling(top_k=9).probabilities(LOG_PROBS).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    # 0.4 alone is less than 0.5, so 0.3 stays, too; 0.7 is enough.
    kept = Sampling(top_p=0.5).probabilities(LOG_PROBS)
    assert (kept > 0).tolist() == [False, False, True, True]
    assert (Sampling(top_p=0.01).probabilities(LOG_PROBS) > 0).tolist() == [False, False, False, True]


def test_draws_are_as_frequent_as_they_are_probable_and_repeat_with_their_seed() -> None:
    generator = torch.Generator().manual_seed(1)
    drawn = [Sampling().choose(LOG_PROBS, generator) for _ in range(4000)]
    for number, probability in enumerate((0.1, 0.2, 0.3, 0.4)):
        assert drawn.count(number) / 4000 == pytest.approx(probability, abs=0.03)
    again = torch.Generator().manual_seed(1)
    assert [Sampling().choose(LOG_PROBS, again) for _ in range(50)] == drawn[:50]


@given(
    st.lists(st.floats(-200, 0), min_size=1, max_size=8),
    st.floats(1e-3, 10),
    st.integers(0, 9),
    st.floats(0.01, 1),
)
def test_what_is_impossible_is_never_drawn(scores: list[float], temperature: float, top_k: int, top_p: float) -> None:
    log_probs = torch.tensor([*scores, -math.inf])
    assert Sampling(temperature, top_k, top_p).choose(log_probs) < len(scores)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": -1.0}, "--temperature: expected a number at least 0 and finite, got -1.0"),
        ({"temperature": math.nan}, "--temperature: expected a number at least 0 and finite, got nan"),
        ({"top_k": -1}, "--top-k: expected a number at least 0, got -1"),
        ({"top_p": 0.0}, "--top-p: expected a number above 0 and at most 1, got 0.0"),
        ({"top_p": 1.5}, "--top-p: expected a number above 0 and at most 1, got 1.5"),
    ],
)
def test_settings_outside_their_range(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Sampling(**settings)  # type: ignore[arg-type]
    assert str(caught.value) == message
