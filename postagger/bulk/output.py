"""The folder of the output: what decided it, and what may be in it."""

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from postagger.bulk.ledger import LEDGER, noted_parts
from postagger.bulk.part import REJECTED, Part
from postagger.disk_errors import remedy
from postagger.errors import OutputError
from postagger.output_folder import PARTIAL, remove_empty
from postagger.pretrained import model_path
from postagger.stored_files import shown

SETTINGS = "_bulk.json"
_NAME = re.compile(r"(?P<name>.+)-(?P<number>\d{5,})\.(parquet|jsonl|conllu)", re.DOTALL)
_PARTIAL = re.compile(rf"{re.escape(PARTIAL)}([0-9a-f]{{16}}|{SETTINGS})")


def open_output(output: Path, settings: Mapping[str, Any], names: Collection[str], *, force: bool) -> None:
    """Begin a run in the folder, or find that what is in it comes from one with the same settings. Be alone in it.

    names: of the input files. force: throw away what an earlier run has left of these and of those in its ledger.

    Raises:
        OutputError: other settings decided what is there, it comes from somebody else, or it cannot be written.
    """
    stored = output / SETTINGS
    try:
        if force:
            _clear(output, names)
        if not stored.exists():
            _check_empty(output)
            partial = output / f"{PARTIAL}{SETTINGS}"
            partial.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
            partial.replace(stored)
        before = json.loads(stored.read_text(encoding="utf-8"))
        if not isinstance(before, dict):
            raise ValueError("expected an object, got something else")
    except OSError as error:
        raise _cannot_write(output, error) from None
    except (ValueError, RecursionError):
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


@contextlib.contextmanager
def made_output(output: Path) -> Iterator[None]:
    """Make the folder; if nothing comes into it, it goes again.

    Raises:
        OutputError: it cannot be made.
    """
    made = [folder for folder in (output, *output.parents) if not folder.exists()]
    try:
        output.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"{output}: expected a folder, got a file; choose another --output") from None
    except OSError as error:
        raise _cannot_write(output, error) from None
    try:
        yield
    finally:
        remove_empty(made)


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
        if is_over or _PARTIAL.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _files(output: Path) -> Iterator[tuple[Path, str]]:
    """All files, and their names below the folder."""
    for path in sorted(output.rglob("*")):
        if not path.is_dir() or path.is_symlink():
            yield path, path.relative_to(output).as_posix()


def _check_empty(output: Path) -> None:
    for _, name in _files(output):
        if not _PARTIAL.fullmatch(name):
            raise OutputError(
                f"{output}: expected an empty folder, or one of an earlier run, got {shown(name)} in it; choose "
                f"another --output"
            )


def _clear(output: Path, names: Collection[str]) -> None:
    """Throw away an earlier run, if there is nothing else."""
    if not (output / SETTINGS).exists():
        return
    known = {*names, *(name for name, _ in noted_parts(output))}
    for path, name in _files(output):
        found = _NAME.fullmatch(name.removeprefix(f"{REJECTED}/"))
        is_part = found is not None and found["name"] in known
        if not (is_part or _PARTIAL.fullmatch(path.name) or name in (SETTINGS, LEDGER)):
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
        f"{output}: expected a folder that can be written, got: {error.strerror or error}; {remedy(error)}, or "
        f"choose another --output"
    )
