"""What the weights of a tagger's network must look like, told without building it."""

from collections.abc import Mapping

import numpy as np

from postagger.config import NetworkConfig
from postagger.data_prep.features import FeatureExtractor

_GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def weight_shapes(config: NetworkConfig, extractor: FeatureExtractor, num_tags: int) -> dict[str, tuple[int, ...]]:
    """The name and shape of each weight of a SequenceTagger."""
    shapes: dict[str, tuple[int, ...]] = {"word_encoder.words.weight": (len(extractor.words), config.embedding_dim)}
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
    directions = 2 if config.bidirectional else 1
    rows = _GATES[config.cell] * config.hidden_size
    for number in range(config.num_layers * directions):
        prefix = f"recurrent.layers.{number}."
        shapes[prefix + "weight_ih_l0"] = (rows, width if number < directions else directions * config.hidden_size)
        shapes[prefix + "weight_hh_l0"] = (rows, config.hidden_size)
        shapes[prefix + "bias_ih_l0"] = shapes[prefix + "bias_hh_l0"] = (rows,)
    shapes["output.weight"] = (num_tags, directions * config.hidden_size)
    shapes["output.bias"] = (num_tags,)
    return shapes


def check_weights(
    weights: Mapping[str, np.ndarray], config: NetworkConfig, extractor: FeatureExtractor, num_tags: int
) -> None:
    """Refuse weights that are not those of the network.

    Raises:
        ValueError: one is missing, left over, or of another shape.
    """
    expected = weight_shapes(config, extractor, num_tags)
    for name in sorted({*expected, *weights}):
        shape = weights[name].shape if name in weights else None
        if shape != expected.get(name):
            raise ValueError(f"{name}: expected the shape {expected.get(name)}, got {shape}")
