"""Scorer: what a tagger asks of whatever computes its scores."""

from typing import Protocol

import numpy as np

from postagger.data_prep.features import WordTable


class Scorer(Protocol):
    """A network that sees words as rows of columns, made once of each distinct word."""

    def describe(self, table: WordTable) -> list[np.ndarray]:
        """The features of N words -> what the scorer wants to keep of each: columns of N rows."""

    def logits(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Tokens as rows [N] of the columns, sentence after sentence, of lengths [B] -> a score of each tag [N, K].

        Their softmax is the probability of each tag.
        """

    def best(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """As logits, but only the ids of the tags with the highest scores [N]."""
