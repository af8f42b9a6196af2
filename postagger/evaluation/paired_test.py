"""Two taggers on the same tokens: is one better, or was it luck?"""

from dataclasses import dataclass

import numpy as np

from postagger.evaluation.intervals import Floats, Interval, bootstrap_interval
from postagger.evaluation.judged_tokens import Flags, Offsets

DRAWS = 10_000
_VERY_UNLIKELY, _UNLIKELY = 0.001, 0.05


@dataclass(frozen=True)
class PairedTest:
    """The first tagger beside the second.

    gain: difference of the accuracies. gain_interval: of the paired bootstrap, which draws whole sentences. only_first,
    only_second: tokens that but one of them tagged right. p_value: of McNemar's exact test, tokens taken as independent
    (Q. McNemar, 1947, "Note on the Sampling Error of the Difference Between Correlated Proportions").
    """

    gain: float
    gain_interval: Interval
    only_first: int
    only_second: int
    p_value: float


def paired_test(first: Flags, second: Flags, offsets: Offsets) -> PairedTest:
    """Compare by which tokens were right: first and second [N]; offsets [S + 1]: where sentences begin, and N."""
    from scipy.stats import binomtest

    won, lost = first & ~second, second & ~first
    lengths = np.diff(offsets)
    before = np.concatenate([[0], np.cumsum(won.astype(np.int64) - lost)])
    counts = np.stack([np.diff(before[offsets]), lengths], axis=1)[lengths > 0]
    interval = bootstrap_interval(counts, _mean_gain, draws=DRAWS)
    only_first, only_second = int(won.sum()), int(lost.sum())
    one_sided = only_first + only_second
    p_value = float(binomtest(only_first, one_sided).pvalue) if one_sided else 1.0
    return PairedTest((only_first - only_second) / len(first), interval, only_first, only_second, p_value)


def _mean_gain(sums: Floats) -> Floats:
    gains: Floats = sums[..., 0] / sums[..., 1]
    return gains


def verdict(test: PairedTest, first: str, second: str) -> str:
    """The test in words that need no statistics."""
    low, high = test.gain_interval
    if not test.only_first and not test.only_second:
        return f"{first} and {second} are right and wrong on the very same tokens."
    better, worse = (first, second) if test.gain >= 0 else (second, first)
    small, large = (low, high) if test.gain >= 0 else (-high, -low)
    chance = f"McNemar's test: p = {test.p_value:.2g}"
    if small > 0 and test.p_value < _UNLIKELY:
        how = "very unlikely" if test.p_value < _VERY_UNLIKELY else "unlikely"
        return (
            f"{better} is better than {worse} by {100 * small:.2f} to {100 * large:.2f} points; a difference this "
            f"large by chance is {how} ({chance})."
        )
    ahead = f"{better} is ahead by {100 * abs(test.gain):.2f} points here" if test.gain else "neither is ahead here"
    return (
        f"There is no telling which is better: {ahead}, but on "
        f"other sentences of this kind that may lie anywhere from {100 * small:+.2f} to {100 * large:+.2f} ({chance})."
    )
