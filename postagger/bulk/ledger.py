"""Ledger: what is finished in an output folder, a line a part; only the process that runs the command writes it."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from postagger.bulk.part import Finished, Part
from postagger.errors import OutputError

LEDGER = "finished.jsonl"


class Ledger:
    """A context, in which parts can be noted as they are finished."""

    def __init__(self, output: Path) -> None:
        self._path = output / LEDGER

    def __enter__(self) -> "Ledger":
        try:
            self._file = self._path.open("ab")
            if self._ends_torn():
                self._file.write(b"\n")
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
            self._file.write(json.dumps(finished.to_dict(), ensure_ascii=False).encode("utf-8") + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._refusal(error) from None

    def _ends_torn(self) -> bool:
        with self._path.open("rb") as file:
            if not file.seek(0, 2):
                return False
            file.seek(-1, 2)
            return file.read() != b"\n"

    def _refusal(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._path}: expected a file that can be written, got: {error.strerror or error}; make room, and run "
            f"the same command again: it goes on where this one stopped"
        )


def finished_parts(output: Path, parts: Sequence[Part]) -> dict[str, Finished]:
    """Of these parts those that need not be done again, by their stems, if their outputs are still there.

    A line that was torn by the end of its process is passed over.
    """
    try:
        lines = (output / LEDGER).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    noted: dict[tuple[str, int], Finished] = {}
    for line in lines:
        try:
            finished = Finished(**json.loads(line))
        except (ValueError, TypeError):
            continue
        noted[finished.name, finished.number] = finished
    pairs = ((part, noted.get((part.name, part.number))) for part in parts)
    return {part.stem: finished for part, finished in pairs if finished is not None and finished.is_of(part)}
