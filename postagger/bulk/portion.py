"""Portion: some rows of a part on their way from the input to the output."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from postagger.memory_errors import is_out_of_memory
from postagger.stored_files import one_line

_KEY = b"rejected"


@dataclass(frozen=True, slots=True)
class Rejected:
    r"""A row that cannot be tagged.

    record: as it came, or the value of its column where that is all there is; bytes that are no UTF-8 stand as halves
    of characters (\udcXX).
    """

    id: str
    reason: str
    record: Any

    def to_json(self) -> str:
        """A line of rejected/."""
        row = {"id": self.id, "reason": self.reason, "record": self.record}
        line = json.dumps(row, ensure_ascii=False) + "\n"
        try:
            line.encode("utf-8")
        except UnicodeEncodeError:
            return json.dumps(row) + "\n"
        return line


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows in one of three states, and those that were rejected on the way.

    rows: an Arrow batch of the columns row (its number in the file), id, record (as it came, or null where the other
    columns tell), and those of its state: value (strings, or lists of strings); then tokenized ones; then tagged ones.
    """

    rows: Any
    rejected: list[Rejected]

    def then(self, step: Callable[[Any], Any], is_sound: Callable[[], object]) -> "Portion":
        """Its rows after a step; rows with which that fails are rejected, if it is they, and not the machine.

        is_sound: raises if the step fails with any row.

        Raises:
            Exception: whatever is_sound raises; or memory is too small, of which others may have more.
        """
        try:
            return Portion(step(self.rows), self.rejected)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            is_sound()
        done = [step(self.rows.slice(0, 0))]
        rejected = list(self.rejected)
        for row in self.each_row():
            try:
                done.append(step(row))
            except Exception as error:
                if is_out_of_memory(error):
                    raise
                rejected.append(rejected_row(row, f"{type(error).__name__}: {one_line(error)}"))
        return Portion(_joined(done), rejected)

    def each_row(self) -> Iterable[Any]:
        """Batches of one row."""
        return (self.rows.slice(number, 1) for number in range(self.rows.num_rows))

    def to_bytes(self) -> bytes:
        """For another process: an Arrow stream."""
        told = json.dumps([(one.id, one.reason, one.record) for one in self.rejected]).encode()
        schema = self.rows.schema.with_metadata({_KEY: told})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
            stream.write_batch(self.rows)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    @classmethod
    def from_bytes(cls, content: Any) -> "Portion":
        """The reverse of to_bytes; content: bytes, or what holds such."""
        with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
            rows = stream.read_next_batch()
        told = json.loads(rows.schema.metadata[_KEY])
        return cls(rows.replace_schema_metadata(None), [Rejected(*one) for one in told])


def rejected_row(row: Any, reason: str) -> Rejected:
    """A batch of one row, in whatever state, as a rejected one."""
    told = row.select([name for name in ("id", "record", "value", "tokens") if name in row.schema.names]).to_pylist()[0]
    record = told["record"]
    return Rejected(told["id"], reason, told.get("value", told.get("tokens")) if record is None else record)


def _joined(batches: list[Any]) -> Any:
    table = pa.Table.from_batches(batches).combine_chunks()
    return table.to_batches()[0] if table.num_rows else batches[0]
