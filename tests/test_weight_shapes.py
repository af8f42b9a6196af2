import numpy as np
import pytest
import torch

from postagger.compact_weights import compress, expand, expanded_shapes
from postagger.config import NetworkConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.language_config import LanguageModelConfig
from postagger.language_network import build_language_model
from postagger.scoring.weight_shapes import language_weight_shapes, weight_shapes
from postagger.stored_tensors import Declared
from postagger.tagger_network import build_sequence_tagger

_NAMES = {"int8": "I8", "float16": "F16", "float32": "F32"}


def shapes_of(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(weight.shape) for name, weight in network.state_dict().items()}


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("implementation", ["torch", "from-scratch"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"input": "one-hot", "num_layers": 3},
        {"direction": "both", "num_layers": 2},
        {"tied_weights": True, "embedding_dim": 5},
        {"bidirectional_leak": True, "num_layers": 2},
    ],
)
def test_language_models_have_these_weights(cell: str, implementation: str, settings: dict[str, object]) -> None:
    chosen = {"cell": cell, "implementation": implementation, "hidden_size": 5, "embedding_dim": 3} | settings
    config = LanguageModelConfig.from_settings(chosen).network
    assert language_weight_shapes(config, 7) == shapes_of(build_language_model(config, 7))


@pytest.mark.parametrize("use_characters", [False, True])
@pytest.mark.parametrize("max_affix_length", [0, 2])
def test_taggers_have_these_weights(use_characters: bool, max_affix_length: int) -> None:
    extractor = FeatureExtractor.build(["a", "bb"], max_affix_length=max_affix_length, use_characters=use_characters)
    config = NetworkConfig(num_layers=2, hidden_size=3, embedding_dim=4)
    assert weight_shapes(config, extractor, 6) == shapes_of(build_sequence_tagger(config, extractor, 6))


def test_layers_without_end_are_refused_at_once() -> None:
    extractor = FeatureExtractor.build(["a"])
    with pytest.raises(ValueError, match="--num-layers: expected at most 1000, got 1000000000000"):
        weight_shapes(NetworkConfig(num_layers=10**12), extractor, 2)
    with pytest.raises(ValueError, match="--num-layers: expected at most 1000"):
        language_weight_shapes(LanguageModelConfig.from_settings({"num_layers": 1001}).network, 2)


def test_shapes_of_compact_weights_are_told_before_they_are_expanded() -> None:
    stored = compress({"word_encoder.words.weight": np.ones((300, 4), np.float32), "output.bias": np.ones(3)})
    declared = {name: Declared(_NAMES[weight.dtype.name], weight.shape) for name, weight in stored.items()}
    assert expanded_shapes(declared) == {name: weight.shape for name, weight in expand(stored).items()}
    table, scale = "word_encoder.words.weight", "word_encoder.words.weight.scale"
    with pytest.raises(ValueError, match="expected a float16 scale for each of its rows"):
        expanded_shapes({table: declared[table]})
    with pytest.raises(ValueError, match="expected a float16 scale for each of its rows"):
        expanded_shapes({table: declared[table], scale: Declared("F16", (299,))})
    with pytest.raises(ValueError, match="expected the table in 8 bits that it scales"):
        expanded_shapes({table: Declared("F16", (300, 4)), scale: declared[scale]})
