"""MetWords: what is known of the words of a text since the weights were last changed."""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.data_prep.web_tokens import certain_tag, has_only_treebank_tags
from postagger.data_prep.word_rows import WordRows
from postagger.forks import LOCK
from postagger.scoring.scorer import Scorer

# Of what need not be worked out again: most words of a million tokens, and the frequent ones of any text. A dict of a
# few more words than these takes twice as much memory.
_MOST_WORDS, _MOST_BYTES = 38_000, 160 << 20


@dataclass(frozen=True)
class LookedUp:
    """N tokens, sentence after sentence, of lengths [B]: their rows [N] in the columns.

    certain [N]: the id of the tag of a token that can have but one, else UNKNOWN_TAG_ID.
    """

    rows: np.ndarray
    lengths: np.ndarray
    certain: np.ndarray
    columns: list[np.ndarray]


class MetWords:
    """The words that one scorer has met, in a table of bounded size.

    Threads may share an instance; a forked process has one of its own, with the words that were met before.
    """

    def __init__(self, scorer: Scorer, extractor: FeatureExtractor, tagset: Tagset, lexicon: Lexicon) -> None:
        self.scorer = scorer
        self._tagset, self._lexicon = tagset, lexicon
        self._knows_web_tokens = has_only_treebank_tags(tagset)
        self._words = WordRows(extractor, self._describe, most_words=_MOST_WORDS, most_bytes=_MOST_BYTES)
        self._num_readers, self._process = 0, os.getpid()
        self._readers_change = threading.Condition(LOCK)

    @contextlib.contextmanager
    def look_up(self, sentences: Sequence[Sequence[str]], caseless: Sequence[bool] | None = None) -> Iterator[LookedUp]:
        """The tokens of sentences. As long as the context is open, no row is given to another word.

        So whoever is inside must not wait for anybody who wants to be. caseless: see WordRows.encode.
        """
        with self._readers_change:
            if self._process != os.getpid():  # whose readers are not here
                self._num_readers, self._process = 0, os.getpid()
            while self._words.is_full:
                if self._num_readers > 0:
                    self._readers_change.wait()
                else:
                    self._words.forget_rare()
            rows, (certain, *columns) = self._words.encode(sentences, caseless)
            lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
            found = LookedUp(rows, lengths, certain[rows], columns)
            self._num_readers += 1
        try:
            yield found
        finally:
            with self._readers_change:
                self._num_readers -= 1
                self._readers_change.notify_all()

    def _describe(self, words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        """The tag of each word that can have but one, or UNKNOWN_TAG_ID, and what the scorer wants to know."""
        certain = np.full(len(words), UNKNOWN_TAG_ID)
        if self._knows_web_tokens:
            certain[:] = list(map(self._certain_tag_id, words))
        return [certain, *self.scorer.describe(table)]

    def _certain_tag_id(self, word: str) -> int:
        """The tag of a token that can be nothing else, unless training has seen it."""
        tag = certain_tag(word)
        return UNKNOWN_TAG_ID if tag is None or word in self._lexicon else self._tagset.encode(tag)
