"""Where and how to compute: the device, its number formats, its threads."""

import contextlib
import ctypes
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

import postagger.forks  # noqa: F401 - whoever computes with torch may be forked
from postagger.errors import ConfigError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as in malloc.h


def select_device(name: str) -> torch.device:
    """The device of a name; "auto" is cuda, else mps, else cpu.

    Raises:
        ConfigError: the machine has no such device.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in present.items() if there))
    if not present[name]:
        there = " ".join(kind for kind, is_there in present.items() if is_there)
        raise ConfigError(f"--device: expected a device of this machine ({there}), got {name}; use --device auto")
    return torch.device(name)


def autocast(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Mixed precision as a context: bfloat16 products where asked for, or by itself on a GPU that has them."""
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"
    return torch.autocast(device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in its own instructions, and so faster than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    # torch has these for itself only, and not in every version; without them float32 is always right.
    asks = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(bool(ask()) for ask in asks if ask is not None)


def keep_memory() -> None:
    """Let the process keep the memory it has freed: every batch needs as much again, and fresh pages cost time.

    Linux with glibc only; elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    for parameter in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        mallopt(parameter, 1 << 30)


@contextlib.contextmanager
def flushed_denormals() -> Iterator[None]:
    """Numbers too small for a normal float are 0 for as long as the context lasts: a CPU is many times slower on them.

    It holds for this thread alone, and where the processor can.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextlib.contextmanager
def threads(number: int) -> Iterator[None]:
    """So many CPU threads inside one operation, for as long as the context lasts."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
