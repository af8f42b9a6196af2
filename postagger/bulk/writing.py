"""Tagged rows -> the files of a part: Parquet, JSON lines or CoNLL-U, and the rows that could not be tagged."""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from postagger.bulk.conllu_rows import as_conllu_rows
from postagger.bulk.job import Job
from postagger.bulk.part import Part
from postagger.bulk.portion import Portion, Rejected
from postagger.disk_errors import remedy
from postagger.errors import OutputError
from postagger.integrations.arrow import tagged_fields
from postagger.output_folder import PARTIAL

_TOKENS_TOGETHER = 1 << 20  # of a row group
_DIGITS = 4


class PartWriter:
    """Writes beside the places, then moves the files there: a context, which leaves nothing if it is left by an error.

    rows, tokens, rejected: how many there were.
    """

    def __init__(self, part: Part, job: Job) -> None:
        self.rows = self.tokens = self.rejected = 0
        self._place, self._rejected_place = job.output_file(part), job.rejected_file(part)
        self._files = contextlib.ExitStack()
        self._part, self._job = part, job

    def __enter__(self) -> "PartWriter":
        with self._in_words():
            self._file, self._partial = self._created(self._place)
            self._rejected_file: IO[bytes] | None = None
            self._rows: _Rows = _WRITERS[self._job.output_format](self._file, self._part, self._job)
        return self

    def write(self, portion: Portion) -> None:
        """Write some rows."""
        with self._in_words():
            refused = self._rows.write(portion.rows)
            if rejected := [*portion.rejected, *refused.values()]:
                self._reject(rejected)
        self.rows += len(portion.rejected) + portion.rows.num_rows
        tokens = portion.rows.column("tokens")
        self.tokens += len(tokens.flatten()) - sum(len(tokens[number]) for number in refused)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._in_words(), self._files:
            self._rows.close(is_whole=kind is None)
            if kind is not None:
                return
            if self._rejected_file is not None:
                _complete(self._rejected_file)
                self._rejected_partial.replace(self._rejected_place)
            else:
                self._rejected_place.unlink(missing_ok=True)  # of the file as it was before
            _complete(self._file)
            self._partial.replace(self._place)

    def _reject(self, rows: list[Rejected]) -> None:
        if self._rejected_file is None:
            self._rejected_file, self._rejected_partial = self._created(self._rejected_place)
        self._rejected_file.write("".join(row.to_json() for row in rows).encode("utf-8"))
        self.rejected += len(rows)

    def _created(self, place: Path) -> tuple[IO[bytes], Path]:
        """A file that becomes another by being moved, and is gone at the end if it was not."""
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f"{PARTIAL}{secrets.token_hex(8)}")
        self._files.callback(partial.unlink, missing_ok=True)
        return self._files.enter_context(partial.open("wb")), partial

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            with contextlib.suppress(OSError):  # what cannot be written is not needed
                self._files.close()
            raise OutputError(
                f"{self._place}: expected a file that can be written, got: {error.strerror or error}; "
                f"{remedy(error)}, and run the same command again: it goes on where this one stopped"
            ) from None


class _Rows(Protocol):
    """Writes tagged rows of a kind."""

    def write(self, rows: Any) -> dict[int, Rejected]:
        """Write some; tells those for which there is no place, by their numbers among these, from 0."""

    def close(self, *, is_whole: bool) -> None:
        """Write what is still held, or, after an error, let go of the file."""


class _ParquetRows:
    """Row groups of a million tokens."""

    def __init__(self, file: IO[bytes], part: Part, job: Job) -> None:
        self._schema = pa.schema([pa.field("id", pa.string()), *tagged_fields(confidence=job.confidence)])
        self._writer = pq.ParquetWriter(file, self._schema)
        self._held: list[Any] = []
        self._tokens = 0

    def write(self, rows: Any) -> dict[int, Rejected]:
        self._held.append(rows.select(self._schema.names))
        self._tokens += len(rows.column("tokens").flatten())
        if self._tokens >= _TOKENS_TOGETHER:
            self._write_group()
        return {}

    def close(self, *, is_whole: bool) -> None:
        if is_whole:
            self._write_group()
            self._writer.close()
        else:  # else it would say on standard error that it could not end the file
            with contextlib.suppress(OSError, ValueError):
                self._writer.close()
            self._writer.is_open = False

    def _write_group(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
        self._held, self._tokens = [], 0


class _JsonRows:
    """An object a line, with the columns that Parquet would have; probabilities with four digits."""

    def __init__(self, file: IO[bytes], part: Part, job: Job) -> None:
        self._file = file
        self._names = ["id", *(field.name for field in tagged_fields(confidence=job.confidence))]

    def write(self, rows: Any) -> dict[int, Rejected]:
        columns = [rows.column(name).to_pylist() for name in self._names]
        if "confidences" in self._names:
            columns[-1] = [[round(value, _DIGITS) for value in values] for values in columns[-1]]
        records = (dict(zip(self._names, row, strict=True)) for row in zip(*columns, strict=True))
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        self._file.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
        return {}

    def close(self, *, is_whole: bool) -> None:
        """Nothing is held."""


class _ConlluRows:
    """Sentences, each with the id of its row."""

    def __init__(self, file: IO[bytes], part: Part, job: Job) -> None:
        self._file, self._job, self._is_conllu = file, job, part.format == "conllu"

    def write(self, rows: Any) -> dict[int, Rejected]:
        rejected = {}
        for number, row in enumerate(as_conllu_rows(rows, self._job, is_conllu=self._is_conllu)):
            if isinstance(row, Rejected):
                rejected[number] = row
            else:
                self._file.write(row.encode("utf-8"))
        return rejected

    def close(self, *, is_whole: bool) -> None:
        """Nothing is held."""


def _complete(file: IO[bytes]) -> None:
    """Let all of it reach the disk."""
    file.flush()
    os.fsync(file.fileno())
    file.close()


_WRITERS: dict[str, Callable[[IO[bytes], Part, Job], _Rows]] = {
    "parquet": _ParquetRows,
    "jsonl": _JsonRows,
    "conllu": _ConlluRows,
}
