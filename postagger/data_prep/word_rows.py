"""WordRows: the words that were met so far, a row of numbers each, so that none is looked at twice."""

import itertools
import math
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.letter_case import is_caseless

_WORDS_AT_ONCE = 1024
Describe = Callable[[Sequence[str], WordTable], list[np.ndarray]]
"""Some words and their features -> what is to be kept of them: columns of a row a word."""


class WordRows:
    """Words -> rows of the columns that describe made of them. Rows are only ever added; threads may share an instance.

    A word has one row for usual sentences and one for those whose capitals say nothing, if the extractor tells these
    apart. words: the word of each row. most_bytes: so much is held; once it is_full, a new instance should take its place.
    """

    def __init__(self, extractor: FeatureExtractor, describe: Describe, most_bytes: int) -> None:
        self._extractor = extractor
        self._describe = describe
        self._most_bytes = most_bytes
        self._most_rows = 1
        self.words: list[str] = []
        self._new: list[tuple[str, bool]] = []
        numbers = itertools.count()
        self._usual, self._caseless = (_Numbers(numbers, self._new, caseless) for caseless in (False, True))
        self._described = 0
        self._columns: list[np.ndarray] = []
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Whether it holds as much as it should."""
        return self._described >= self._most_rows

    def encode(self, sentences: Sequence[Sequence[str]]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The rows [N] of all tokens, sentence after sentence, and the columns they are rows of."""
        with self._lock:
            usual, caseless = self._usual.__getitem__, self._caseless.__getitem__
            tells_case = self._extractor.detect_case
            kinds = [caseless if tells_case and is_caseless(tokens) else usual for tokens in sentences]
            rows = list(itertools.chain.from_iterable(map(map, kinds, sentences)))
            if self._new or not self._columns:
                self._learn()
            return np.array(rows, dtype=np.int64), self._columns

    def _learn(self) -> None:
        """Describe the new words, some at a time. Should that fail, they are still new in the next call."""
        while self._new or not self._columns:
            self._add(self._new[:_WORDS_AT_ONCE])
            del self._new[:_WORDS_AT_ONCE]

    def _add(self, new: Sequence[tuple[str, bool]]) -> None:
        words = [word for word, _ in new]
        described = self._describe(words, self._extractor.table(words, [caseless for _, caseless in new]))
        needed = self._described + len(words)
        if not self._columns or needed > len(self._columns[0]):
            row_bytes = sum(made.itemsize * math.prod(made.shape[1:]) for made in described)
            self._most_rows = self._most_bytes // row_bytes or 1
            # Room that nothing was written to costs no memory.
            room = max(self._most_rows + self._most_rows // 4, needed + needed // 4)
            old = self._columns or [made[:0] for made in described]
            self._columns = [np.empty((room, *made.shape[1:]), made.dtype) for made in described]
            for column, before in zip(self._columns, old, strict=True):
                column[: self._described] = before[: self._described]
        for column, made in zip(self._columns, described, strict=True):
            column[self._described : needed] = made
        self.words += map(str, words)
        self._described = needed


class _Numbers(dict[str, int]):
    """Word -> row; a word that is not there gets the next row, and is noted as new."""

    def __init__(self, numbers: Iterator[int], new: list[tuple[str, bool]], caseless: bool) -> None:
        super().__init__()
        self._next, self._new, self._caseless = numbers, new, caseless

    def __missing__(self, word: str) -> int:
        number = self[word] = next(self._next)
        self._new.append((word, self._caseless))
        return number
