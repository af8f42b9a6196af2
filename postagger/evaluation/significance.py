"""Two taggers on the same tokens: is one better, or was it luck?"""

from dataclasses import dataclass

import numpy as np

from postagger.evaluation.intervals import Floats, Interval, bootstrap_interval
from postagger.evaluation.judged_tokens import Flags, Offsets

DRAWS = 10_000
_VERY_UNLIKELY, _UNLIKELY = 0.001, 0.05
_SMALLEST = 1e-300


@dataclass(frozen=True)
class PairedTest:
    """The first tagger beside the second.

    gain: difference of the accuracies. gain_interval: of the paired bootstrap, which draws whole sentences; None of
    fewer than ten. only_first, only_second: tokens that but one of them tagged right. p_value: of McNemar's exact test,
    tokens taken as independent (Q. McNemar, 1947, "Note on the Sampling Error of the Difference Between Correlated
    Proportions").
    """

    gain: float
    gain_interval: Interval | None
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
    discordant = only_first + only_second
    p_value = float(binomtest(only_first, discordant).pvalue) if discordant else 1.0
    return PairedTest((only_first - only_second) / len(first), interval, only_first, only_second, p_value)


def _mean_gain(sums: Floats) -> Floats:
    gains: Floats = sums[..., 0] / sums[..., 1]
    return gains


def verdict(test: PairedTest, first: str, second: str) -> str:
    """The test in words that need no statistics."""
    if not test.only_first and not test.only_second:
        return f"{first} and {second} are right and wrong on the very same tokens."
    better, worse = (first, second) if test.gain >= 0 else (second, first)
    ahead = f"{better} is ahead by {100 * abs(test.gain):.2f} points here" if test.gain else "neither is ahead here"
    if test.gain_interval is None:
        return f"There are too few sentences to tell which is better; {ahead}."
    low, high = test.gain_interval
    small, large = (low, high) if test.gain >= 0 else (-high, -low)
    chance = f"McNemar's test: p {'< 1e-300' if test.p_value < _SMALLEST else f'= {test.p_value:.2g}'}"
    if small <= 0:
        return (
            f"There is no telling which is better: {ahead}, but on other sentences of this kind that may lie anywhere "
            f"from {100 * small:+.2f} to {100 * large:+.2f} ({chance})."
        )
    by = f"better than {worse} by {100 * small:.2f} to {100 * large:.2f} points"
    if test.p_value >= _UNLIKELY:
        return f"{better} seems {by}, but a difference this large may still be chance ({chance})."
    how = "very unlikely" if test.p_value < _VERY_UNLIKELY else "unlikely"
    return f"{better} is {by}; a difference this large by chance is {how} ({chance})."
