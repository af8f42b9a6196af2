"""Target: something that reads, the inputs it is given, and what must hold of what it makes of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeVar

from postagger.errors import PostaggerError

_LONGEST_MESSAGE = 600
LINE = r"line \d|offset \d|got (an empty|none)"
"""How messages name the place in a file, or say that there is nothing in it."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Target:
    """share: of a hundred inputs about so many are for this one.

    make: an input. check: whether it was accepted (True) or refused as it must be (False); raises what is wrong.
    """

    name: str
    share: float
    make: Callable[[Random], bytes]
    check: Callable[[bytes], bool]


def random_of(data: bytes) -> Random:
    """Random numbers that depend on an input alone: an option that it is read with."""
    return Random(data)


class BrokenPromiseError(Exception):
    """Something does not hold of what was made of an input."""


def promise(holds: bool, message: str) -> None:
    """What must hold.

    Raises:
        BrokenPromiseError: it does not.
    """
    if not holds:
        raise BrokenPromiseError(message)


def read_or_refused(path: Path, data: bytes, read: Callable[[Path], Found], *, place: str = LINE) -> Found | None:
    """What is read from a file of these bytes, None if it is refused by one line that names the file and the place.

    place: a pattern for how the place may be named.

    Raises:
        BrokenPromiseError: the refusal is none.
    """
    path.write_bytes(data)
    try:
        return read(path)
    except PostaggerError as error:
        check_message(str(error))
        promise(path.name in str(error), f"a message without the file: {error}")
        promise(re.search(place, str(error)) is not None, f"a message without the place: {error}")
        return None


def check_message(message: str) -> None:
    """One line that can be read, of a length that can be read.

    Raises:
        BrokenPromiseError: it is not.
    """
    promise(message.isprintable(), f"a message with what cannot be printed: {message!r}")
    promise(0 < len(message) <= _LONGEST_MESSAGE, f"a message of {len(message)} characters: {message[:200]}")


def check_places(text: str, tokens: Sequence[tuple[str, int, int]]) -> None:
    """Whether tokens with their places in a text are all of it: they rise, and only white space lies between them.

    Raises:
        BrokenPromiseError: something is lost, or stands elsewhere.
    """
    for token, start, end in tokens:
        if not token or text[start:end] != token:
            raise BrokenPromiseError(f"{text[start:end]!r} at {start}:{end}, not {token!r}")
    ends = [(None, 0, 0), *tokens, (None, len(text), len(text))]
    for (_, _, end), (_, start, _) in pairwise(ends):
        if end > start or (end < start and not text[end:start].isspace()):
            raise BrokenPromiseError(f"lost between {end} and {start}: {text[end:start]!r}")
