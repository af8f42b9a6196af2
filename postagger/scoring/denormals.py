"""Denormals: numbers so near to zero that many processors compute with them a hundred times more slowly."""

import contextlib
import sys
from collections.abc import Iterator, Mapping

import numpy as np

_SMALLEST = np.finfo(np.float32).smallest_normal


def without_denormals(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Copies of float32 weights in which zero stands for all that is smaller than 1.2e-38.

    >>> without_denormals({"bias": np.array([0.5, 1e-40, -1e-40], np.float32)})["bias"].tolist()
    [0.5, 0.0, 0.0]
    """
    copies = {name: weight.copy() for name, weight in weights.items()}
    for copy in copies.values():
        copy[np.abs(copy) < _SMALLEST] = 0
    return copies


@contextlib.contextmanager
def torch_flushes_denormals() -> Iterator[None]:
    """Let this thread take denormals for zeros, where the processor can; afterwards all is as it was."""
    import torch

    does_so_already = sys.float_info.min / 2 == 0  # torch sets what all of the thread computes with, and cannot tell
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(does_so_already)
