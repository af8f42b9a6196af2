"""Globs -> the files that they name, each once, with a name of its own."""

import functools
import glob
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from postagger.bulk.globs import globbed
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
_LONGEST_NAME = 255 - len("-0000000.parquet")  # as most file systems have it


@dataclass(frozen=True)
class InputFile:
    """name: the path below the fixed folder of its glob, with "/" between folders."""

    path: Path
    name: str
    format: InputFormat


def input_files(globs: Sequence[str], input_format: InputFormat | None, output: Path) -> list[InputFile]:
    """The files of globs, by name; a file that has several names is there once, by the one with the fewest folders.

    A path that exists is that file, whatever signs are in its name. What lies in the folder of the output is no input.

    Raises:
        ConfigError: a glob names no file, or a file has a name that cannot be used, or that another one has.
    """
    inside = os.path.join(os.path.realpath(output), "")  # noqa: PTH118
    real_folder = functools.cache(os.path.realpath)
    found: dict[str, tuple[str, Path]] = {}
    for pattern in globs:
        places = {path: _place(path, real_folder) for path in _paths(pattern)}
        outside = {path: place for path, place in places.items() if not place.startswith(inside)}
        if not outside:
            raise ConfigError(
                f"--input {quoted(pattern)}: expected a glob of files, got {_nothing(pattern, places)}; check the "
                f"path, and put a glob in quotation marks: 'corpus/**/*.txt'"
            )
        fixed = _fixed_folder(pattern)
        for path, place in outside.items():
            # absolute keeps "..", as that may follow on a link
            named = Path(os.path.relpath(path, fixed)).as_posix(), Path(path).absolute()
            found[place] = min(found.get(place, named), named, key=_folders_then_name)
    names: dict[str, Path] = {}
    for name, whole in found.values():
        _check_name(name, whole, names)
        names[name] = whole
    return [InputFile(whole, name, input_format or _format_of(whole)) for name, whole in sorted(names.items())]


def _paths(pattern: str) -> list[str]:
    """The files that a glob names."""
    paths = [pattern] if os.path.lexists(pattern) else globbed(pattern)
    return sorted(filter(os.path.isfile, paths))


def _folders_then_name(named: tuple[str, Path]) -> tuple[int, str]:
    name, _ = named
    return name.count("/"), name


def _place(path: str, real_folder: Callable[[str], str]) -> str:
    """The path without links; which of many files are in the same folder."""
    if os.path.islink(path):  # noqa: PTH114
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    return os.path.join(real_folder(folder or os.curdir), name)  # noqa: PTH118


def _fixed_folder(pattern: str) -> str:
    """The folders of a glob before the first that has a sign in it; of a path all."""
    folder = os.path.dirname(pattern)  # noqa: PTH120
    while glob.has_magic(folder) and not os.path.lexists(pattern):
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder or os.curdir


def _nothing(pattern: str, places: Collection[str]) -> str:
    if os.path.isdir(pattern):  # noqa: PTH112
        return "a folder"
    return "none outside of --output" if places else "none"


def _check_name(name: str, place: Path, names: dict[str, Path]) -> None:
    if has_controls(name):
        raise ConfigError(f"--input: expected names that can be printed, got {quoted(name)}; rename the file")
    parts = name.split("/")
    if parts[0] == os.pardir:
        raise ConfigError(
            f"--input: expected files below the fixed folder of their glob, got {quoted(name)}; leave .. out behind "
            f"the first sign"
        )
    if (length := len(parts[-1].encode())) > _LONGEST_NAME:
        raise ConfigError(
            f"{place}: expected a name of at most {_LONGEST_NAME} bytes, as that of its output is longer, got "
            f"{length}; rename the file"
        )
    if parts[0] == REJECTED:
        raise ConfigError(
            f"--input: expected no folder {REJECTED}, which the output has itself, got {quoted(str(place))}; rename "
            f"it, or begin the glob in it"
        )
    if name in names:
        raise ConfigError(
            f"--input: expected files whose names below their globs differ, got {quoted(name)} of {names[name]} and of "
            f"{place}; name both by one glob, or tag them into two folders"
        )


def _format_of(path: Path) -> InputFormat:
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ConfigError(
            f"{path}: expected a file name that ends in one of {' '.join(_SUFFIXES)}, got {suffix or 'no ending'!r}; "
            f"name the format with --input-format, or the files more narrowly"
        )
    return _SUFFIXES[suffix]
