from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.bounded_counts import BoundedCounts


@given(st.lists(st.integers(0, 12), max_size=200), st.integers(1, 12))
def test_what_lossy_counting_promises(items: list[int], most: int) -> None:
    bounded: BoundedCounts[int] = BoundedCounts(most)
    for item in items:
        bounded.update([item])
        assert len(bounded.counts) <= most
    true = Counter(items)
    for item, count in true.items():
        assert count - bounded.missed <= bounded.counts[item] <= count
    if len(true) <= most:
        assert (bounded.counts, bounded.missed) == (true, 0)


@pytest.mark.parametrize("most", [None, 4])
def test_few_items_are_all_counted(most: int | None) -> None:
    bounded: BoundedCounts[str] = BoundedCounts(most)
    bounded.update("abcab")
    bounded.update("ad")
    assert bounded.counts == {"a": 3, "b": 2, "c": 1, "d": 1}
    assert bounded.missed == 0


def test_the_rare_ones_are_forgotten() -> None:
    bounded: BoundedCounts[str] = BoundedCounts(most=4)
    bounded.update("aaaabbbcd")
    bounded.update("e")  # one too many: half of four may stay
    assert (bounded.counts, bounded.missed) == ({"a": 4, "b": 3}, 1)
    bounded.update("cc")
    assert bounded.counts["c"] == 2  # it was there three times, and one was missed
