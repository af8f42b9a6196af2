"""Ledger: what is finished in an output folder, a line a part; only the process that runs the command writes it."""

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from postagger.bulk.part import Finished, Part
from postagger.data_prep.quoting import quoted
from postagger.disk_errors import remedy
from postagger.errors import OutputError

LEDGER = "_finished.jsonl"


class Ledger:
    """A context, in which parts can be noted as they are finished."""

    def __init__(self, output: Path) -> None:
        self._path = output / LEDGER

    def __enter__(self) -> "Ledger":
        try:
            self._file = self._path.open("ab", buffering=0)  # so that closing has nothing left to write
            if self._ends_torn():
                self._write(b"\n")
        except OSError as error:
            raise self._refusal(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(self, finished: Finished) -> None:
        """Write a line.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            self._write(json.dumps(finished.to_dict()).encode() + b"\n")
        except OSError as error:
            raise self._refusal(error) from None

    def _write(self, content: bytes) -> None:
        while content:
            content = content[self._file.write(content) :]

    def _ends_torn(self) -> bool:
        with self._path.open("rb") as file:
            if not file.seek(0, 2):
                return False
            file.seek(-1, 2)
            return file.read() != b"\n"

    def _refusal(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._path}: expected a file that can be written, got: {error.strerror or error}; {remedy(error)}, and "
            f"run the same command again: it goes on where this one stopped"
        )


Noted = dict[tuple[str, int], Finished]
"""What is in a ledger, by the name of the file and the number of the part; of several lines the last one counts."""


def noted_parts(output: Path) -> Noted:
    """What is noted in a folder. A line that was torn by the end of its process is passed over.

    Raises:
        OutputError: the ledger cannot be read.
    """
    noted: Noted = {}
    try:
        with (output / LEDGER).open("rb") as file:
            for line in file:
                with contextlib.suppress(ValueError, RecursionError):
                    finished = Finished.from_dict(json.loads(line))
                    noted[finished.name, finished.number] = finished
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(
            f"{output / LEDGER}: expected a file that can be read, got: {error.strerror or error}; mend that, or "
            f"choose another --output"
        ) from None
    return noted


def check_names(output: Path, noted: Noted, parts: Sequence[Part]) -> int:
    """Find out whether the names of these parts belong to the same files as before.

    Returns how many noted names belong to none of the parts.

    Raises:
        OutputError: a name belonged to another file, whose rows would be lost.
    """
    before = {finished.name: finished.path for finished in noted.values()}
    for part in parts:
        path = before.get(part.name, part.path)
        if path != part.path and os.path.realpath(path) != os.path.realpath(part.path):
            raise OutputError(
                f"{output}: expected {quoted(part.name)} to be {path}, as in the run before, got {part.path}; choose "
                f"another --output, or add --force to begin anew"
            )
    return len(before.keys() - {part.name for part in parts})


def finished_parts(noted: Noted, parts: Sequence[Part]) -> dict[str, Finished]:
    """Of these parts those that need not be done again, by their stems, if their outputs are still there."""
    pairs = ((part, noted.get((part.name, part.number))) for part in parts)
    return {part.stem: finished for part, finished in pairs if finished is not None and finished.is_of(part)}
