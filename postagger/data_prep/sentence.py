"""Sentence: the one type in which tagged text travels through the project."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A tagged sentence: T tokens and their T tags.

    >>> Sentence.from_pairs([("Time", "NN"), ("flies", "VBZ")])
    Sentence(tokens=('Time', 'flies'), tags=('NN', 'VBZ'))
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.tokens) != len(self.tags):
            raise ValueError(f"expected a tag for each of {len(self.tokens)} tokens, got {len(self.tags)} tags")

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> "Sentence":
        """From (token, tag) pairs, as NLTK's corpora give them."""
        listed = list(pairs)
        return cls(tuple(token for token, _ in listed), tuple(tag for _, tag in listed))

    def __len__(self) -> int:
        return len(self.tokens)
