"""What comes in from files, pipes and terminals, line by line, and when more of it would have to be waited for."""

import contextlib
import io
import os
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from postagger.data_prep.standard_input import standard_input
from postagger.data_prep.text_lines import decode_lines

Tell = Callable[[int], object]
"""Is told how many bytes have been read since it was told last."""

T = TypeVar("T")

_CHUNK_BYTES = 1 << 16  # as many as a pipe holds
_MANY_BYTES = 1 << 18  # of about as many sentences as are tagged together
_PATIENCE_SECONDS = 0.02  # so long a busy writer may need for more


def arriving_lines(path: Path | None, tell: Tell | None = None) -> Iterator[tuple[int, str]]:
    """The lines of UTF-8 text with their ends, numbered from 1; an empty one where no more has arrived.

    The path None is standard input.

    Raises:
        CorpusError: the file cannot be read, or is not UTF-8: then the byte offset is named.
    """
    return decode_lines(path, _raw_lines(path, tell or (lambda _: None)), keep_ends=True)


def bursts(items: Iterator[T | None]) -> Iterator[Iterator[T]]:
    """The items between one None and the next, where there are some; each burst is to be used up before the next.

    >>> [list(burst) for burst in bursts(iter([None, 1, 2, None, None, 3]))]
    [[1, 2], [3]]
    """
    for first in items:
        if first is not None:
            yield _burst(first, items)


def _burst(first: T, items: Iterator[T | None]) -> Iterator[T]:
    yield first
    for item in items:
        if item is None:
            return
        yield item


def _raw_lines(path: Path | None, tell: Tell) -> Iterator[bytes]:
    """The lines of what is read, as long as there are chunks of it; b"" is passed on."""
    unfinished: list[bytes] = []
    with _opened(path) as file:
        for chunk in _chunks(file):
            tell(len(chunk))
            lines, end, rest = chunk.rpartition(b"\n")
            if not chunk:
                yield chunk
            elif not end:
                unfinished.append(chunk)
            else:
                yield from io.BytesIO(b"".join([*unfinished, lines, end]))
                unfinished = [rest]
    if last := b"".join(unfinished):
        yield last


def _opened(path: Path | None) -> contextlib.AbstractContextManager[BinaryIO]:
    if path is not None:
        return path.open("rb", buffering=0)
    return contextlib.nullcontext(standard_input())


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    r"""What is read, as it comes; b"" before a wait for more, which a busy writer is given some time to forestall.

    How long it was waited for is summed up until there was a lot, so that what drips in is never held back for long.
    """
    descriptor = _live_descriptor(file)
    patience, num_bytes = _PATIENCE_SECONDS, 0
    while True:
        if descriptor is not None and not _has_more(descriptor, 0):
            start = time.monotonic()
            has_more = _has_more(descriptor, patience)
            patience -= time.monotonic() - start
            if not has_more or patience <= 0:
                patience, num_bytes = _PATIENCE_SECONDS, 0
                yield b""
        chunk = file.read(_CHUNK_BYTES) if descriptor is None else os.read(descriptor, _CHUNK_BYTES)
        if not chunk:
            return
        num_bytes += len(chunk)
        if num_bytes > _MANY_BYTES:
            patience, num_bytes = _PATIENCE_SECONDS, 0
        yield chunk


def _live_descriptor(file: BinaryIO) -> int | None:
    """The number under which the system knows a pipe, a terminal or the like; None of what never has to be waited for.

    Windows cannot tell whether there is more in a pipe.
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = file.fileno()
    except OSError:  # it is in memory
        return None
    return None if stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor


def _has_more(descriptor: int, seconds: float) -> bool:
    """Whether there is more to read, or an end, within so many seconds."""
    return bool(select.select([descriptor], [], [], max(seconds, 0))[0])
