"""Globs whose ** goes into every folder once, however many links lead to it: those of Python walk in circles."""

import contextlib
import glob
import os
from collections.abc import Iterable, Iterator

_ANY = "**"


def globbed(pattern: str) -> Iterator[str]:
    """What a glob names, in any order, some of it twice; ** is every folder below, or none.

    Hidden names must be named.
    """
    parts = pattern.split(os.sep)  # noqa: PTH206 - as a Path would drop empty ones
    if _ANY not in parts:
        yield from glob.glob(pattern)  # noqa: PTH207 - which knows patterns that are no relative path
        return
    place = parts.index(_ANY)
    above, below = (os.sep.join(some) for some in ([*parts[:place], ""], parts[place + 1 :]))  # noqa: PTH118
    for folder in _folders(glob.glob(above) if above else [""]):  # noqa: PTH207
        yield from globbed(os.path.join(glob.escape(folder), below or "*"))  # noqa: PTH118


def _folders(top: Iterable[str]) -> Iterator[str]:
    """These folders and all below them, each once, by the path with the fewest folders."""
    seen = set()
    level = sorted(top)
    while level:
        below: list[str] = []
        for folder in level:
            place = os.path.realpath(folder)
            if place in seen:
                continue
            seen.add(place)
            yield folder
            with contextlib.suppress(OSError):  # as of a folder that must not be read
                names = [name for name in os.listdir(folder or os.curdir) if not name.startswith(".")]  # noqa: PTH208
                below += filter(os.path.isdir, (os.path.join(folder, name) for name in names))  # noqa: PTH118
        level = sorted(below)
