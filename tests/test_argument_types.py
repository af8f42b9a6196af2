from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from postagger.argument_types import at_least_0, number, positive, whole_number


def test_numbers_in_the_range() -> None:
    assert [positive("1"), at_least_0("0"), whole_number(2, 9)("9")] == [1, 0, 9]
    assert at_least_0(str(2**63 - 1)) == 2**63 - 1
    assert [number(0, 1)(text) for text in ("0", "1e-3", "1")] == [0, 0.001, 1]


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (positive, "0", "expected a whole number of at least 1, got '0'"),
        (positive, "-1", "expected a whole number of at least 1, got '-1'"),
        (positive, "1.5", "expected a whole number of at least 1, got '1.5'"),
        (positive, "\u0663", "expected a whole number of at least 1, got '\u0663'"),
        (positive, "", "expected a whole number of at least 1, got ''"),
        (at_least_0, str(2**63), f"expected a whole number of at most {2**63 - 1}, got '{2**63}'"),
        (whole_number(0, 9), "9" * 5000, f"expected a whole number of at most 9, got '{'9' * 37}...'"),
        (number(0, 1), "1.1", "expected a number from 0 to 1, got '1.1'"),
        (number(0, 1), "nan", "expected a number from 0 to 1, got 'nan'"),
        (number(0, 1), "half", "expected a number from 0 to 1, got 'half'"),
    ],
)
def test_others(read: Callable[[str], float], text: str, said: str) -> None:
    with pytest.raises(ArgumentTypeError) as raised:
        read(text)
    assert str(raised.value) == said
