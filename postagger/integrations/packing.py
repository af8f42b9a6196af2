"""What writes itself into a folder, as bytes for another process, and back."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from postagger.errors import ModelFolderError

Whole = TypeVar("Whole")


def packed(write: Callable[[Path], object]) -> dict[str, bytes]:
    """The files that are written into a folder, by their names below it. write: is given a path that is free."""
    with tempfile.TemporaryDirectory(prefix="postagger-") as place:
        folder = Path(place) / "packed"
        write(folder)
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def unpacked(files: Mapping[str, bytes], read: Callable[[Path], Whole]) -> Whole:
    """What is read from a folder of these files.

    Raises:
        ModelFolderError: a name leads out of the folder; and what read raises.
    """
    with tempfile.TemporaryDirectory(prefix="postagger-") as place:
        folder = Path(place) / "packed"
        for name, content in files.items():
            if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
                raise ModelFolderError(
                    f"expected the names of files inside a model folder, got {name!r}; pack it again"
                )
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return read(folder)
