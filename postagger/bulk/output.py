"""The folder of the output: what decided it, and what may be in it."""

import hashlib
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from postagger.bulk.ledger import LEDGER
from postagger.bulk.part import REJECTED, Part
from postagger.errors import OutputError
from postagger.output_folder import PARTIAL
from postagger.pretrained import model_path
from postagger.stored_files import shown

SETTINGS = "bulk.json"
_NAME = re.compile(r"(?P<name>.+)-(?P<number>\d{5,})\.(parquet|jsonl|conllu)")


def open_output(output: Path, settings: Mapping[str, Any], *, force: bool) -> None:
    """Make the folder, or find that what is in it comes from a run with the same settings. Be alone in it before.

    force: throw away what an earlier run has left.

    Raises:
        OutputError: other settings decided what is there, it comes from somebody else, or it cannot be written.
    """
    stored = output / SETTINGS
    try:
        if force:
            _clear(output)
        if not stored.exists():
            _check_empty(output)
            partial = output / f"{PARTIAL}{SETTINGS}"
            partial.write_text(json.dumps(settings, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            partial.replace(stored)
        before = json.loads(stored.read_text(encoding="utf-8"))
    except OSError as error:
        raise _cannot_write(output, error) from None
    except ValueError:
        raise OutputError(
            f"{stored}: expected settings as JSON, got a damaged file; add --force to begin anew"
        ) from None
    for name, value in settings.items():
        if before.get(name) != value:
            flag = "format version" if name == "format_version" else f"--{name.replace('_', '-')}"
            raise OutputError(
                f"{output}: expected {flag} as in the run before, {shown(before.get(name))}, got "
                f"{shown(value)}; take the same, choose another --output, or add --force to begin anew"
            )


def make_output(output: Path) -> None:
    """Make the folder.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"{output}: expected a folder, got a file; choose another --output") from None
    except OSError as error:
        raise _cannot_write(output, error) from None


def model_hash(model: str) -> str:
    """The SHA-256 of the manifest of a model folder, which has those of its files; or of an ONNX file."""
    path = model_path(model)
    return hashlib.sha256((path / "manifest.json" if path.is_dir() else path).read_bytes()).hexdigest()


def remove_leftovers(output: Path, parts: Collection[Part]) -> None:
    """Remove what was being written when a process was killed, and parts that their files do not have any more."""
    counts: dict[str, int] = {}
    for part in parts:
        counts[part.name] = max(counts.get(part.name, 0), part.number + 1)
    for path, name in _files(output):
        found = _NAME.fullmatch(name.removeprefix(f"{REJECTED}/"))
        is_over = found is not None and int(found["number"]) >= counts.get(found["name"], int(found["number"]) + 1)
        if is_over or path.name.startswith(PARTIAL):
            path.unlink(missing_ok=True)


def _files(output: Path) -> Iterator[tuple[Path, str]]:
    """All files, and their names below the folder."""
    for path in sorted(output.rglob("*")):
        if not path.is_dir() or path.is_symlink():
            yield path, path.relative_to(output).as_posix()


def _check_empty(output: Path) -> None:
    for _, name in _files(output):
        if not name.startswith(PARTIAL):
            raise OutputError(
                f"{output}: expected an empty folder, or one of an earlier run, got {shown(name)} in it; choose "
                f"another --output"
            )


def _clear(output: Path) -> None:
    """Throw away an earlier run, if there is nothing else."""
    if not (output / SETTINGS).exists():
        return
    for path, name in _files(output):
        is_ours = _NAME.fullmatch(path.name) or path.name.startswith(PARTIAL) or name in (SETTINGS, LEDGER)
        if not is_ours:
            raise OutputError(
                f"{output}: expected only files that this command writes, got {shown(name)}; take that out, or choose "
                f"another --output"
            )
    # What says that it is ours goes last, in case this is killed.
    for path in output.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != SETTINGS:
            path.unlink()
    (output / SETTINGS).unlink()


def _cannot_write(output: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{output}: expected a folder that can be written, got: {error.strerror or error}; make room, or choose "
        f"another --output"
    )
