"""Recurrent products in bfloat16, by torch: in wide networks they are most of the time, and take half of it."""

import numpy as np
import torch

from postagger.device import has_fast_bfloat16, threads
from postagger.errors import ConfigError


def check_bfloat16() -> None:
    """Refuse what would be slower.

    Raises:
        ConfigError: the processor has no instructions for bfloat16.
    """
    if not has_fast_bfloat16(torch.device("cpu")):
        raise ConfigError("--precision: expected float32 on this processor, got bfloat16, which it is not made for")


class Bfloat16Product:
    """States times recurrent weights [D, H, G * H], rounded to bfloat16, in which products are added up in float32."""

    def __init__(self, weight: np.ndarray) -> None:
        self._weights = torch.from_numpy(weight).bfloat16().unbind()

    def __call__(self, states: np.ndarray, out: np.ndarray) -> None:
        """States [D, n, H] -> out [D, n, G * H]."""
        with threads(1), torch.inference_mode():
            for weight, before, product in zip(self._weights, states, out, strict=True):
                torch.from_numpy(product).copy_(torch.from_numpy(before).bfloat16() @ weight)
