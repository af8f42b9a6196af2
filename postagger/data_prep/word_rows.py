"""WordRows: the words that were met so far, a row of numbers each, so that none is looked at twice."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.large_arrays import large_array
from postagger.data_prep.letter_case import is_caseless

_WORDS_AT_ONCE = 1024
Describe = Callable[[Sequence[str], WordTable], list[np.ndarray]]
"""Some words and their features -> what is to be kept of them: columns of a row a word."""


class WordRows:
    """Words -> rows of the columns that describe made of them. Not for several threads at once.

    A word has one row for usual sentences and one for those whose capitals say nothing, if the extractor tells these
    apart. most_words, most_bytes: once so much is held, it is_full, and should be told to forget_rare words; till then
    it takes more.
    """

    def __init__(self, extractor: FeatureExtractor, describe: Describe, *, most_words: int, most_bytes: int) -> None:
        self._extractor = extractor
        self._describe = describe
        self._most_words, self._most_bytes = most_words, most_bytes
        self._most_rows = 1
        self._described = 0
        self._free: list[int] = []  # rows of forgotten words, the next one last
        self._new: list[_NewWord] = []
        count = itertools.count()
        self._usual, self._caseless = (_Numbers(self._free, count, self._new, caseless) for caseless in (False, True))
        self._columns: list[np.ndarray] = []
        self._uses = np.zeros(0, np.int64)  # of each row, the calls that met it

    @property
    def is_full(self) -> bool:
        """Whether it holds as much as it should."""
        return len(self._usual) + len(self._caseless) >= self._most_rows and not self._new

    def encode(
        self, sentences: Sequence[Sequence[str]], caseless: Sequence[bool] | None = None
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """The rows [N] of all tokens, sentence after sentence, and the columns they are rows of.

        caseless: of each sentence, whether its capitals say nothing; None to find out.
        """
        numbers = self._usual.__getitem__, self._caseless.__getitem__
        if not self._extractor.detect_case:
            kinds = [numbers[False]] * len(sentences)
        else:
            kinds = [numbers[kind] for kind in (map(is_caseless, sentences) if caseless is None else caseless)]
        rows = np.array(list(itertools.chain.from_iterable(map(map, kinds, sentences))), dtype=np.int64)
        if self._new or not self._columns:
            self._learn()
        self._uses[rows] += 1
        return rows, self._columns

    def forget_rare(self) -> None:
        """Forget all but the words that were met most often, half of what it may hold; new words take their rows."""
        uses = self._uses[: self._described].copy()
        uses[self._free] = -1
        is_free = np.ones(self._described, dtype=bool)
        is_free[np.argsort(uses, kind="stable")[self._described - self._most_rows // 2 :]] = False
        for numbers in (self._usual, self._caseless):
            known = {word: row for word, row in numbers.items() if not is_free[row]}
            numbers.clear()  # and not word by word, which would leave it as large as ever
            numbers.update(known)
        self._free[:] = np.flatnonzero(is_free)[::-1].tolist()
        self._uses //= 2
        self._uses[: self._described][is_free] = 0
        for column in self._columns:
            column[self._described :] = 0  # takes its memory now, so that no more is needed from here on

    def _learn(self) -> None:
        """Describe the new words, some at a time. Should that fail, they are still new in the next call."""
        while self._new or not self._columns:
            self._add(self._new[:_WORDS_AT_ONCE])
            del self._new[:_WORDS_AT_ONCE]

    def _add(self, new: "Sequence[_NewWord]") -> None:
        rows, words = [row for row, _, _ in new], [str(word) for _, word, _ in new]
        described = self._describe(words, self._extractor.table(words, [caseless for _, _, caseless in new]))
        needed = max(rows, default=-1) + 1
        if not self._columns or needed > len(self._uses):
            self._make_room(needed, described)
        # Rows that follow each other, as they do till something is forgotten, are written at once.
        places = slice(needed - len(rows), needed) if rows == list(range(needed - len(rows), needed)) else rows
        for column, made in zip(self._columns, described, strict=True):
            column[places] = made
        self._described = max(self._described, needed)

    def _make_room(self, needed: int, like: Sequence[np.ndarray]) -> None:
        """Columns for so many rows and more."""
        row_bytes = sum(made.itemsize * math.prod(made.shape[1:]) for made in like)
        self._most_rows = max(1, min(self._most_words, self._most_bytes // row_bytes))
        room = max(self._most_rows, needed) * 9 // 8 + 1  # for what makes it more than full, too
        old = [*(self._columns or [made[:0] for made in like]), self._uses]
        new = [large_array((room, *column.shape[1:]), column.dtype) for column in old]
        for column, before in zip(new, old, strict=True):
            column[: len(before)] = before
        *self._columns, self._uses = new


_NewWord = tuple[int, str, bool]
"""A row, the word that shall have it, and whether it stands in sentences whose capitals say nothing."""


class _Numbers(dict[str, int]):
    """Word -> row; a word that is not there gets a free row or the next one, and is noted as new."""

    def __init__(self, free: list[int], count: Iterator[int], new: list[_NewWord], caseless: bool) -> None:
        super().__init__()
        self._free, self._count, self._new, self._caseless = free, count, new, caseless

    def __missing__(self, word: str) -> int:
        number = self[word] = self._free.pop() if self._free else next(self._count)
        self._new.append((number, word, self._caseless))
        return number
