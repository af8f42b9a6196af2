"""Large arrays in memory of their own, so that a process which makes and drops them stays as large as it is."""

import contextlib
import math
import mmap

import numpy as np

# On Windows there is no such choice; elsewhere only private memory comes in large pages.
_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
_HUGE = 4 << 20  # bytes from which on fewer and larger pages are worth their rounding


def large_array(shape: tuple[int, ...], dtype: np.dtype | type) -> np.ndarray:
    """Zeros. What is never written to costs no memory, and all of it is given back when the array is gone.

    The memory of usual arrays may come from the heap, where what lies above it keeps it from being given back.
    """
    size = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    memory = mmap.mmap(-1, size, **_PRIVATE)
    if size >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # of a kernel without such pages
            memory.madvise(mmap.MADV_HUGEPAGE)
    return np.ndarray(shape, dtype, buffer=memory)
