"""Input files -> parts. A file that is larger than a part is read through once, for where its rows begin."""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from postagger.bulk.input_files import InputFile
from postagger.bulk.part import Part
from postagger.bulk.raw_rows import BLANKS, BOM
from postagger.errors import ConfigError, CorpusError

_CHUNK = 1 << 20

Cut = tuple[int, int, int, int]
"""Of a part: start, end, number of its first row, number of its bytes."""


def plan(files: Iterable[InputFile], part_size: int, column: str, id_column: str | None) -> Iterator[Part]:
    """The parts of files, in order; an empty file is one part, of no row.

    part_size: in bytes; a part has that many or, as it ends with a row, some more.

    Raises:
        CorpusError: a file cannot be read.
        ConfigError: a Parquet file lacks a column, or has another kind of it; or a .json file is no lines of JSON.
    """
    for file in files:
        try:
            with file.path.open("rb") as opened:
                status = os.fstat(opened.fileno())
                for number, cut in enumerate(_cuts(opened, file, status.st_size, part_size, (column, id_column))):
                    start, end, first_row, num_bytes = cut
                    yield Part(
                        path=str(file.path),
                        name=file.name,
                        number=number,
                        format=file.format,
                        size=status.st_size,
                        modified=status.st_mtime_ns,
                        start=start,
                        end=end,
                        first_row=first_row,
                        num_bytes=num_bytes,
                    )
        except OSError as error:
            raise CorpusError(
                f"{file.path}: expected a file that can be read, got: {error.strerror or error}; check the path"
            ) from None


def to_read_through(files: Collection[InputFile], part_size: int) -> list[int]:
    """The sizes of the files that plan reads from the first byte to the last."""
    sizes = []
    for file in files:
        with contextlib.suppress(OSError):  # as plan says
            if file.format != "parquet" and (size := file.path.stat().st_size) > part_size:
                sizes.append(size)
    return sizes


def _cuts(
    opened: IO[bytes], file: InputFile, size: int, part_size: int, columns: tuple[str, str | None]
) -> Iterable[Cut]:
    if file.format == "parquet":
        return _of_row_groups(opened, file.path, part_size, columns)
    if file.format == "jsonl" and file.path.suffix.lower() == ".json":
        _check_lines(opened, file.path)
    if size <= part_size:
        return [(0, size, 1, size)]
    ends = _sentence_ends(opened) if file.format == "conllu" else _line_ends(opened, part_size)
    return _of_rows(ends, size, part_size)


def _check_lines(opened: IO[bytes], path: Path) -> None:
    """Of .json files many are one array of objects, of which no line is an object."""
    if opened.read(_CHUNK).removeprefix(BOM).strip(BLANKS).startswith(b"["):
        raise ConfigError(
            f"{path}: expected JSON lines, an object a line, got an array; write its objects a line each (jq -c '.[]')"
        )
    opened.seek(0)


def _of_rows(ends: Iterable[tuple[int, int]], size: int, part_size: int) -> Iterator[Cut]:
    """ends: places where a row ends, with the number of rows before, some of them or all, in order."""
    start, first = 0, 1
    for end, rows in ends:
        if end - start >= part_size and end < size:
            yield start, end, first, end - start
            start, first = end, rows + 1
    yield start, size, first, size - start


def _line_ends(opened: IO[bytes], part_size: int) -> Iterator[tuple[int, int]]:
    """The end of the first line that ends no sooner than each multiple of the size of a part after the last one."""
    start = offset = rows = 0
    while chunk := opened.read(_CHUNK):
        place = 0
        while (found := chunk.find(b"\n", max(place, start + part_size - 1 - offset))) >= 0:
            rows += chunk.count(b"\n", place, found + 1)
            place, start = found + 1, offset + found + 1
            yield start, rows
        rows += chunk.count(b"\n", place)
        offset += len(chunk)


def _sentence_ends(opened: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The end of each blank line, which ends a sentence of CoNLL-U."""
    rows = 0
    is_open = is_within = False  # a sentence; a long line, behind something that is no blank
    offset = len(BOM) if opened.read(len(BOM)) == BOM else 0
    opened.seek(offset)
    for piece in iter(partial(opened.readline, _CHUNK), b""):  # a line, or a piece of a long one
        offset += len(piece)
        is_last = len(piece) < _CHUNK or piece.endswith(b"\n")
        if piece.strip(BLANKS):
            is_open, is_within = True, not is_last
        elif is_within:
            is_within = not is_last
        elif is_last:
            rows += is_open
            is_open = False
            yield offset, rows


def _of_row_groups(opened: IO[bytes], path: Path, part_size: int, columns: tuple[str, str | None]) -> Iterator[Cut]:
    from postagger.bulk.parquet_rows import row_groups

    start, first, rows, size, number = 0, 1, 1, 0, 0
    for number, (num_rows, num_bytes) in enumerate(row_groups(opened, str(path), *columns), start=1):
        rows += num_rows
        size += num_bytes
        if size >= part_size:
            yield start, number, first, size
            start, first, size = number, rows, 0
    if start < number or not start:
        yield start, number, first, size
