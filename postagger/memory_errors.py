"""Whether an error means that memory was too small, so that less at a time may help."""

# What libraries say of it, in lower case: torch on CUDA, MPS and a CPU; cuBLAS, cuDNN, the loader.
_SIGNS = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "status_alloc_failed",
    "failed to map segment",
)


def memory_reason(error: BaseException) -> str:
    """What an error of that kind says, in one line."""
    return str(error).splitlines()[0] if str(error) else "no memory left"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was too small, on whatever device; torch has no one class for it.

    >>> is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"))
    True
    >>> is_out_of_memory(RuntimeError("mat1 and mat2 must have the same dtype"))
    False
    """
    if isinstance(error, MemoryError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError | ImportError) and any(sign in said for sign in _SIGNS)
