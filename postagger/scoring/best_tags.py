"""The best tags by a scorer, and how sure it is of them."""

import numpy as np

from postagger.scoring.scorer import Scorer


def best_tags(
    scorer: Scorer, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray, temperature: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Tokens as rows [N] of the columns, sentence after sentence, of lengths [B] -> ids of tags [N], probabilities [N].

    temperature: what scores are divided by before they become probabilities; None where nobody wants these: then there
    are none, [], which is quicker.
    """
    if temperature is None:
        return scorer.best(columns, rows, lengths), np.empty(0, np.float32)
    scores = scorer.logits(columns, rows, lengths)
    tag_ids = scores.argmax(axis=1)
    return tag_ids, confidences_of(scores, tag_ids, temperature)


def probabilities_of(scores: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities [N, K] of all tags with such scores [N, K]."""
    powers = np.exp((scores - scores.max(axis=1, keepdims=True, initial=-np.inf)) / np.float32(temperature))
    probabilities: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def confidences_of(scores: np.ndarray, tag_ids: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities [N] of the tags with the highest scores [N, K]."""
    largest = scores[np.arange(len(scores)), tag_ids]
    confidences: np.ndarray = 1 / np.exp((scores - largest[:, None]) / np.float32(temperature)).sum(axis=1)
    return confidences
