"""Answer: the best tags of some sentences, before they are handed out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from postagger.data_prep.vocabulary import Tagset
from postagger.decoding import in_sentences
from postagger.prediction import Prediction


@dataclass(frozen=True)
class Answer:
    """Of the N tokens of sentences, one after another: the ids of their best tags [N] and the probabilities of these.

    confidences: [N], or [] where nobody has asked for them.
    """

    sentences: Sequence[Sequence[str]]
    tag_ids: np.ndarray
    confidences: np.ndarray

    def tagged(self, tagset: Tagset) -> Iterator[list[tuple[str, str]]]:
        """Each sentence: its tokens with their tags."""
        tags = map(tagset.tags.__getitem__, self.tag_ids.tolist())
        for tokens in self.sentences:
            yield list(zip(tokens, tags, strict=False))  # as many as there are tokens

    def predictions(self, tagset: Tagset) -> list[Prediction]:
        """Each sentence: its tags and their probabilities."""
        return in_sentences(self.tag_ids, self.confidences, list(map(len, self.sentences)), tagset)
