"""A loss in its three usual forms."""

import math


def bits(nats: float) -> float:
    """Nats as bits.

    >>> bits(math.log(4))
    2.0
    """
    return nats / math.log(2)


def perplexity(nats: float) -> float:
    """Among how many characters, equally probable, it would be as hard to choose; infinite past a float's range.

    >>> round(perplexity(math.log(4)), 9)
    4.0
    """
    return math.exp(nats) if nats < 700 else math.inf


def measures(nats: float) -> dict[str, float]:
    """All three, by the names under which they are stored."""
    return {"nats_per_char": nats, "bits_per_char": bits(nats), "perplexity": perplexity(nats)}
