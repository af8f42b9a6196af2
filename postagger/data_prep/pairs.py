"""Pairs: each word with each of its tags, made once."""

from collections.abc import Sequence

import numpy as np


class Pairs:
    """(word, tag) by the row of the word and the id of the tag: of a frequent word there need not be thousands.

    words: by row; rows may be added, and none is ever changed.
    """

    def __init__(self, words: Sequence[str], tags: Sequence[str]) -> None:
        self._words, self._tags = words, tags
        self._pairs = np.empty(0, dtype=object)
        self._is_made = np.empty(0, dtype=bool)

    def of(self, rows: np.ndarray, tag_ids: np.ndarray) -> list[tuple[str, str]]:
        """The pairs of tokens: rows [N] and tag_ids [N].

        >>> Pairs(["the", "dog"], ["DT", "NN"]).of(np.array([0, 1, 0]), np.array([0, 1, 0]))
        [('the', 'DT'), ('dog', 'NN'), ('the', 'DT')]
        """
        numbers = rows * len(self._tags) + tag_ids
        pairs, is_made = self._with_room(len(self._words) * len(self._tags))
        for number in np.unique(numbers[~is_made[numbers]]).tolist():
            row, tag_id = divmod(number, len(self._tags))
            pairs[number] = self._words[row], self._tags[tag_id]
            is_made[number] = True
        found: list[tuple[str, str]] = pairs[numbers].tolist()
        return found

    def _with_room(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """The arrays, which are replaced and never resized, so that other threads may go on reading theirs."""
        if len(self._pairs) < size:
            pairs, is_made = np.empty(2 * size, dtype=object), np.zeros(2 * size, dtype=bool)
            before = len(self._pairs)
            pairs[:before], is_made[:before] = self._pairs, self._is_made
            self._pairs, self._is_made = pairs, is_made
            return pairs, is_made
        return self._pairs, self._is_made
