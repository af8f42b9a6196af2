"""What the weights of a network must look like, told without building it."""

from collections.abc import Mapping

import numpy as np

from postagger.config import NetworkConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.language_config import LanguageNetworkConfig
from postagger.stored_tensors import Shape, check_shapes

_GATES = {"rnn": 1, "gru": 3, "lstm": 4}
_MOST_LAYERS = 1000


def weight_shapes(config: NetworkConfig, extractor: FeatureExtractor, num_tags: int) -> dict[str, Shape]:
    """The name and shape of each weight of a SequenceTagger.

    Raises:
        ValueError: there are too many layers.
    """
    shapes: dict[str, Shape] = {"word_encoder.words.weight": (len(extractor.words), config.embedding_dim)}
    width = config.embedding_dim
    if extractor.num_features:
        shapes["word_encoder.features.weight"] = (len(extractor.features), config.feature_dim)
        width += extractor.num_features * config.feature_dim
    if extractor.characters is not None:
        size, prefix = config.character_dim, "word_encoder.characters."
        shapes[prefix + "embedding.weight"] = (len(extractor.characters), size)
        shapes[prefix + "convolution.weight"] = (size, size, 3)
        shapes[prefix + "convolution.bias"] = (size,)
        width += size
    return shapes | _recurrent_and_output(config, config.bidirectional, width, num_tags)


def language_weight_shapes(config: LanguageNetworkConfig, vocab_size: int) -> dict[str, Shape]:
    """The name and shape of each weight of a character-level language model, which may have two directions.

    Raises:
        ValueError: there are too many layers.
    """
    shapes: dict[str, Shape] = {}
    width = vocab_size
    if config.input == "embedding":
        width = config.embedding_dim
        shapes["embedding.weight"] = (vocab_size, width)
    shapes |= _recurrent_and_output(config, config.bidirectional_leak, width, vocab_size)
    if config.direction != "both":
        return shapes
    models = ("forward_model", "backward_model")
    return {f"{model}.{name}": shape for model in models for name, shape in shapes.items()}


def check_weights(
    weights: Mapping[str, np.ndarray], config: NetworkConfig, extractor: FeatureExtractor, num_tags: int
) -> None:
    """Refuse weights that are not those of the network.

    Raises:
        ValueError: one is missing, left over, or of another shape.
    """
    check_shapes({name: weight.shape for name, weight in weights.items()}, weight_shapes(config, extractor, num_tags))


def _recurrent_and_output(
    config: NetworkConfig | LanguageNetworkConfig, bidirectional: bool, width: int, num_symbols: int
) -> dict[str, Shape]:
    """What stands above the encoder, which gives vectors of a width, up to the scores of so many symbols."""
    if config.num_layers > _MOST_LAYERS:
        raise ValueError(f"--num-layers: expected at most {_MOST_LAYERS}, got {config.num_layers}")
    shapes: dict[str, Shape] = {}
    directions = 2 if bidirectional else 1
    rows = _GATES[config.cell] * config.hidden_size
    for number in range(config.num_layers * directions):
        prefix = f"recurrent.layers.{number}."
        shapes[prefix + "weight_ih_l0"] = (rows, width if number < directions else directions * config.hidden_size)
        shapes[prefix + "weight_hh_l0"] = (rows, config.hidden_size)
        shapes[prefix + "bias_ih_l0"] = shapes[prefix + "bias_hh_l0"] = (rows,)
    shapes["output.weight"] = (num_symbols, directions * config.hidden_size)
    shapes["output.bias"] = (num_symbols,)
    return shapes
