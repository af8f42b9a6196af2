"""Rows of Parquet: a column of strings, or of lists of tokens."""

from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from postagger.bulk.job import Job
from postagger.bulk.line_rows import Row
from postagger.bulk.part import Part
from postagger.bulk.portion import Rejected
from postagger.data_prep.quoting import quoted
from postagger.errors import ConfigError, CorpusError
from postagger.integrations.arrow import check_column, is_text
from postagger.stored_files import one_line

_ROWS_AT_ONCE = 1024


def read_row_groups(file: IO[bytes], part: Part, job: Job) -> Iterator[Row | Rejected]:
    """The rows of the row groups of a part.

    Raises:
        CorpusError: the file is damaged.
    """
    number = part.first_row
    wanted = [job.column] if job.id_column is None else list(dict.fromkeys([job.column, job.id_column]))
    try:
        source = pq.ParquetFile(file)
        groups = list(range(part.start, part.end))
        for batch in source.iter_batches(_ROWS_AT_ONCE, row_groups=groups, columns=wanted):
            yield from _rows(batch, number, part, job)
            number += batch.num_rows
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{part.path}: expected a Parquet file, got a damaged one: {one_line(error)}; copy it again, or leave it "
            f"out, and run the same command again"
        ) from None


def row_groups(file: IO[bytes], path: str, column: str, id_column: str | None) -> Iterator[tuple[int, int]]:
    """The rows and the bytes of each row group.

    Raises:
        CorpusError: it is no Parquet file.
        ConfigError: it has no such columns, or two of the name, or they hold something else.
    """
    try:
        source = pq.ParquetFile(file)
        schema = source.schema_arrow
        names = schema.names
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise CorpusError(
            f"{path}: expected a Parquet file, got something else; leave it out, or name its format with --input-format"
        ) from None
    fields = list(schema) if column not in names else [field for field in schema if field.name == column]
    try:
        check_column(pa.schema(fields), column, advice="name another with --column")
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    if id_column is not None:
        _check_id(path, [field.type for field in schema if field.name == id_column], id_column)
    for number in range(source.metadata.num_row_groups):
        group = source.metadata.row_group(number)
        yield group.num_rows, max(group.total_byte_size, 1)


def _check_id(path: str, kinds: list[Any], name: str) -> None:
    if len(kinds) != 1:
        raise ConfigError(
            f"{path}: expected one column {quoted(name)}, got {len(kinds) or 'none'}; name another with --id"
        )
    if not (is_text(kinds[0]) or pa.types.is_integer(kinds[0])):
        raise ConfigError(
            f"{path}: column {quoted(name)}: expected strings or whole numbers, got {kinds[0]}; name another with --id"
        )


def _rows(batch: Any, first: int, part: Part, job: Job) -> Iterator[Row | Rejected]:
    values = _values(batch.column(job.column))
    names: list[Any] = [None] * batch.num_rows
    if job.id_column is not None:
        names = _values(batch.column(job.id_column))
    for number, (value, name) in enumerate(zip(values, names, strict=True), start=first):
        place = f"{part.name}:{number}"
        if value is None or isinstance(value, bytes) or (isinstance(value, list) and not _are_texts(value)):
            yield Rejected(place, _reason(value, job.column), _readable(value))
        elif job.id_column is not None and not isinstance(name, str | int):
            said = "null" if name is None else "another type"
            yield Rejected(
                place, f"the column {quoted(job.id_column)}: expected a string or a whole number, got {said}", value
            )
        else:
            size = len(value) if isinstance(value, str) else sum(map(len, value))
            record = value if isinstance(value, str) else None
            yield Row(number, place if job.id_column is None else str(name), record, value, size)


def _values(column: Any) -> list[Any]:
    """As Python values; strings that are no UTF-8, which Parquet does not look at, as bytes."""
    try:
        column.validate(full=True)
        values: list[Any] = column.to_pylist()
    except (pa.ArrowInvalid, UnicodeDecodeError):
        values = [_value(one) for one in column]
    return values


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        is_list = hasattr(scalar, "values")
        return [_value(one) for one in scalar.values] if is_list else error.object


def _are_texts(value: list[Any]) -> bool:
    return {str}.issuperset(map(type, value))


def _reason(value: Any, column: str) -> str:
    if value is None:
        return f"the column {quoted(column)}: expected a text, got null"
    if isinstance(value, bytes):
        return f"the column {quoted(column)}: expected UTF-8 text, got other bytes"
    others = "other bytes" if any(isinstance(one, bytes) for one in value) else "null"
    return f"the column {quoted(column)}: expected tokens of type str, got {others}"


def _readable(value: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(value, list):
        return [_readable(one) for one in value]
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
