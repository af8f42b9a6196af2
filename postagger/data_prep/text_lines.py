"""Lines of UTF-8 text with their numbers, which every error names."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from postagger.data_prep.standard_input import standard_input
from postagger.errors import CorpusError

Lines = Iterable[tuple[int, str]]
"""Lines with their numbers, from 1, as read_lines gives them."""


def read_lines(path: Path | None, *, keep_ends: bool = False) -> Iterator[tuple[int, str]]:
    r"""The lines of UTF-8 text, numbered from 1, without their ends (\n or \r\n) unless these are wanted.

    The path None is standard input.

    Raises:
        CorpusError: the file cannot be read, or is not UTF-8: then the byte offset is named.
    """
    return decode_lines(path, _raw_lines(path), keep_ends=keep_ends)


def _raw_lines(path: Path | None) -> Iterator[bytes]:
    with contextlib.nullcontext(standard_input()) if path is None else path.open("rb") as file:
        yield from file


def decode_lines(path: Path | None, raw_lines: Iterator[bytes], *, keep_ends: bool) -> Iterator[tuple[int, str]]:
    """As read_lines, of lines that are read by somebody else; an empty one, which is no line, is not counted.

    Raises:
        CorpusError: as read_lines.
    """
    name = path or "standard input"
    number = offset = 0
    try:
        for raw in raw_lines:
            number += bool(raw)
            try:
                line = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise CorpusError(
                    f"{name}, line {number}: expected UTF-8 text, got the byte 0x{raw[error.start]:02x} at byte "
                    f"offset {offset + error.start}; save it as UTF-8"
                ) from None
            offset += len(raw)
            line = line.removeprefix("\ufeff") if number == 1 else line
            yield number, line if keep_ends else line.rstrip("\r\n")
    except OSError as error:
        raise CorpusError(
            f"{name}: expected a file that can be read, got: {error.strerror or error}; check the path"
        ) from None
