"""Folders of results: written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from postagger.errors import OutputError

# All that this package ever writes into a folder; --force deletes nothing else.
OUR_FILES = frozenset(
    ["config.json", "vocabulary.json", "weights.safetensors", "evaluation.json", "history.json", "manifest.json"]
)


def check_output(path: Path, *, force: bool) -> None:
    """Find out before any work is done whether a folder can be written here.

    Raises:
        OutputError: something is in the way, or the place cannot be written to.
    """
    if path.exists() or path.is_symlink():
        if not force:
            raise OutputError(
                f"{path}: expected an output folder that does not exist, got one; choose another or add --force"
            )
        if not _may_be_replaced(path):
            raise OutputError(f"{path}: expected a folder of ours to replace, got something else; choose another")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent)).rmdir()
    except OSError as error:
        raise _cannot_write(path, error) from None


def write_folder(path: Path, contents: Mapping[str, bytes], *, force: bool = False) -> None:
    """Write all files beside the place, then move the folder there in one step.

    Raises:
        OutputError: something is in the way, or the folder cannot be written; then nothing is left behind.
    """
    check_output(path, force=force)
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        fresh.chmod(0o777 & ~_umask())
        for name, content in contents.items():
            _write_file(fresh / name, content)
        _move_into_place(fresh, path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _may_be_replaced(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and all(entry.name in OUR_FILES for entry in path.iterdir())


def _move_into_place(fresh: Path, path: Path) -> None:
    if not path.exists():
        fresh.rename(path)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    path.rename(aside / "old")
    try:
        fresh.rename(path)
    except OSError:
        (aside / "old").rename(path)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path}: expected a folder that can be written, got: {error.strerror}; make room or choose another --output"
    )
