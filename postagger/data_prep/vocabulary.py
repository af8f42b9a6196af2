"""Symbols and their ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

UNKNOWN_TAG_ID = -1
"""The id of a tag that is not in the tagset: no network can predict it, so it always counts as an error."""


class Vocabulary:
    """Symbol <-> id. Id 0 is padding, id 1 any unknown symbol, the symbols follow.

    The two special ids have no spelling of their own: a corpus may hold the word "<pad>" and it is a word.

    >>> vocabulary = Vocabulary.build({"the": 2, "dog": 1, "barks": 1})
    >>> [vocabulary.encode(word) for word in ["the", "dog", "meows"]]
    [2, 4, 1]
    >>> [vocabulary.decode(number) for number in [2, 1, 0]]
    ['the', '<unk>', '<pad>']
    """

    pad_id = 0
    unk_id = 1
    _special = ("<pad>", "<unk>")

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self._ids = {symbol: number for number, symbol in enumerate(self.symbols, start=len(self._special))}
        if len(self._ids) != len(self.symbols):
            raise ValueError("expected different symbols in a vocabulary, got some twice")

    @classmethod
    def build(cls, counts: Mapping[str, int], min_count: int = 1) -> "Vocabulary":
        """The symbols counted at least min_count times, by falling count, ties by the symbol."""
        kept = [symbol for symbol, count in counts.items() if count >= min_count]
        return cls(sorted(kept, key=lambda symbol: (-counts[symbol], symbol)))

    def extended(self, other: "Vocabulary") -> "Vocabulary":
        """With the symbols of another vocabulary behind its own, whose ids stay as they are.

        >>> Vocabulary(["a", "b"]).extended(Vocabulary(["c", "a"])).symbols
        ('a', 'b', 'c')
        """
        return Vocabulary((*self.symbols, *(symbol for symbol in other.symbols if symbol not in self)))

    def encode(self, symbol: str) -> int:
        """The id of a symbol; unk_id if it is not in the vocabulary."""
        return self._ids.get(symbol, self.unk_id)

    def decode(self, number: int) -> str:
        """The symbol of an id, for people to read.

        Raises:
            IndexError: the id is negative or too large.
        """
        if number < 0:
            raise IndexError(f"expected an id of at least 0, got {number}")
        specials = len(self._special)
        return self._special[number] if number < specials else self.symbols[number - specials]

    def __len__(self) -> int:
        return len(self._special) + len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    __hash__ = None  # type: ignore[assignment]


class Tagset:
    """Tag <-> id, in alphabetical order from 0 to K - 1: just what a network can predict, so no special ids.

    >>> tagset = Tagset.build(["NN", "DT", "NN"])
    >>> tagset.encode("NN"), tagset.decode(0), tagset.encode("XYZ") == UNKNOWN_TAG_ID
    (1, 'DT', True)
    """

    def __init__(self, tags: Sequence[str]) -> None:
        self.tags = tuple(tags)
        self._ids = {tag: number for number, tag in enumerate(self.tags)}
        if len(self._ids) != len(self.tags):
            raise ValueError("expected different tags in a tagset, got some twice")

    @classmethod
    def build(cls, tags: Iterable[str]) -> "Tagset":
        """All tags that occur."""
        return cls(sorted(set(tags)))

    def encode(self, tag: str) -> int:
        """The id of a tag; UNKNOWN_TAG_ID if it is not in the tagset."""
        return self._ids.get(tag, UNKNOWN_TAG_ID)

    def decode(self, number: int) -> str:
        """The tag of an id from 0 to K - 1."""
        return self.tags[number]

    def __len__(self) -> int:
        return len(self.tags)

    def __contains__(self, tag: object) -> bool:
        return tag in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.tags)
