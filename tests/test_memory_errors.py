import errno

import numpy as np
import pytest
import torch

from postagger.memory_errors import is_out_of_memory


def test_what_numpy_and_torch_raise_where_memory_is_too_small() -> None:
    with pytest.raises(MemoryError) as of_numpy:
        np.empty(1 << 58, np.uint8)
    with pytest.raises(RuntimeError) as of_torch:
        torch.empty(1 << 58, dtype=torch.uint8)
    assert is_out_of_memory(of_numpy.value)
    assert is_out_of_memory(of_torch.value)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"),
    ],
)
def test_what_torch_says_elsewhere(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error", [ValueError("out of memory"), RuntimeError("expected scalar type Half"), OSError(errno.ENOSPC, "full")]
)
def test_other_errors(error: Exception) -> None:
    assert not is_out_of_memory(error)
