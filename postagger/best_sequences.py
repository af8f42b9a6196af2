"""The most probable sequences of tags."""

from collections.abc import Iterable

import numpy as np

from postagger.data_prep.vocabulary import Tagset
from postagger.prediction import TagSequence


def best_sequences(parts: Iterable[np.ndarray], tagset: Tagset, temperature: float, number: int) -> list[TagSequence]:
    """Of one sentence's scores [T, K], part after part, the most probable first; fewer where there are not so many.

    The network judges each token by itself once it has read the whole sentence, so a sequence is as probable as the
    product of its tags. So the best ones up to a token are among the best up to the one before it, each with one more
    tag, and the search is exact.

    temperature: what scores are divided by before they become probabilities.
    """
    totals, steps = np.zeros(1), []
    for scores in parts:
        totals, *taken = _longer(totals, scores.astype(np.float64) / temperature, number)
        steps.append(taken)
    place, found = np.arange(len(totals)), []
    for before, tag_ids in reversed(steps):
        own = np.empty((len(tag_ids), len(totals)), np.int32)
        for step in reversed(range(len(tag_ids))):
            own[step], place = tag_ids[step, place], before[step, place]
        found.append(own)
    return [
        TagSequence([tagset.tags[tag_id] for tag_id in ids], float(np.exp(total)))
        for total, ids in zip(totals, np.concatenate(found[::-1]).T.tolist(), strict=True)
    ]


def _longer(totals: np.ndarray, told: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences [n] so far, and scores [T, K] of further tokens -> the best after these, and how each came about.

    Whom it goes on from, and with which tag [T, n]; what stands there beyond the sequences of a step means nothing.
    """
    log_probs = told - np.logaddexp.reduce(told, axis=1, keepdims=True)
    ranked = np.argsort(-log_probs, axis=1, kind="stable")[:, :number]
    steps = []
    for tag_ids, added in zip(ranked, np.take_along_axis(log_probs, ranked, axis=1), strict=True):
        longer = (totals[:, None] + added).ravel()
        kept = np.argsort(-longer, kind="stable")[:number]
        kept = kept[longer[kept] > -np.inf]
        totals = longer[kept]
        steps.append((kept // len(tag_ids), tag_ids[kept % len(tag_ids)]))
    # There are never fewer than a step before. Kept for each of very many tokens, so in little memory.
    before, last = np.zeros((2, len(steps), len(totals)), np.int32)
    for step, (places, tag_ids) in enumerate(steps):
        before[step, : len(places)], last[step, : len(places)] = places, tag_ids
    return totals, before, last
