"""Finding: something odd in a corpus, how often it occurs, where, and what to do about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

MOST_EXAMPLES = 3
Weight = Literal["mend", "look", "know"]
"""How much a finding matters: surely wrong, or it spoils scores; may be wrong; good to know."""


@dataclass(frozen=True)
class Example:
    """One place where it stands, and what stands there."""

    where: str
    text: str


@dataclass(frozen=True)
class Finding:
    """check: which check found it. what, advice: in words. count: how many things it is about."""

    check: str
    weight: Weight
    what: str
    count: int
    advice: str
    examples: tuple[Example, ...] = ()


def first_of_each(pairs: Iterable[tuple[str, Example]]) -> tuple[Example, ...]:
    """Up to three examples of different things.

    pairs: what each example is of, and the example.

    >>> pairs = [("a", Example("1", "A")), ("a", Example("2", "A")), ("b", Example("3", "B"))]
    >>> [example.where for example in first_of_each(pairs)]
    ['1', '3']
    """
    found: dict[str, Example] = {}
    for thing, example in pairs:
        found.setdefault(thing, example)
        if len(found) == MOST_EXAMPLES:
            break
    return tuple(found.values())


def listed(items: Iterable[str], most: int = 8) -> str:
    """The first of some items in one line, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    all_items = list(items)
    more = len(all_items) - most
    return ", ".join(all_items[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted(count: int, noun: str) -> str:
    """A number and what is counted.

    >>> counted(1, "tag"), counted(1200, "tag")
    ('1 tag', '1,200 tags')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A share in percent, never rounded to nothing.

    >>> share(1, 3), share(1, 100_000)
    ('33.3 %', 'under 0.1 %')
    """
    percent = 100 * part / whole
    return "under 0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"


def in_order(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What matters most comes first; what matters as much stays in order."""
    weights: list[Weight] = ["mend", "look", "know"]
    yield from sorted(findings, key=lambda finding: weights.index(finding.weight))
