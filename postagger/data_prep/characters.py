"""Text -> codes -> character ids -> consecutive or random windows.

A text is held as one array of codes, the code points of its characters or its bytes; what is larger than memory lies
in a file on disk and is read through a memory map. Ids are looked up window by window.

Legend: N characters, B windows side by side, T steps of a window.
"""

import codecs
import hashlib
import itertools
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from postagger.errors import CorpusError

Symbols = Literal["characters", "bytes"]
Newlines = Literal["keep", "spaces"]
Codes = npt.NDArray[Any]
"""uint32 code points, or uint8 bytes."""

_CHUNK_BYTES = 1 << 24
_LARGEST_IN_MEMORY = 1 << 28  # bytes of codes; more of them go to disk
_NUM_CODE_POINTS = sys.maxunicode + 1


@dataclass(frozen=True)
class Text:
    """A text as codes [N]. sha256: of its bytes in UTF-8, or of its plain bytes."""

    name: str
    codes: Codes
    sha256: str

    def beginning(self, count: int) -> "Text":
        """Its first codes, so many."""
        codes = self.codes[:count]
        return Text(self.name, codes, hashlib.sha256(_utf8(codes)).hexdigest())

    def split(self, held_out: float) -> tuple[Codes, Codes]:
        """The training part, and the fraction at the end that is held out.

        Raises:
            CorpusError: one of the two would be empty.
        """
        count = round(len(self.codes) * held_out)
        if held_out and not 0 < count < len(self.codes):
            raise CorpusError(
                f"{self.name}: expected enough characters to hold {held_out:.0%} out, got {len(self.codes)}; "
                f"give more text or --held-out 0"
            )
        return self.codes[: len(self.codes) - count], self.codes[len(self.codes) - count :]


class Alphabet:
    """The symbols of a model, and their ids.

    Characters: id 0 stands for any unknown character, then the characters by falling count, ties by code point.
    Bytes: 256 ids, nothing is unknown.

    >>> alphabet = Alphabet.build(np.frombuffer("abba c".encode("utf-32-le"), np.uint32), min_count=2)
    >>> alphabet.characters, alphabet.encode("cab").tolist()
    (('a', 'b'), [0, 1, 2])
    >>> alphabet.unknown("a cat"), alphabet.decode([1, 2, 0])
    (['␣', 'c', 't'], 'ab\ufffd')
    """

    unk_id = 0

    def __init__(self, characters: Sequence[str] | None) -> None:
        """characters: those that are known, in the order of their ids from 1; None for bytes."""
        self.characters = None if characters is None else tuple(characters)
        if self.characters is not None:
            points = np.array([ord(character) for character in self.characters], dtype=np.int64)
            if len(set(points.tolist())) != len(points):
                raise ValueError("expected different characters in an alphabet, got some twice")
            self._ids = np.zeros(_NUM_CODE_POINTS, dtype=np.int64)
            self._ids[points] = np.arange(1, len(points) + 1)

    @classmethod
    def build(cls, codes: Codes, min_count: int = 1) -> "Alphabet":
        """What occurs at least min_count times in a text's codes."""
        if codes.dtype == np.uint8:
            return cls(None)
        counts = np.zeros(_NUM_CODE_POINTS, dtype=np.int64)
        for start in range(0, len(codes), _CHUNK_BYTES):
            found = np.bincount(codes[start : start + _CHUNK_BYTES])
            counts[: len(found)] += found
        points = np.flatnonzero(counts >= max(1, min_count))
        return cls([chr(point) for point in points[np.argsort(-counts[points], kind="stable")]])

    def __len__(self) -> int:
        return 256 if self.characters is None else 1 + len(self.characters)

    def ids(self, codes: Codes) -> Tensor:
        """The ids [...] of codes [...]."""
        return torch.from_numpy(codes.astype(np.int64) if self.characters is None else self._ids[codes])

    def codes(self, text: str) -> Codes:
        """The codes [N] of a text."""
        return _codes(text, "bytes" if self.characters is None else "characters")

    def encode(self, text: str) -> Tensor:
        """The ids [N] of a text."""
        return self.ids(self.codes(text))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids; what is unknown, or no UTF-8, as the replacement character."""
        if self.characters is None:
            return bytes(ids).decode("utf-8", "replace")
        return "".join(self.characters[number - 1] if number else "\ufffd" for number in ids)

    def unknown(self, text: str) -> list[str]:
        """The different characters of a text that are not known, in their order, in a form that can be seen."""
        if self.characters is None:
            return []
        return [visible(character) for character in dict.fromkeys(text) if not self._ids[ord(character)]]


def visible(character: str) -> str:
    """A character as it can be shown: a blank as its sign, what has no shape as its code point."""
    if character == " ":
        return "␣"
    return f"U+{ord(character):04X}" if unicodedata.category(character)[0] in "CZM" else character


@dataclass(frozen=True)
class Windows:
    """Stretches of text side by side: inputs [B, T], and targets [B, T], the symbols that follow each of them."""

    inputs: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> "Windows":
        """The same on a device."""
        return Windows(self.inputs.to(device), self.targets.to(device))


def consecutive_windows(codes: Codes, alphabet: Alphabet, batch_size: int, context_length: int) -> Iterator[Windows]:
    """The text cut into B rows, read in step: each window goes on where the one before it in its row has ended.

    >>> text = np.arange(11, dtype=np.uint8)
    >>> for windows in consecutive_windows(text, Alphabet(None), 2, 2):
    ...     print(windows.inputs.tolist(), windows.targets.tolist())
    [[0, 1], [5, 6]] [[1, 2], [6, 7]]
    [[2, 3], [7, 8]] [[3, 4], [8, 9]]
    """
    width = len(codes) // batch_size
    rows = np.arange(batch_size)[:, None] * width + np.arange(context_length + 1)
    for number in range(num_consecutive(len(codes), batch_size, context_length)):
        yield _windows(codes, alphabet, rows + number * context_length)


def random_windows(
    codes: Codes, alphabet: Alphabet, batch_size: int, context_length: int, generator: torch.Generator
) -> Iterator[Windows]:
    """The text cut into windows one after the other, which are shuffled and put together B at a time."""
    count = max(0, len(codes) - 1) // context_length
    starts = torch.randperm(count, generator=generator).numpy() * context_length
    for number in range(num_random(len(codes), batch_size, context_length)):
        together = starts[number * batch_size : (number + 1) * batch_size]
        yield _windows(codes, alphabet, together[:, None] + np.arange(context_length + 1))


def num_consecutive(num_codes: int, batch_size: int, context_length: int) -> int:
    """How many batches of consecutive windows a text of so many codes has."""
    return max(0, num_codes // batch_size - 1) // context_length


def num_random(num_codes: int, batch_size: int, context_length: int) -> int:
    """How many batches of random windows a text of so many codes has."""
    return max(0, num_codes - 1) // context_length // batch_size


def _windows(codes: Codes, alphabet: Alphabet, places: npt.NDArray[np.int64]) -> Windows:
    ids = alphabet.ids(codes[places])  # [B, T + 1]
    return Windows(ids[:, :-1], ids[:, 1:])


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
    return _text(name, [text if symbols == "characters" else text.encode()], symbols, newlines, characters)


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
    name = "+".join("standard input" if source == "-" else Path(source).name for source in sources)
    return _text(name, _chunks(sources, symbols), symbols, newlines, characters)


def _text(
    name: str, chunks: Iterable[str | bytes], symbols: Symbols, newlines: Newlines, characters: int | None
) -> Text:
    digest, store, count = hashlib.sha256(), _Store(symbols), 0
    for chunk in chunks:
        codes = _codes(chunk, symbols) if isinstance(chunk, str) else np.frombuffer(chunk, np.uint8)
        if newlines == "spaces":
            codes = np.where((codes == ord("\n")) | (codes == ord("\r")), codes.dtype.type(ord(" ")), codes)
        codes = codes[: None if characters is None else characters - count]
        count += len(codes)
        digest.update(_utf8(codes))
        store.add(codes)
        if count == characters:
            break
    if not count:
        raise CorpusError(f"{name}: expected text, got an empty one; name another with --text")
    return Text(name, store.codes(), digest.hexdigest())


def _utf8(codes: Codes) -> bytes:
    return codes.tobytes() if codes.dtype == np.uint8 else codes.tobytes().decode("utf-32-le").encode()


def _codes(text: str, symbols: Symbols) -> Codes:
    if symbols == "bytes":
        return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


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
                with file:
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
                f"{offset - held + error.start:,}; convert it, or read it with --symbols bytes"
            ) from None
        offset += len(piece)


def _open(source: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of a source, by name, each open for reading. What is hidden in a folder stays so."""
    path = Path(source)
    if source == "-":
        yield "standard input", sys.stdin.buffer
    elif path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and not any(part.startswith(".") for part in one.relative_to(path).parts):
                yield str(one), one.open("rb")
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                if not member.endswith("/"):
                    yield f"{path}:{member}", archive.open(member)
    else:
        yield str(path), path.open("rb")
