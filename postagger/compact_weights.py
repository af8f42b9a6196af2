"""Weights in a fourth to a half of their size, for models that travel: tables in 8 bits, everything else in 16."""

from collections.abc import Mapping

import numpy as np

from postagger.stored_files import shown
from postagger.stored_tensors import Declared, Shape

_LARGEST = 127
_TABLE_ROWS = 256
_SCALE = ".scale"


def compress(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Tables of embeddings as int8 with a float16 scale for each row (under the name NAME.scale), the rest as float16.

    What is compressed twice is compressed once: compress(expand(compress(weights))) is compress(weights).
    """
    stored = {}
    for name, weight in weights.items():
        if not _is_floating(weight):
            stored[name] = weight
        elif _is_table(name, weight):
            scale = (np.abs(weight).max(axis=1) / np.float32(_LARGEST)).astype(np.float16)
            # The scale as it is stored, rounded: the quotient must fit what it will be multiplied by.
            divisor = np.where(scale == 0, np.float16(1), scale).astype(np.float32)
            stored[name] = (weight / divisor[:, None]).round().clip(-_LARGEST, _LARGEST).astype(np.int8)
            stored[name + _SCALE] = scale
        else:
            stored[name] = weight.astype(np.float16)
    return stored


def expand(stored: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights in float32; those that were never compressed stay as they are."""
    return {
        name: weight * stored[name + _SCALE].astype(np.float32)[:, None]
        if name + _SCALE in stored
        else weight.astype(np.float32, copy=False)
        if _is_floating(weight)
        else weight
        for name, weight in stored.items()
        if not name.endswith(_SCALE)
    }


def expanded_shapes(stored: Mapping[str, Declared]) -> dict[str, Shape]:
    """The shapes of what expand would make of tensors of which only these declarations are known.

    Raises:
        ValueError: a table in 8 bits and a scale do not belong together.
    """
    for name, (dtype, shape) in stored.items():
        if dtype == "I8" and stored.get(name + _SCALE) != Declared("F16", shape[:1]):
            raise ValueError(f"{shown(name)}: expected a float16 scale for each of its rows")
        if name.endswith(_SCALE) and stored.get(name.removesuffix(_SCALE), Declared("", ())).dtype != "I8":
            raise ValueError(f"{shown(name)}: expected the table in 8 bits that it scales")
    return {name: shape for name, (_, shape) in stored.items() if not name.endswith(_SCALE)}


def _is_floating(weight: np.ndarray) -> bool:
    return np.issubdtype(weight.dtype, np.floating)


def _is_table(name: str, weight: np.ndarray) -> bool:
    return weight.ndim == 2 and len(weight) >= _TABLE_ROWS and name.startswith("word_encoder.")
