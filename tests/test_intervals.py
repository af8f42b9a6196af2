"""Intervals by their formula, and beside a bootstrap written out."""

import numpy as np
import pytest

from postagger.evaluation.intervals import Floats, bootstrap_interval, wilson_interval


def test_wilson_s_interval_by_its_formula() -> None:
    right, tokens, z = 967, 1000, 1.959964
    share = right / tokens
    middle = (share + z**2 / (2 * tokens)) / (1 + z**2 / tokens)
    half = z / (1 + z**2 / tokens) * (share * (1 - share) / tokens + z**2 / (4 * tokens**2)) ** 0.5
    assert wilson_interval(right, tokens) == pytest.approx((middle - half, middle + half), abs=1e-6)


def share(sums: Floats) -> Floats:
    return sums[..., 0] / sums[..., 1]


def test_whole_sentences_are_drawn() -> None:
    counts = np.array([[0, 10]] * 20 + [[10, 10]] * 80)
    interval = bootstrap_interval(counts, share, draws=4000)
    assert interval is not None
    low, high = interval
    generator = np.random.default_rng(7)
    drawn = [counts[generator.integers(0, 100, 100)].sum(axis=0) for _ in range(4000)]
    expected = np.quantile([one[0] / one[1] for one in drawn], [0.025, 0.975])
    assert (low, high) == pytest.approx(tuple(expected), abs=0.02)
    # As independent tokens they would promise three times as much.
    assert high - low > 2.5 * np.subtract(*wilson_interval(800, 1000)[::-1])
    assert bootstrap_interval(counts, share, draws=4000) == (low, high)


def test_few_sentences_have_none() -> None:
    assert bootstrap_interval(np.array([[3, 4]] * 9), share) is None
    assert bootstrap_interval(np.array([[3, 4]] * 10), share) == (0.75, 0.75)
