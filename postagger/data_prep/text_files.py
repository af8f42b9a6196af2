"""Text files, folders and archives -> one text, in memory or, from a certain size on, on disk behind a memory map."""

import codecs
import contextlib
import hashlib
import itertools
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, BinaryIO

import numpy as np

from postagger.data_prep.characters import Codes, Newlines, Symbols, Text, codes_of, utf8_of
from postagger.data_prep.quoting import printable
from postagger.data_prep.standard_input import standard_input
from postagger.errors import CorpusError

_CHUNK_BYTES = 1 << 24
_LONGEST_SHOWN = 100
# What paths and damaged archives raise: encrypted, cut short, of a method or a version that is not known, ...
_UNREADABLE: tuple[type[Exception], ...] = (
    OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error
)  # fmt: skip
with contextlib.suppress(ImportError):  # of a Python that was built without
    import lzma

    _UNREADABLE += (lzma.LZMAError,)
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
    return _text("+".join(map(_name, sources)), _chunks(sources, symbols), symbols, newlines, characters)


def _name(source: str) -> str:
    if source == "-":
        return "standard input"
    try:
        return printable(Path(source).resolve().name or "/")
    except _UNREADABLE:  # reading it will say why
        return printable(source)


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
        except CorpusError:
            raise
        except _UNREADABLE as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise CorpusError(f"{source}: expected text to read, got: {_shown(str(reason))}; check the path") from None


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
        yield "standard input", standard_input()
    elif path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and not _is_hidden(one.relative_to(path)):
                yield printable(str(one)), one.open("rb")
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if not member.filename.endswith("/") and not _is_hidden(PurePosixPath(member.filename)):
                    yield f"{path}:{_shown(member.filename)}", archive.open(member)
    else:
        yield str(path), path.open("rb")


def _shown(text: str) -> str:
    """What an archive calls a file, or says of it, as it may stand in a message."""
    return printable(text)[:_LONGEST_SHOWN]


def _is_hidden(path: PurePath) -> bool:
    """What starts with a dot, and what some archivers add of their own."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
