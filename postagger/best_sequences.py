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
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for token, tag_ids in enumerate(ranked.tolist()):
        longer = [
            (before + log_probs[token, tag_id], (*sequence, tag_id))
            for before, sequence in best
            for tag_id in tag_ids
            if log_probs[token, tag_id] > -np.inf
        ]
        best = sorted(longer, key=lambda one: -one[0])[:number]
    return [TagSequence([tagset.decode(tag_id) for tag_id in ids], float(np.exp(total))) for total, ids in best]
