"""How far a score may be off by chance: 95 % intervals."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Interval = tuple[float, float]
Floats = npt.NDArray[np.float64]
DRAWS = 1_000
FEWEST_SENTENCES = 10
_BATCH_ELEMENTS = 4_000_000
_SEED = 1


def wilson_interval(right: int, tokens: int) -> Interval:
    """The interval of a fraction, low and high, tokens taken as independent.

    (E. B. Wilson, 1927, "Probable Inference, the Law of Succession, and Statistical Inference".)
    """
    from scipy.stats import binomtest

    interval = binomtest(right, tokens).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap_interval(
    counts: "npt.NDArray[Any] | csr_array", statistic: Callable[[Floats], Floats], *, draws: int = DRAWS
) -> Interval | None:
    """The interval of a score that is made of sums over sentences, which stay whole: they are drawn anew, many times.

    counts [S, M]: what each sentence adds to the sums. statistic: of sums [..., M] -> [...]. (B. Efron, 1979,
    "Bootstrap Methods: Another Look at the Jackknife"; here the interval lies between percentiles.) Fewer than ten
    sentences tell too little of others: then there is none.
    """
    from scipy.sparse import csr_array
    from scipy.stats import bootstrap

    counts = csr_array(counts, dtype=np.float64)
    size, sums = counts.shape
    if size < FEWEST_SENTENCES:
        return None

    def of_drawn(drawn: npt.NDArray[np.int64], axis: int) -> Floats:
        rows = drawn.reshape(-1, size)
        # How often each sentence was drawn, so that the sums are one product.
        times = np.stack([np.bincount(row, minlength=size) for row in rows])
        return statistic(times @ counts).reshape(drawn.shape[:-1])

    interval = bootstrap(
        (np.arange(size),),
        of_drawn,
        n_resamples=draws,
        batch=max(1, _BATCH_ELEMENTS // (size + sums)),
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(interval.low), float(interval.high)
