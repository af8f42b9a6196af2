"""Scores of tags -> the best tags, how sure the tagger is of them, and what else they could be."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from postagger.data_prep.vocabulary import Tagset
from postagger.prediction import Prediction
from postagger.scoring.best_tags import confidences_of


def decode(
    parts: Iterable[np.ndarray],
    lengths: Sequence[int],
    tagset: Tagset,
    temperature: float,
    alternatives: int = 0,
) -> list[Prediction]:
    """The predictions of sentences of such lengths, whose tokens stand one after another in parts of scores [N, K].

    There must be one part at least. temperature: what scores are divided by before they become probabilities.
    alternatives: how many further tags to tell of a token; none of those that are impossible.
    """
    further = min(alternatives, len(tagset) - 1)
    tag_ids, confidences, others = [], [], []
    for scores in parts:
        # Chosen before they are calibrated, so that no rounding can change a tag; and always by argmax, so that of
        # equally probable tags it is the same one, however many are told.
        best = scores.argmax(axis=1)
        tag_ids.append(best)
        confidences.append(confidences_of(scores, best, temperature))
        if further:
            others += _others(scores, best, tagset, temperature, further)
    predictions = in_sentences(np.concatenate(tag_ids), np.concatenate(confidences), lengths, tagset)
    if not further:
        return predictions
    told = iter(others)
    return [replace(one, alternatives=list(itertools.islice(told, len(one.tags)))) for one in predictions]


def in_sentences(
    tag_ids: np.ndarray, confidences: np.ndarray, lengths: Sequence[int], tagset: Tagset
) -> list[Prediction]:
    """Tags [N] and their probabilities [N], sentence by sentence."""
    tags, sure = [tagset.tags[tag_id] for tag_id in tag_ids.tolist()], confidences.tolist()
    ends = list(itertools.accumulate(lengths))
    return [Prediction(tags[end - n : end], sure[end - n : end]) for n, end in zip(lengths, ends, strict=True)]


def _others(
    scores: np.ndarray, best: np.ndarray, tagset: Tagset, temperature: float, further: int
) -> list[list[tuple[str, float]]]:
    """Of each token the next tags with their probabilities."""
    tokens = np.arange(len(scores))
    powers = np.exp((scores - scores[tokens, best][:, None]) / np.float32(temperature))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    probabilities[tokens, best] = -1
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :further]
    told, reached = (np.take_along_axis(values, ranked, axis=1).tolist() for values in (probabilities, scores))
    return [
        [(tagset.decode(tag_id), sure) for tag_id, sure, score in zip(*row, strict=True) if score > -math.inf]
        for row in zip(ranked.tolist(), told, reached, strict=True)
    ]
