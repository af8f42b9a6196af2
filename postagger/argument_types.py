"""Types of arguments, for argparse: numbers in a range."""

import argparse
import math
from collections.abc import Callable

_MOST = 2**63 - 1
_LONGEST_SHOWN = 40


def whole_number(low: int, high: int = _MOST) -> Callable[[str], int]:
    """What reads a whole number in this range.

    >>> whole_number(1, 9)("7")
    7
    """

    def read(text: str) -> int:
        is_number = text.isascii() and text.isdecimal()
        number = int(text[:20]) if is_number else -1  # one of more digits is too large anyway
        if low <= number <= high:
            return number
        limit = f"at most {high}" if number > high else f"at least {low}"
        raise argparse.ArgumentTypeError(f"expected a whole number of {limit}, got {_shown(text)}")

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """What reads a number in this range.

    >>> number(0, 1)("0.5")
    0.5
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if low <= value <= high:
            return value
        raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}, got {_shown(text)}")

    return read


def _shown(text: str) -> str:
    """A text as it may stand in a one-line message."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "...")


positive = whole_number(1)
at_least_0 = whole_number(0)
