"""Sentences of any length -> parts of them that are tagged one after the other, each in little memory.

A sentence too long for one pass is read in pieces, each with some of its neighbours' tokens as context. A recurrent
network forgets: what stands 2,048 tokens away has moved no score of the shipped models by more than rounding does, but
for a text of one word again and again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from postagger.data_prep.letter_case import is_caseless
from postagger.memory_errors import is_out_of_memory

PIECE, CONTEXT = 8192, 2048
"""The tokens of a piece of a long sentence, and those that are read before and after it for their context."""

TOKENS_TOGETHER = 65_536
"""The tokens of a part, if it is not a single piece: more than most groups of sentences have."""

Judged = TypeVar("Judged")


@dataclass(frozen=True)
class Part:
    """Some sentences and pieces of sentences, to be tagged together.

    caseless: of each, whether the capitals of its whole sentence say nothing; None where all are whole and tell
    themselves. own [N] bool: the tokens that are asked about, others are context; None for all.
    """

    sentences: Sequence[Sequence[str]]
    caseless: Sequence[bool] | None = None
    own: np.ndarray | None = None

    def of_own(self, judged: np.ndarray) -> np.ndarray:
        """Of values for each token [N, ...] those that were asked about."""
        return judged if self.own is None else judged[self.own]

    def halves(self) -> "list[Part]":
        """Two parts with half of the sentences each; only of several."""
        middle = len(self.sentences) // 2
        tokens = sum(map(len, self.sentences[:middle]))
        return [
            Part(
                self.sentences[sentences],
                None if self.caseless is None else self.caseless[sentences],
                None if self.own is None else self.own[places],
            )
            for sentences, places in [(slice(middle), slice(tokens)), (slice(middle, None), slice(tokens, None))]
        ]


def by_parts(sentences: Sequence[Sequence[str]], judge: Callable[[Part], Judged]) -> Iterator[Judged]:
    """What judge makes of one part of the sentences after the other, at least of one.

    Should memory be too small for a part, it is done in halves.
    """
    for part in _parts(sentences):
        yield from _judged(part, judge)


def _judged(part: Part, judge: Callable[[Part], Judged]) -> Iterator[Judged]:
    try:
        judged = judge(part)
    except Exception as error:
        if len(part.sentences) < 2 or not is_out_of_memory(error):
            raise
    else:
        yield judged
        return
    for half in part.halves():  # only now, as the error keeps alive what memory was taken for
        yield from _judged(half, judge)


def _parts(sentences: Sequence[Sequence[str]]) -> Iterator[Part]:
    lengths = list(map(len, sentences))
    if sum(lengths) <= TOKENS_TOGETHER and max(lengths, default=0) <= PIECE + 2 * CONTEXT:
        yield Part(sentences)  # as nearly all are
        return
    together: list[_Piece] = []
    count = 0
    for tokens in sentences:
        for piece in _pieces(tokens):
            if together and count + len(piece.tokens) > TOKENS_TOGETHER:
                yield _joined(together)
                together, count = [], 0
            together.append(piece)
            count += len(piece.tokens)
    yield _joined(together)


@dataclass(frozen=True)
class _Piece:
    """Tokens of a sentence; own: the places of those that are asked about."""

    tokens: Sequence[str]
    is_caseless: bool
    own: slice


def _pieces(tokens: Sequence[str]) -> Iterator[_Piece]:
    """The pieces of a sentence; if it is short, it is one itself."""
    caseless = is_caseless(tokens)
    if len(tokens) <= PIECE + 2 * CONTEXT:
        yield _Piece(tokens, caseless, slice(None))
        return
    if not isinstance(tokens, (list, tuple)):
        tokens = list(tokens)  # not every sequence can be cut
    for start in range(0, len(tokens), PIECE):
        first = max(0, start - CONTEXT)
        read = tokens[first : start + PIECE + CONTEXT]
        yield _Piece(read, caseless, slice(start - first, start - first + PIECE))


def _joined(pieces: Sequence[_Piece]) -> Part:
    own = []
    for piece in pieces:
        own.append(np.zeros(len(piece.tokens), bool))
        own[-1][piece.own] = True
    return Part([piece.tokens for piece in pieces], [piece.is_caseless for piece in pieces], np.concatenate(own))
