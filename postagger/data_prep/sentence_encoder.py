"""SentenceEncoder: block after block of sentences -> ids, with what was worked out for the words of earlier blocks."""

import itertools
from collections.abc import Sequence

import numpy as np
import torch

from postagger.data_prep.batching import EncodedSentences
from postagger.data_prep.features import MAX_CHARACTERS, FeatureExtractor, WordTable
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.data_prep.word_rows import WordRows

LONGEST = 2000
"""Tokens that are read in one pass. What is longer, such as a file without blank lines, is read in pieces."""
_MOST_WORDS, _MOST_BYTES = 200_000, 64 << 20


class SentenceEncoder:
    """Makes of tagged sentences what encode makes of them; the words it remembers take bounded memory."""

    def __init__(self, extractor: FeatureExtractor, tagset: Tagset) -> None:
        self._tag_ids = {tag: tagset.encode(tag) for tag in tagset}
        self._words = WordRows(extractor, _columns, most_words=_MOST_WORDS, most_bytes=_MOST_BYTES)

    def encode(self, sentences: Sequence[Sentence]) -> EncodedSentences:
        """As ids; what is longer than any sentence in pieces that memory can hold."""
        if self._words.is_full:
            self._words.forget_rare()
        tokens = [piece for sentence in sentences for piece in pieces(sentence.tokens)]
        rows, columns = self._words.encode(tokens)
        table, numbers = _table_of(rows, columns)
        tags = itertools.chain.from_iterable(sentence.tags for sentence in sentences)
        tag_ids = np.fromiter(map(self._tag_ids.get, tags, itertools.repeat(UNKNOWN_TAG_ID)), np.int64, len(rows))
        offsets = np.cumsum([0, *map(len, tokens)])
        return EncodedSentences(table, torch.from_numpy(numbers), torch.from_numpy(tag_ids), offsets)


def pieces(symbols: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The tokens or the tags of a sentence, at most LONGEST in each.

    >>> [len(piece) for piece in pieces(("a",) * 4001)], pieces(())
    ([2000, 2000, 1], [()])
    """
    if len(symbols) <= LONGEST:
        return [symbols]
    return [symbols[start : start + LONGEST] for start in range(0, len(symbols), LONGEST)]


def _columns(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
    """What is kept of words; of their characters as many as there may be."""
    characters = table.character_ids
    if characters is None:
        return [table.token_ids, table.feature_ids]
    return [table.token_ids, table.feature_ids, np.pad(characters, ((0, 0), (0, MAX_CHARACTERS - characters.shape[1])))]


def _table_of(rows: np.ndarray, columns: Sequence[np.ndarray]) -> tuple[WordTable, np.ndarray]:
    """The words of one block alone, padding first, and for each row [tokens] of the columns its row in there."""
    is_met = np.zeros(len(columns[0]), dtype=bool)
    is_met[rows] = True
    met = np.flatnonzero(is_met)
    number_of = np.zeros(len(is_met), np.int64)
    number_of[met] = np.arange(1, len(met) + 1)
    token_ids, feature_ids, *characters = (column[met] for column in columns)
    table = WordTable(token_ids, feature_ids, _trimmed(characters[0]) if characters else None)
    return table.padded(), number_of[rows]


def _trimmed(character_ids: np.ndarray) -> np.ndarray:
    """Without the columns behind the end of the longest word; one is left at least."""
    used = np.flatnonzero(character_ids.any(axis=0))
    return character_ids[:, : max(used, default=0) + 1]
