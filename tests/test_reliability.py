"""Calibration counted by hand, bin by bin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.sentence import Sentence
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.reliability import BINS, SetAside, reliability
from postagger.prediction import Prediction


def judged(pairs: list[tuple[bool, float]]) -> JudgedTokens:
    gold = Sentence(("w",) * len(pairs), ("A",) * len(pairs))
    tags = ["A" if right else "B" for right, _ in pairs]
    return JudgedTokens.of([gold], [Prediction(tags, [confidence for _, confidence in pairs])], None, "corpus")


def test_by_hand() -> None:
    result = reliability(judged([(True, 0.95), (True, 0.97), (False, 0.99), (False, 0.5), (True, 0.52)]), 1.5)
    assert result is not None
    assert [(one.tokens, round(one.confidence, 6), round(one.accuracy, 6)) for one in result.bins] == [
        (2, 0.51, 0.5),
        (3, 0.97, 0.666667),
    ]
    assert result.expected_calibration_error == pytest.approx(2 / 5 * 0.01 + 3 / 5 * (0.97 - 2 / 3))
    assert result.mean_confidence == pytest.approx(3.93 / 5)
    assert result.temperature == 1.5
    assert (result.bins[0].low, result.bins[0].high) == pytest.approx((7 / 15, 8 / 15))


def test_setting_the_least_certain_aside() -> None:
    pairs = [(number >= 8, 0.5 + number / 250) for number in range(100)]
    result = reliability(judged(pairs), None)
    assert result is not None
    assert result.set_aside == [
        SetAside(0.01, 1, 0.5, 92 / 99, 1 / 8),
        SetAside(0.05, 5, 0.5 + 4 / 250, 92 / 95, 5 / 8),
        SetAside(0.1, 10, 0.5 + 9 / 250, 1.0, 1.0),
    ]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_against_a_loop(pairs: list[tuple[bool, float]]) -> None:
    result = reliability(judged(pairs), None)
    assert result is not None
    edges = np.linspace(0, 1, BINS + 1)
    bins: dict[int, list[tuple[bool, float]]] = {}
    for right, confidence in pairs:
        number = next(number for number in range(BINS) if confidence <= edges[number + 1] or number == BINS - 1)
        bins.setdefault(number, []).append((right, confidence))
    gaps = [abs(sum(right for right, _ in one) - sum(confidence for _, confidence in one)) for one in bins.values()]
    assert result.expected_calibration_error == pytest.approx(sum(gaps) / len(pairs), abs=1e-9)
    assert sum(one.tokens for one in result.bins) == len(pairs)


def test_a_tagger_without_confidences() -> None:
    gold = Sentence(("w",), ("A",))
    assert reliability(JudgedTokens.of([gold], [Prediction(["A"])], None, "corpus"), None) is None
