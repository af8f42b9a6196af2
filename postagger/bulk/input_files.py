"""Globs -> the files that they name, each once, with a name of its own."""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from postagger.bulk.part import REJECTED, InputFormat
from postagger.data_prep.quoting import has_controls, quoted
from postagger.errors import ConfigError

_SUFFIXES: dict[str, InputFormat] = {
    ".txt": "text",
    ".text": "text",
    ".jsonl": "jsonl",
    ".json": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".conllu": "conllu",
}


@dataclass(frozen=True)
class InputFile:
    """name: the path below the fixed folder of its glob, with "/" between folders."""

    path: Path
    name: str
    format: InputFormat


def input_files(globs: Sequence[str], input_format: InputFormat | None, output: Path) -> list[InputFile]:
    """The files of globs, by name. What lies in the folder of the output is none of them.

    Raises:
        ConfigError: a glob names no file, or a file has a name that cannot be used, or that another one has.
    """
    inside = os.path.join(os.path.abspath(output), "")  # noqa: PTH100, PTH118 - which follow no links
    found: dict[str, InputFile] = {}
    names: dict[str, str] = {}
    for pattern in globs:
        folder = _fixed_folder(pattern)
        paths = sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))  # noqa: PTH113, PTH207
        paths = [path for path in paths if not os.path.abspath(path).startswith(inside)]  # noqa: PTH100
        if not paths:
            raise ConfigError(
                f"--input {quoted(pattern)}: expected a glob of files, got {_nothing(pattern)}; check the path, and "
                f"put a glob in quotation marks: 'corpus/**/*.txt'"
            )
        for path in paths:
            place = os.path.abspath(path)  # noqa: PTH100
            if place in found:
                continue
            name = Path(os.path.relpath(path, folder)).as_posix()
            _check_name(name, place, names)
            names[name] = place
            found[place] = InputFile(Path(place), name, input_format or _format_of(place))
    return sorted(found.values(), key=lambda file: file.name)


def _fixed_folder(pattern: str) -> str:
    """The folders of a glob before the first that has a sign in it."""
    folder = os.path.dirname(pattern)  # noqa: PTH120
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder or os.curdir


def _nothing(pattern: str) -> str:
    if os.path.isdir(pattern):  # noqa: PTH112
        return "a folder"
    return "none outside of --output" if any(map(os.path.isfile, glob.glob(pattern, recursive=True))) else "none"  # noqa: PTH207


def _check_name(name: str, place: str, names: dict[str, str]) -> None:
    if has_controls(name):
        raise ConfigError(f"--input: expected names that can be printed, got {quoted(name)}; rename the file")
    if name.split("/")[0] == REJECTED:
        raise ConfigError(
            f"--input: expected no folder {REJECTED}, which the output has itself, got {quoted(place)}; rename it, or "
            f"begin the glob in it"
        )
    if name in names:
        raise ConfigError(
            f"--input: expected files whose names below their globs differ, got {quoted(name)} of {names[name]} and of "
            f"{place}; name both by one glob, or tag them into two folders"
        )


def _format_of(path: str) -> InputFormat:
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    if suffix not in _SUFFIXES:
        raise ConfigError(
            f"{path}: expected a file name that ends in one of {' '.join(_SUFFIXES)}, got {suffix or 'no ending'!r}; "
            f"name the format with --input-format, or the files more narrowly"
        )
    return _SUFFIXES[suffix]
