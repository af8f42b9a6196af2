"""A run that leads nowhere: its loss, or its weights, are no longer numbers to compute with."""

import math

from torch import nn

from postagger.errors import DivergedError

_LARGEST_LOSS = 1e4  # nats a token: no better than infinity
LARGEST_WEIGHT = 1e10
"""No network that has learnt anything has a larger one, and a larger one soon is no number."""


def check_loss(nats: float, count: int) -> None:
    """Refuse a loss, of so many tokens, that is no number or far too large.

    Raises:
        DivergedError: it is.
    """
    if not nats < _LARGEST_LOSS * count:
        raise _diverged(nats)


def check_weights(network: nn.Module) -> None:
    """Refuse weights that are no numbers or far too large.

    Raises:
        DivergedError: one is.
    """
    if not all((parameter.abs() <= LARGEST_WEIGHT).all() for parameter in network.parameters()):
        raise _diverged(math.nan)


def _diverged(value: float) -> DivergedError:
    expected = f"a loss below {_LARGEST_LOSS:g} a token" if math.isfinite(value) else "a finite loss"
    return DivergedError(
        f"expected {expected}, got {value:g}; train again with a lower --learning-rate or a --max-grad-norm"
    )
