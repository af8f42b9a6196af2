"""Folders of results: written whole or not at all, also where the machine stops in the middle."""

import contextlib
import ctypes
import glob
import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from postagger.errors import OutputError

PARTIAL = ".postagger-"
"""What the names of folders begin with that are being written."""
_OLD = "old"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # as in fcntl.h and linux/fs.h
_LATER = {"report.html", "predictions.conllu"}
"""Files that older versions did not write."""


def check_output(path: Path, names: Collection[str], *, force: bool) -> None:
    """Find out before any work is done whether a folder of these files can be written here.

    Raises:
        OutputError: something is in the way, or the place cannot be written to.
    """
    try:
        _check_way(path, names, force=force)
    except OSError as error:
        raise _cannot_write(path, error) from None
    check_parent(path)


def check_parent(path: Path) -> None:
    """Find out whether something can be written where the path will be.

    Raises:
        OutputError: it cannot.
    """
    try:
        parent = next(parent for parent in path.absolute().parents if parent.exists())
        Path(tempfile.mkdtemp(prefix=PARTIAL, dir=parent)).rmdir()
    except OSError as error:
        raise _cannot_write(path, error) from None


def free_path(path: Path) -> Path:
    """The path, or where it is taken PATH-2, and so on."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], numbered) if not candidate.exists())


def write_folder(
    path: Path, contents: Mapping[str, bytes], *, names: Collection[str] = (), force: bool = False
) -> None:
    """Write all files beside the place, then move the folder there in one step.

    names: of all files that a folder of this kind may have, where these are more; such a folder force may replace.

    Raises:
        OutputError: something is in the way, or the folder cannot be written; then nothing is left behind.
    """
    try:
        _check_way(path, names or contents, force=force)
        made = [parent for parent in path.parents if not parent.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{PARTIAL}{path.name}-", dir=path.parent))
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        fresh.chmod(0o777 & ~_umask())
        for name, content in contents.items():
            _write_file(fresh / name, content)
        _sync(fresh)
        _move_into_place(fresh, path)
        _sync(path.parent)
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        remove_empty(made)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from None
        raise
    shutil.rmtree(fresh, ignore_errors=True)  # where the old folder is now, if there was one


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, the innermost first, unless there is something in them."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


def remove_folder(path: Path) -> None:
    """Remove a folder in one step: whoever is killed in the middle leaves what remove_leftovers knows, and no half."""
    with contextlib.suppress(OSError):
        aside = path.with_name(f"{PARTIAL}{path.name}-{secrets.token_hex(4)}")
        path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def remove_leftovers(path: Path) -> None:
    """Remove what was being written or removed of this folder when its process was killed.

    An old folder that was out of the way just then comes back.
    """
    for left in path.parent.glob(f"{PARTIAL}{glob.escape(path.name)}-{'?' * 8}"):
        if (left / _OLD).is_dir() and not path.exists():
            (left / _OLD).rename(path)
        shutil.rmtree(left, ignore_errors=True)


def _check_way(path: Path, names: Collection[str], *, force: bool) -> None:
    if not path.exists() and not path.is_symlink():
        return
    if not path.is_dir():
        raise OutputError(f"{path}: expected an output folder, got a file or a link; choose another")
    if not force:
        raise OutputError(
            f"{path}: expected an output folder that does not exist, got one; choose another or add --force"
        )
    if not path.is_dir() or path.is_symlink() or not _is_alike({entry.name for entry in path.iterdir()}, names):
        raise OutputError(
            f"{path}: expected a folder of just {' '.join(sorted(names))} to replace, got others; choose another"
        )


def _is_alike(found: Collection[str], names: Collection[str]) -> bool:
    """Whether --force may replace these files: a model by a model, scores by scores, and nothing else."""
    return not found or set(names) - _LATER <= set(found) <= set(names)


def _move_into_place(fresh: Path, path: Path) -> None:
    if not path.exists():
        fresh.rename(path)
        return
    if _exchange(fresh, path):
        return  # what was there is removed where the fresh one was
    aside = Path(tempfile.mkdtemp(prefix=f"{PARTIAL}{path.name}-", dir=path.parent))
    path.rename(aside / _OLD)
    try:
        fresh.rename(path)
    except BaseException:  # Ctrl-C, too, must not cost the old folder
        (aside / _OLD).rename(path)
        aside.rmdir()
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(fresh: Path, path: Path) -> bool:
    """Let two folders change places in one step, so that at no moment there is none; False where that cannot be done.

    On Linux. Elsewhere there is a moment between two renamings.
    """
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(fresh), _AT_FDCWD, os.fsencode(path), _RENAME_EXCHANGE) == 0)


def _sync(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system can be asked to."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
