"""The most probable sequences of tags."""

import numpy as np

from postagger.data_prep.vocabulary import Tagset
from postagger.prediction import TagSequence


def best_sequences(scores: np.ndarray, tagset: Tagset, temperature: float, number: int) -> list[TagSequence]:
    """Of one sentence's scores [T, K], the most probable first; fewer where there are not so many.

    The network judges each token by itself once it has read the whole sentence, so a sequence is as probable as the
    product of its tags. So the best ones up to a token are among the best up to the one before it, each with one more
    tag, and the search is exact.

    temperature: what scores are divided by before they become probabilities.
    """
    told = np.float64(scores) / temperature
    log_probs = told - np.logaddexp.reduce(told, axis=1, keepdims=True)
    ranked = np.argsort(-log_probs, axis=1, kind="stable")[:, :number]
    totals, steps = np.zeros(1), []
    for tag_ids, added in zip(ranked, np.take_along_axis(log_probs, ranked, axis=1), strict=True):
        longer = (totals[:, None] + added).ravel()
        kept = np.argsort(-longer, kind="stable")[:number]
        kept = kept[longer[kept] > -np.inf]
        totals = longer[kept]
        steps.append((kept // len(tag_ids), tag_ids[kept % len(tag_ids)]))  # whom each goes on from, and with which tag
    place, tags = np.arange(len(totals)), []
    for before, last in reversed(steps):
        tags.append(last[place])
        place = before[place]
    sequences = np.array(tags[::-1], np.int64).reshape(len(scores), len(totals)).T.tolist()
    return [
        TagSequence([tagset.decode(tag_id) for tag_id in ids], float(np.exp(total)))
        for total, ids in zip(totals, sequences, strict=True)
    ]
