"""The bytes of a part, cut into its rows: lines, or the lines up to a blank one."""

from collections.abc import Iterator
from functools import partial
from typing import IO

from postagger.bulk.part import Part

BOM = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"
LONGEST_ROW = 1 << 28
"""Bytes. A row that is longer is never held as a whole."""
_PIECE = 1 << 20


class LongRow(int):
    """Stands for a row that is too long; its value: how many bytes it has, or more."""


def raw_rows(file: IO[bytes], part: Part) -> Iterator[bytes | LongRow]:
    """The lines of a part without their ends; of CoNLL-U the lines up to a blank one, of which some are no blank."""
    file.seek(part.start)
    lines = _lines(file, part)
    for raw in _blocks(lines) if part.format == "conllu" else lines:
        yield raw if isinstance(raw, LongRow) else raw.removesuffix(b"\n").removesuffix(b"\r")


def _lines(file: IO[bytes], part: Part) -> Iterator[bytes | LongRow]:
    remaining = part.end - part.start
    while remaining > 0 and (raw := file.readline(LONGEST_ROW)):
        size = len(raw)
        is_whole = size < LONGEST_ROW or raw.endswith(b"\n")
        if not is_whole:
            raw = b""  # nobody needs it while the rest is passed over
            size += _passed_over(file)
        is_first = remaining == part.end
        remaining -= size
        if not is_whole:
            yield LongRow(size)
        else:
            yield raw.removeprefix(BOM) if is_first else raw


def _passed_over(file: IO[bytes]) -> int:
    """Read to the end of the line; how many bytes these are."""
    size = 0
    for piece in iter(partial(file.readline, _PIECE), b""):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size


def _blocks(lines: Iterator[bytes | LongRow]) -> Iterator[bytes | LongRow]:
    held: list[bytes] = []
    size = 0
    for raw in lines:
        if isinstance(raw, LongRow):
            held, size = [], size + raw
        elif raw.strip(BLANKS):
            size += len(raw)
            held = [] if size > LONGEST_ROW else held
            held.append(raw)
        elif size:
            yield b"".join(held) if size <= LONGEST_ROW else LongRow(size)
            held, size = [], 0
    if size:
        yield b"".join(held) if size <= LONGEST_ROW else LongRow(size)
