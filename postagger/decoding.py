"""Scores of tags -> the best tags, how sure the tagger is of them, and what else they could be."""

import math
from collections.abc import Sequence

import numpy as np

from postagger.data_prep.vocabulary import Tagset
from postagger.prediction import Prediction


def decode(
    scores: np.ndarray,
    lengths: Sequence[int],
    tagset: Tagset,
    temperature: float,
    alternatives: int = 0,
) -> list[Prediction]:
    """The predictions of sentences of such lengths, whose tokens stand one after another in scores [N, K].

    temperature: what scores are divided by before they become probabilities. alternatives: how many further tags to
    tell of a token; none of those that are impossible.
    """
    # Chosen before they are calibrated, so that no rounding can change a tag; and always by argmax, so that of equally
    # probable tags it is the same one, however many are told.
    best = scores.argmax(axis=1)
    tokens = np.arange(len(scores))
    probabilities = _softmax(scores / np.float32(temperature))
    tags = [tagset.decode(tag_id) for tag_id in best.tolist()]
    confidences = probabilities[tokens, best].tolist()
    others: list[list[tuple[str, float]]] = []
    if further := min(alternatives, len(tagset) - 1):
        probabilities[tokens, best] = -1
        ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :further]
        told, reached = (np.take_along_axis(values, ranked, axis=1).tolist() for values in (probabilities, scores))
        others = [
            [(tagset.decode(tag_id), sure) for tag_id, sure, score in zip(*row, strict=True) if score > -math.inf]
            for row in zip(ranked.tolist(), told, reached, strict=True)
        ]
    predictions, start = [], 0
    for length in lengths:
        own = slice(start, start + length)
        predictions.append(Prediction(tags[own], confidences[own], others[own]))
        start += length
    return predictions


def _softmax(scores: np.ndarray) -> np.ndarray:
    """Of each row of scores [N, K]."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return probabilities
