"""Text -> codes -> character ids -> consecutive or random windows.

A text is held as one array of codes, the code points of its characters or its bytes. Ids are looked up window by
window.

Legend: N characters, B windows side by side, T steps of a window.
"""

import hashlib
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from postagger.errors import CorpusError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Symbols = Literal["characters", "bytes"]
Newlines = Literal["keep", "spaces"]
Codes = npt.NDArray[Any]
"""uint32 code points, or uint8 bytes."""

_CHUNK = 1 << 24
_NUM_CODE_POINTS = sys.maxunicode + 1


@dataclass(frozen=True)
class Text:
    """A text as codes [N]. sha256: of its bytes in UTF-8, or of its plain bytes."""

    name: str
    codes: Codes
    sha256: str

    def to_str(self) -> str:
        """The text again; of bytes, as the UTF-8 they should be."""
        return utf8_of(self.codes).decode("utf-8", "surrogatepass")

    def beginning(self, count: int) -> "Text":
        """Its first codes, so many."""
        codes = self.codes[:count]
        return Text(self.name, codes, hashlib.sha256(utf8_of(codes)).hexdigest())

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
        for start in range(0, len(codes), _CHUNK):
            found = np.bincount(codes[start : start + _CHUNK])
            counts[: len(found)] += found
        points = np.flatnonzero(counts >= max(1, min_count))
        return cls([chr(point) for point in points[np.argsort(-counts[points], kind="stable")]])

    def __len__(self) -> int:
        return 256 if self.characters is None else 1 + len(self.characters)

    def ids(self, codes: Codes) -> "Tensor":
        """The ids [...] of codes [...]."""
        import torch

        return torch.from_numpy(codes.astype(np.int64) if self.characters is None else self._ids[codes])

    def num_unknown(self, codes: Codes) -> int:
        """How many of the codes [N] are not known."""
        return 0 if self.characters is None else int((self._ids[codes] == self.unk_id).sum())

    def codes(self, text: str) -> Codes:
        """The codes [N] of a text."""
        return codes_of(text, "bytes" if self.characters is None else "characters")

    def encode(self, text: str) -> "Tensor":
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

    inputs: "Tensor"
    targets: "Tensor"

    def to(self, device: "torch.device") -> "Windows":
        """The same on a device."""
        return Windows(self.inputs.to(device), self.targets.to(device))

    def rows(self, rows: slice) -> "Windows":
        """Some of the stretches."""
        return Windows(self.inputs[rows], self.targets[rows])


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
    codes: Codes, alphabet: Alphabet, batch_size: int, context_length: int, generator: "torch.Generator"
) -> Iterator[Windows]:
    """The text cut into windows one after the other, which are shuffled and put together B at a time."""
    import torch

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


def codes_of(text: str, symbols: Symbols) -> Codes:
    """The codes [N] of a text. Bytes that were no text, and came in as surrogates, are those bytes again."""
    if symbols == "characters":
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    try:
        return np.frombuffer(text.encode("utf-8", "surrogateescape"), np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)


def utf8_of(codes: Codes) -> bytes:
    """Codes [N] as UTF-8."""
    if codes.dtype == np.uint8:
        return codes.tobytes()
    return codes.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
