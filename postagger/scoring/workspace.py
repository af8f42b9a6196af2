"""Workspace: memory that is taken once and used again and again."""

import math

import numpy as np


class Workspace:
    """Arrays by name, with whatever values they had before: fresh memory is slow to write to for the first time."""

    def __init__(self) -> None:
        self._memory: dict[str, np.ndarray] = {}

    def array(self, name: str, *shape: int) -> np.ndarray:
        """A float32 array of a shape; the one that had the name before is no more."""
        size = math.prod(shape)
        if name not in self._memory or len(self._memory[name]) < size:
            self._memory[name] = np.empty(size, np.float32)
        return self._memory[name][:size].reshape(shape)
