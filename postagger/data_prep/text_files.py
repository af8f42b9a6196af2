"""Text files, folders and archives -> one text, in memory or, from a certain size on, on disk behind a memory map."""

import codecs
import contextlib
import hashlib
import itertools
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, BinaryIO

import numpy as np

from postagger.data_prep.characters import Codes, Newlines, Symbols, Text, codes_of, utf8_of
from postagger.errors import CorpusError

_CHUNK_BYTES = 1 << 24
_LARGEST_IN_MEMORY = 1 << 28  # bytes of codes; more of them go to disk


def text_of(
    name: str,
    text: str,
    *,
    symbols: Symbols = "characters",
    newlines: Newlines = "keep",
    characters: int | None = None,
) -> Text:
    """A text that is at hand already, read as read_text would.

    Raises:
        CorpusError: it is empty.
    """
    return _text(name, [text], symbols, newlines, characters)


def read_text(
    sources: Sequence[str],
    *,
    symbols: Symbols = "characters",
    newlines: Newlines = "keep",
    characters: int | None = None,
) -> Text:
    """Read files, folders of files and zip archives, one after the other; "-" is standard input.

    newlines: "spaces" turns each line break character into a space. characters: keep only so many at the start.

    Raises:
        CorpusError: a source is missing or cannot be read, is not UTF-8 (unless symbols are bytes), or all are empty.
    """
    if list(sources).count("-") > 1:
        raise CorpusError("--text: expected standard input once, got - more often; name each text once")
    name = "+".join("standard input" if source == "-" else Path(source).resolve().name or "/" for source in sources)
    return _text(name, _chunks(sources, symbols), symbols, newlines, characters)


def _text(
    name: str, chunks: Iterable[str | bytes], symbols: Symbols, newlines: Newlines, characters: int | None
) -> Text:
    digest, store, count = hashlib.sha256(), _Store(symbols), 0
    for chunk in chunks:
        codes = codes_of(chunk, symbols) if isinstance(chunk, str) else np.frombuffer(chunk, np.uint8)
        if newlines == "spaces":
            codes = np.where((codes == ord("\n")) | (codes == ord("\r")), codes.dtype.type(ord(" ")), codes)
        codes = codes[: None if characters is None else characters - count]
        count += len(codes)
        digest.update(utf8_of(codes))
        store.add(codes)
        if count == characters:
            break
    if not count:
        raise CorpusError(f"{name}: expected text, got an empty one; name another with --text")
    return Text(name, store.codes(), digest.hexdigest())


class _Store:
    """Codes as they come: in memory, or from a certain size on in a file without a name, read through a memory map."""

    def __init__(self, symbols: Symbols) -> None:
        self._type = np.dtype(np.uint8 if symbols == "bytes" else np.uint32)
        self._parts: list[Codes] = []
        self._size = 0
        self._file: BinaryIO | None = None

    def add(self, codes: Codes) -> None:
        self._size += codes.nbytes
        if self._file is None and self._size > _LARGEST_IN_MEMORY:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it is mapped
            for part in self._parts:
                self._file.write(part.tobytes())
            self._parts.clear()
        if self._file is None:
            self._parts.append(codes)
        else:
            self._file.write(codes.tobytes())

    def codes(self) -> Codes:
        if self._file is None:
            return np.concatenate(self._parts)
        with self._file:  # the map keeps what it needs of it
            self._file.flush()
            return np.memmap(self._file, dtype=self._type, mode="r")


def _chunks(sources: Sequence[str], symbols: Symbols) -> Iterator[str | bytes]:
    """The sources piece by piece, decoded unless bytes are wanted."""
    for source in sources:
        try:
            for name, file in _open(source):
                with contextlib.nullcontext() if source == "-" else file:
                    pieces = iter(lambda file=file: file.read(_CHUNK_BYTES), b"")  # type: ignore[misc]
                    yield from pieces if symbols == "bytes" else _decoded(name, pieces)
        except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise CorpusError(f"{source}: expected text to read, got: {reason}; check the path") from None


def _decoded(name: str, pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()  # a byte order mark is no text
    offset = 0
    for piece in itertools.chain(pieces, [b""]):
        held = len(decoder.getstate()[0])
        try:
            yield decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{name}: expected UTF-8 text, got byte 0x{error.object[error.start]:02x} at offset "
                f"{offset - held + error.start:,}; convert it to UTF-8 (charlm also reads it with --symbols bytes)"
            ) from None
        offset += len(piece)


def _open(source: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of a source, by name, each open for reading. What is hidden in a folder or an archive stays so."""
    path = Path(source)
    if source == "-":
        yield "standard input", sys.stdin.buffer
    elif path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and not _is_hidden(one.relative_to(path)):
                yield str(one), one.open("rb")
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                if not member.endswith("/") and not _is_hidden(PurePosixPath(member)):
                    yield f"{path}:{member}", archive.open(member)
    else:
        yield str(path), path.open("rb")


def _is_hidden(path: PurePath) -> bool:
    """What starts with a dot, and what some archivers add of their own."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
