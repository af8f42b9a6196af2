"""Two taggers on the same sentences: is one better, or was it luck?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

DRAWS = 10_000


@dataclass(frozen=True)
class Comparison:
    """The first beside the second.

    gain: difference of the accuracies; low, high: its 95 % interval. only_first, only_second: tokens that but one of
    them tagged right. p_value: of McNemar's exact test, tokens taken as independent.
    """

    gain: float
    low: float
    high: float
    only_first: int
    only_second: int
    p_value: float


def compare(first: Sequence[str], second: Sequence[str], *, seed: int = 1) -> Comparison:
    """Compare by which tokens were right, a string of 1 and 0 for each sentence.

    The interval is that of the paired bootstrap: DRAWS times as many sentences are drawn, with replacement.
    """
    pairs = [tuple(zip(*sentence, strict=True)) for sentence in zip(first, second, strict=True)]
    wins = np.array([pair.count(("1", "0")) for pair in pairs])
    losses = np.array([pair.count(("0", "1")) for pair in pairs])
    lengths = np.array([len(pair) for pair in pairs])
    times_drawn = np.random.default_rng(seed).multinomial(len(pairs), [1 / len(pairs)] * len(pairs), size=DRAWS)
    low, high = np.quantile(times_drawn @ (wins - losses) / (times_drawn @ lengths), [0.025, 0.975])
    won, lost = int(wins.sum()), int(losses.sum())
    p_value = float(binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return Comparison((won - lost) / int(lengths.sum()), float(low), float(high), won, lost, p_value)
