"""A part -> its rows, some thousands at a time; rows that are none of its format are rejected."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from postagger.bulk.job import Job
from postagger.bulk.line_rows import Place, Row, row_of
from postagger.bulk.part import Part
from postagger.bulk.portion import Portion, Rejected
from postagger.bulk.raw_rows import raw_rows
from postagger.errors import CorpusError

_ROWS_TOGETHER, _BYTES_TOGETHER = 4096, 1 << 20
_TYPES = {str: pa.string(), list: pa.list_(pa.string())}


def read_rows(part: Part, job: Job) -> Iterator[Portion]:
    """The rows of a part, with the columns row, id, record, value.

    Raises:
        CorpusError: the file cannot be read, or is not the one that was planned.
    """
    with _opened(part) as file:
        if part.format == "parquet":
            from postagger.bulk.parquet_rows import read_row_groups

            rows = read_row_groups(file, part, job)
        else:
            rows = (
                row_of(raw, Place(part, number), job)
                for number, raw in enumerate(raw_rows(file, part), start=part.first_row)
            )
        yield from _portions(rows)


@contextlib.contextmanager
def _opened(part: Part) -> Iterator[IO[bytes]]:
    """The file of a part, which must be as it was when the parts were planned, from the first byte to the last."""
    try:
        with Path(part.path).open("rb") as file:
            _check_unchanged(file, part)
            yield file
            _check_unchanged(file, part)
    except OSError as error:
        raise CorpusError(
            f"{part.path}: expected a file that can be read, got: {error.strerror or error}; mend that, and run the "
            f"same command again"
        ) from None


def _check_unchanged(file: IO[bytes], part: Part) -> None:
    status = os.fstat(file.fileno())
    if (status.st_size, status.st_mtime_ns) != (part.size, part.modified):
        raise CorpusError(
            f"{part.path}: expected the file that was there when the run began, got one that has changed since; run "
            f"the same command again"
        )


def _portions(rows: Iterable[Row | Rejected]) -> Iterator[Portion]:
    """Rows of one kind together, bounded in number and size."""
    held: list[Row] = []
    rejected: list[Rejected] = []
    size = 0
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append(row)
        else:
            if held and type(row.value) is not type(held[0].value):
                yield _portion(held, rejected)
                held, rejected, size = [], [], 0
            held.append(row)
            size += row.size
        if size >= _BYTES_TOGETHER or len(held) + len(rejected) >= _ROWS_TOGETHER:
            yield _portion(held, rejected)
            held, rejected, size = [], [], 0
    if held or rejected:
        yield _portion(held, rejected)


def _portion(rows: list[Row], rejected: list[Rejected]) -> Portion:
    values = pa.array([row.value for row in rows], _TYPES[type(rows[0].value) if rows else str])
    is_same = all(row.record is row.value for row in rows)  # of a text, which need not be held twice
    columns: dict[str, Any] = {
        "row": pa.array([row.number for row in rows], pa.int64()),
        "id": pa.array([row.id for row in rows], pa.string()),
        "record": values.cast(pa.string()) if is_same and rows else pa.array([row.record for row in rows], pa.string()),
        "value": values,
    }
    return Portion(pa.RecordBatch.from_pydict(columns), rejected)
