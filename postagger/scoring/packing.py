"""Sentences of any lengths -> the order in which recurrent layers step over their tokens, without padding."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

GROUP_SIZE = 512
"""Sentences stepped over together: so many that a product is worth its call, so few that a step stays in cache."""

_MOST_PLACES = 131_072  # sentences times the longest one's tokens, so that a very long one is not packed with hundreds


@dataclass(frozen=True)
class Packing:
    """B sentences, longest first, in steps: step t holds token t of each sentence that has one.

    sentences [B]: their numbers. places [N]: where the tokens stand among all tokens, step by step. mirror [N]: for
    each of these the one at which a backward direction, which begins at each sentence's own last token, reads the same
    token. counts: the tokens of each step.
    """

    sentences: np.ndarray
    places: np.ndarray
    mirror: np.ndarray
    counts: list[int]


def packings(lengths: np.ndarray, group_size: int = GROUP_SIZE) -> Iterator[Packing]:
    """All sentences that hold a token, in groups of like length.

    >>> [packing] = packings(np.array([1, 3, 0, 2]))
    >>> packing.sentences.tolist(), packing.counts
    ([1, 3, 0], [3, 2, 1])
    >>> packing.places.tolist()  # tokens 0 | 1 2 3 | 4 5 of the three sentences
    [1, 4, 0, 2, 5, 3]
    >>> packing.places[packing.mirror].tolist()
    [3, 5, 0, 2, 4, 1]
    """
    if len(lengths) == 1 and lengths[0]:
        forward = np.arange(lengths[0])
        yield Packing(np.zeros(1, np.int64), forward, forward[::-1], [1] * int(lengths[0]))
        return
    offsets = lengths.cumsum() - lengths
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    start = 0
    while start < len(order):
        together = max(1, min(group_size, _MOST_PLACES // int(lengths[order[start]])))
        sentences = order[start : start + together]
        start += together
        own = lengths[sentences]
        steps = np.arange(own[0])[:, None]
        mask = steps < own  # [T, B]
        counts = mask.sum(axis=1)
        starts = counts.cumsum() - counts  # of each step
        mirrored = own - 1 - steps  # [T, B]; below 0 where nothing stands
        places = (offsets[sentences] + steps)[mask]
        mirror = (starts[mirrored] + np.arange(len(own)))[mask]
        yield Packing(sentences, places, mirror, counts.tolist())
