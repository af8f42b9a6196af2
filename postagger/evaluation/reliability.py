"""Whether confidences mean what they say."""

from dataclasses import dataclass

import numpy as np

from postagger.evaluation.intervals import Floats
from postagger.evaluation.judged_tokens import Flags, JudgedTokens

BINS = 15
_SET_ASIDE = (0.01, 0.05, 0.1)


@dataclass(frozen=True)
class ConfidenceBin:
    """The tokens whose confidence lies between low and high."""

    low: float
    high: float
    tokens: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class SetAside:
    """The accuracy that remains when this fraction of the tokens, those with the least confidence, is set aside.

    below: their highest confidence. errors_caught: the part of all errors that are among them; None without errors.
    """

    fraction: float
    tokens: int
    below: float
    accuracy: float
    errors_caught: float | None


@dataclass(frozen=True)
class Reliability:
    """Confidence beside accuracy.

    expected_calibration_error: the mean distance of the two in 15 bins of equal width, weighted by their tokens.
    (C. Guo et al., 2017, "On Calibration of Modern Neural Networks".) temperature: see postagger.calibration.
    """

    expected_calibration_error: float
    mean_confidence: float
    temperature: float | None
    bins: list[ConfidenceBin]
    set_aside: list[SetAside]


def reliability(judged: JudgedTokens, temperature: float | None) -> Reliability | None:
    """None where the tagger tells no confidences."""
    if judged.confidences is None:
        return None
    bins = _bins(judged.confidences, judged.right)
    error = sum(one.tokens * abs(one.accuracy - one.confidence) for one in bins) / len(judged)
    return Reliability(
        error, float(judged.confidences.mean()), temperature, bins, _set_aside(judged.confidences, judged.right)
    )


def _bins(confidences: Floats, right: Flags) -> list[ConfidenceBin]:
    """The bins that have tokens."""
    from sklearn.calibration import calibration_curve

    confidences = np.clip(confidences, 0, 1)
    accuracy, confidence = calibration_curve(right, confidences, n_bins=BINS, pos_label=True)
    edges = np.linspace(0, 1, BINS + 1)
    tokens = np.bincount(np.searchsorted(edges[1:-1], confidences), minlength=BINS)
    columns = (edges[:-1][tokens > 0], edges[1:][tokens > 0], tokens[tokens > 0], confidence, accuracy)
    return [
        ConfidenceBin(float(low), float(high), int(count), float(sure), float(part))
        for low, high, count, sure, part in zip(*columns, strict=True)
    ]


def _set_aside(confidences: Floats, right: Flags) -> list[SetAside]:
    order = np.argsort(confidences, kind="stable")
    confidences, right = confidences[order], right[order]
    errors = int((~right).sum())
    rows = []
    for fraction in _SET_ASIDE:
        count = round(fraction * len(right))
        if 0 < count < len(right):
            caught = int((~right[:count]).sum()) / errors if errors else None
            accuracy = float(right[count:].mean())
            rows.append(SetAside(fraction, count, float(confidences[count - 1]), accuracy, caught))
    return rows
