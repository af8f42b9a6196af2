"""BoundedCounts: how often there was each of many things, in memory that does not grow."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class BoundedCounts(Generic[Item]):
    """Counts of up to most different items; the rare ones are forgotten where there are more.

    Exact as long as there are not more. After that no count is too high, none is too low by more than missed, and
    whatever was there more often than that is still there. After G. Manku and R. Motwani, 2002, "Approximate Frequency
    Counts over Data Streams"; here the rare ones are forgotten when memory asks for it, and as many as it asks for.

    >>> letters = BoundedCounts(most=3)
    >>> for word in ("banana", "bread", "nan"):
    ...     letters.update(word)
    >>> dict(letters.counts), letters.missed
    ({'a': 5, 'n': 2}, 2)
    """

    def __init__(self, most: int | None = None) -> None:
        """most: None for any number."""
        self.counts: Counter[Item] = Counter()
        self.missed = 0
        self._most = most

    def update(self, items: Iterable[Item]) -> None:
        """Count some more, which should be few beside most."""
        self.counts.update(items)
        if self._most is not None and len(self.counts) > self._most:
            self._forget(self._most // 2)

    def _forget(self, kept: int) -> None:
        """Keep so many at most, so that the next time is far; items that were there equally often share their fate."""
        limit = sorted(self.counts.values(), reverse=True)[kept]
        self.counts = Counter({item: count for item, count in self.counts.items() if count > limit})
        self.missed += limit
