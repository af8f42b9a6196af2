"""Files of a folder that nobody vouches for: plain files that lie in it, no larger than they may be.

A link, a pipe, a device or a folder is never opened, so that reading leads nowhere else and waits for nobody; and how
large a file is, is looked at before a byte of it is read.
"""

import hashlib
import json
import math
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from postagger.errors import PostaggerError

MANIFEST = "manifest.json"
_MANIFEST_LIMIT = 1 << 16
_PIECE = 1 << 20
_LARGE = 16 << 20
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
# A value of few bytes can take four hundred in memory, so a file of few bytes may hold only so many; a larger one as
# many as such files hold, so that what it takes is in proportion to what anybody sees on the disk.
_MOST_VALUES, _BYTES_OF_VALUE = 1_000_000, 8
_MOST_CONTAINERS, _BYTES_OF_CONTAINER = 100_000, 32
_LONGEST = 200


@dataclass(frozen=True)
class StoredFiles:
    """The files of one folder.

    error: what is raised where one of them cannot be trusted, with one line that names it. what: such a file, in words.
    advice: what to do about it.
    """

    path: Path
    error: type[PostaggerError]
    what: str
    advice: str

    def read(self, name: str, limit: int) -> bytes:
        """A whole file of at most so many bytes."""
        with self.opened(name, limit) as (file, size):
            content = file.read(size + 1)
        if len(content) != size:
            raise self.refusal(name, f"{size:,} bytes", "a file that changes while it is read")
        return content

    def vouched(self, name: str, limit: int, manifest: Mapping[str, str]) -> bytes:
        """A whole file that has the SHA-256 of the manifest."""
        content = self.read(name, limit)
        self._compare(name, hashlib.sha256(content).hexdigest(), manifest)
        return content

    def check(self, name: str, limit: int, manifest: Mapping[str, str]) -> None:
        """Refuse a file that has not the SHA-256 of the manifest, without holding it in memory."""
        digest = hashlib.sha256()
        with self.opened(name, limit) as (file, _):
            while piece := file.read(_PIECE):
                digest.update(piece)
        self._compare(name, digest.hexdigest(), manifest)

    def json(self, name: str, content: bytes) -> Any:
        """The content of a file as JSON."""
        try:
            return parse_json(content)
        except ValueError as error:
            raise self.refusal(name, "JSON", f"a broken file: {one_line(error)}") from None

    def json_object(self, name: str, content: bytes) -> dict[str, Any]:
        """The content of a file as a JSON object."""
        value = self.json(name, content)
        if not isinstance(value, dict):
            raise self.refusal(name, "a JSON object", "something else")
        return value

    def manifest(self) -> dict[str, str]:
        """The SHA-256 of each file, by its name, as manifest.json tells them."""
        told = self.json_object(MANIFEST, self.read(MANIFEST, _MANIFEST_LIMIT))
        for name, value in told.items():
            if not isinstance(value, str):
                raise self.refusal(MANIFEST, f"the SHA-256 of {shown(name)}", shown(value))
        return told

    def check_names(self, manifest: Mapping[str, str], names: Collection[str]) -> None:
        """Refuse a manifest that names other files than these."""
        for name in manifest:
            if name not in names:
                raise self.refusal(MANIFEST, f"the names of {' '.join(names)}", shown(name))

    @contextmanager
    def opened(self, name: str, limit: int) -> Iterator[tuple[BinaryIO, int]]:
        """A plain file of the folder, opened for reading, and its size; what goes wrong in between is told, too."""
        place = self.path / name
        if place.name != name:
            raise self.refusal(name, "a name in the folder", "a path")
        try:
            self._check_status(name, place.lstat(), limit)  # before it is opened, which a device may take for a wish
            with os.fdopen(os.open(place, _FLAGS), "rb") as file:
                status = os.fstat(file.fileno())
                self._check_status(name, status, limit)  # of what was opened, which may be another by now
                if _is_sparse(file, status):
                    raise self.refusal(name, f"{status.st_size:,} bytes", "a file that is mostly holes")
                yield file, status.st_size
        except (OSError, ValueError) as error:  # ValueError: a path that no file can have
            reason = error.strerror if isinstance(error, OSError) else error
            raise self.error(f"{place}: expected {self.what}, got: {reason}; check the path") from None

    def refusal(self, name: str, expected: str, got: str) -> PostaggerError:
        """The error to be raised about a file."""
        return self.error(f"{self.path / name}: expected {expected}, got {got}; {self.advice}")

    def _check_status(self, name: str, status: os.stat_result, limit: int) -> None:
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a device")
            raise self.refusal(name, "a plain file in the folder itself", kind)
        if status.st_size > limit:
            raise self.refusal(name, f"at most {limit:,} bytes", f"{status.st_size:,}")

    def _compare(self, name: str, sha256: str, manifest: Mapping[str, str]) -> None:
        if manifest.get(name) != sha256:
            raise self.refusal(name, f"the bytes that {MANIFEST} vouches for", "others")


def _is_sparse(file: BinaryIO, status: os.stat_result) -> bool:
    """Whether a large file is for the most part not there, so that even its hash would take long."""
    blocks = getattr(status, "st_blocks", None)
    if blocks is None or not hasattr(os, "SEEK_HOLE") or status.st_size <= _LARGE or blocks * 2048 >= status.st_size:
        return False
    # Few blocks may also be those of a file system that compresses, or is yet to write.
    first_hole = file.seek(0, os.SEEK_HOLE)
    file.seek(0)
    return first_hole < status.st_size


def parse_json(content: bytes) -> Any:
    """JSON in UTF-8 from a stranger: no name twice in an object, only finite numbers, and not too much of anything.

    >>> parse_json(b'{"a": [1, 2.5, null]}')
    {'a': [1, 2.5, None]}

    Raises:
        ValueError: it is no such JSON.
    """
    check_json_size(content)
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_finite_number,
            parse_constant=_finite_number,
        )
    except RecursionError:
        raise ValueError("values nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"bytes that are no UTF-8 at {error.start}") from None


def check_json_size(content: bytes) -> None:
    """Refuse JSON of so many values that parse_json would not read it.

    Raises:
        ValueError: there are too many.
    """
    most_values = max(_MOST_VALUES, len(content) // _BYTES_OF_VALUE)
    most_containers = max(_MOST_CONTAINERS, len(content) // _BYTES_OF_CONTAINER)
    values, containers = _amounts(content)
    if values > most_values or containers > most_containers:
        values, containers = _amounts(_without_texts(content))  # which takes longer
    if values > most_values:
        raise ValueError(f"more than {most_values:,} values")
    if containers > most_containers:
        raise ValueError(f"more than {most_containers:,} lists and objects")


def _amounts(content: bytes) -> tuple[int, int]:
    """At most how many values and containers there are; signs within texts are counted, too."""
    return content.count(b","), content.count(b"[") + content.count(b"{")


def _without_texts(content: bytes) -> bytes:
    r"""JSON without what stands in quotation marks.

    >>> _without_texts(rb'{"a,": [1, "\\", "\"["]}')
    b'{: [1, , ]}'
    """
    return b"".join(content.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"{shown(twice)} twice")
    return told


def _finite_number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{shown(digits)}, which is not finite")
    return number


def shown(value: object) -> str:
    r"""A stranger's value for an error line: not too long, and without signs that a terminal obeys.

    >>> shown("a\x1b[31m"), shown([1] * 1000)[-10:]
    ("'a\\x1b[31m'", '1, 1, 1...')
    """
    text = repr(value[: 2 * _LONGEST] if isinstance(value, str | list | tuple) else value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def one_line(text: object) -> str:
    r"""An error's words as a part of one line: not too long, and without signs that a terminal obeys.

    >>> one_line(ValueError("a\n  b\x1b"))
    'a b\\x1b'
    """
    line = " ".join(str(text).split())
    short = line if len(line) <= 2 * _LONGEST else line[: 2 * _LONGEST] + "..."
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in short)
