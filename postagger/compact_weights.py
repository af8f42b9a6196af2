"""Weights in a fourth to a half of their size, for models that travel: tables in 8 bits, everything else in 16."""

from collections.abc import Mapping

import torch
from torch import Tensor

_LARGEST = 127
_TABLE_ROWS = 256
_SCALE = ".scale"


def compress(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tables of embeddings as int8 with a float16 scale for each row (under the name NAME.scale), the rest as float16.

    What is compressed twice is compressed once: compress(expand(compress(weights))) is compress(weights).
    """
    stored = {}
    for name, weight in weights.items():
        if not weight.is_floating_point():
            stored[name] = weight
        elif _is_table(name, weight):
            scale = (weight.abs().amax(dim=1) / _LARGEST).half()
            # The scale as it is stored, rounded: the quotient must fit what it will be multiplied by.
            divisor = torch.where(scale == 0, torch.ones_like(scale), scale).float()
            stored[name] = (weight / divisor[:, None]).round().clamp(-_LARGEST, _LARGEST).to(torch.int8)
            stored[name + _SCALE] = scale
        else:
            stored[name] = weight.half()
    return stored


def expand(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights in float32; those that were never compressed stay as they are."""
    return {
        name: weight * stored[name + _SCALE].float()[:, None]
        if name + _SCALE in stored
        else weight.float()
        if weight.is_floating_point()
        else weight
        for name, weight in stored.items()
        if not name.endswith(_SCALE)
    }


def _is_table(name: str, weight: Tensor) -> bool:
    return weight.dim() == 2 and len(weight) >= _TABLE_ROWS and name.startswith("word_encoder.")
