"""Files as parts, and the rows that are read from them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from postagger.bulk.input_files import input_files
from postagger.bulk.job import Job
from postagger.bulk.part import InputFormat, Part
from postagger.bulk.planning import plan
from postagger.bulk.portion import Rejected
from postagger.bulk.reading import read_rows

JOB = Job(output="", model="")
NAMED = Job(output="", model="", id_column="name")


def parts_of(path: Path, size: int = 1_000_000, input_format: InputFormat | None = None) -> list[Part]:
    return list(plan(input_files([str(path)], input_format, path.parent / "out"), size, "text", None))


def rows_of(parts: list[Part], job: Job = JOB) -> tuple[list[tuple[Any, ...]], list[Rejected]]:
    """All rows: number, id, record, value; and those that were rejected."""
    portions = [portion for part in parts for portion in read_rows(part, job)]
    rows = [tuple(row.values()) for portion in portions for row in portion.rows.to_pylist()]
    return rows, [one for portion in portions for one in portion.rejected]


def values_of(parts: list[Part], job: Job = JOB) -> list[Any]:
    return [row[3] for row in rows_of(parts, job)[0]]


def write_parquet(path: Path, values: Any, rows_together: int = 2, **others: Any) -> None:
    pq.write_table(pa.table({"text": values, **others}), path, row_group_size=rows_together)
