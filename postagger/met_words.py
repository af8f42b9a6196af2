"""MetWords: what is known of the words of a text since the weights were last changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.pairs import Pairs
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.data_prep.web_tokens import certain_tag, has_only_treebank_tags
from postagger.data_prep.word_rows import WordRows
from postagger.scoring.scorer import Scorer

_MOST_BYTES = 256 << 20  # of what need not be worked out again


@dataclass(frozen=True)
class LookedUp:
    """N tokens, sentence after sentence, of lengths [B]: their rows [N] in the columns.

    certain [N]: the id of the tag of a token that can have but one, else UNKNOWN_TAG_ID. pairs: by these rows.
    """

    rows: np.ndarray
    lengths: np.ndarray
    certain: np.ndarray
    columns: list[np.ndarray]
    pairs: Pairs


class MetWords:
    """The words that one scorer has met, in a table of bounded size."""

    def __init__(self, scorer: Scorer, extractor: FeatureExtractor, tagset: Tagset, lexicon: Lexicon) -> None:
        self.scorer = scorer
        self._tagset, self._lexicon = tagset, lexicon
        self._knows_web_tokens = has_only_treebank_tags(tagset)
        self._new_rows = partial(WordRows, extractor, self._describe, _MOST_BYTES)
        self._words: tuple[WordRows, Pairs] | None = None

    def look_up(self, sentences: Sequence[Sequence[str]]) -> LookedUp:
        """The tokens of sentences. Threads may share an instance."""
        words = self._words
        if words is None or words[0].is_full:
            fresh = self._new_rows()
            words = self._words = fresh, Pairs(fresh.words, self._tagset.tags)
        rows, (certain, *columns) = words[0].encode(sentences)
        lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        return LookedUp(rows, lengths, certain[rows], columns, words[1])

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
