"""Part: a stretch of an input file, which is tagged as a whole into a file of its own."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

InputFormat = Literal["text", "jsonl", "parquet", "conllu"]
OutputFormat = Literal["parquet", "jsonl", "conllu"]
RowRange = tuple[int, int]
"""The first row and the last one, by their numbers in the file."""
REJECTED = "rejected"
"""The folder, below that of the output, of rows that could not be tagged."""


@dataclass(frozen=True)
class Part:
    """number: of the part in its file, from 0. size, modified: of the file, in bytes and nanoseconds.

    start, end: bytes, or row groups of Parquet. first_row: the number of its first row in the file, from 1.
    num_bytes: how much input it is.
    """

    path: str
    name: str
    number: int
    format: InputFormat
    size: int
    modified: int
    start: int
    end: int
    first_row: int
    num_bytes: int

    @property
    def stem(self) -> str:
        """The name of its output below the folder of the output, without its ending."""
        return f"{self.name}-{self.number:05d}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what the constructor takes."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Finished:
    """A part that was tagged. path: of the input. rows: of the input; rejected: those that could not be tagged."""

    path: str
    name: str
    number: int
    size: int
    modified: int
    num_bytes: int
    rows: int
    tokens: int
    rejected: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what the constructor takes."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Any) -> "Finished":
        """The reverse of to_dict.

        Raises:
            ValueError: these are not its fields, or of other types.
        """
        types = {field.name: field.type for field in dataclasses.fields(cls)}
        if not isinstance(told, dict) or {name: type(value) for name, value in told.items()} != types:
            raise ValueError("expected the fields of a finished part, got others")
        return cls(**told)

    def outdated(self) -> "Finished":
        """What is noted of a part that is done again: the name is taken, but it is_of no file."""
        return dataclasses.replace(self, modified=-1)

    def is_of(self, part: Part) -> bool:
        """Whether it is this part, of a file that is as it was."""
        return (self.name, self.number, self.size, self.modified) == (part.name, part.number, part.size, part.modified)
