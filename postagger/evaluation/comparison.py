"""A tagger beside another one: what is stored and shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from postagger.evaluation.intervals import Interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.quotes import Quoting, shortened
from postagger.evaluation.significance import PairedTest
from postagger.evaluation.tag_scores import TagScore

MOST_TOKENS = 200


@dataclass(frozen=True)
class TagGain:
    """The F1 of a tag by both taggers. gain: the first's less the second's."""

    f1: float
    other_f1: float
    gain: float
    support: int


@dataclass(frozen=True)
class Disagreement:
    """A token that but one of the two tagged right; predicted and other are their tags."""

    sentence: int
    token: int
    word: str
    gold: str
    predicted: str
    other: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """A tagger beside another one, whose scores stand here; gains are the tagger's, less the other's.

    verdict: the test in words. caution: why the other's scores are too good, where they are. only_tagger,
    only_other: up to 200 of the tokens that only one of them got right, evenly drawn from all of them.
    """

    tagger: str
    other: str
    accuracy: float
    accuracy_interval: Interval
    accuracy_known: float | None
    accuracy_unknown: float | None
    sentence_accuracy: float
    macro_f1: float
    intervals: dict[str, Interval]
    test: PairedTest
    verdict: str
    per_tag: dict[str, TagGain]
    only_tagger: list[Disagreement]
    only_other: list[Disagreement]
    caution: str = ""


def tag_gains(first: Mapping[str, TagScore], second: Mapping[str, TagScore]) -> dict[str, TagGain]:
    """By the alphabet; a tag that a tagger never gave, where it was never right to, counts as 0."""
    gains = {}
    for tag in sorted({*first, *second}):
        ours, theirs = first.get(tag), second.get(tag)
        f1, other_f1 = (0.0 if score is None else score.f1 for score in (ours, theirs))
        support = ours.support if ours is not None else 0
        gains[tag] = TagGain(f1, other_f1, f1 - other_f1, support)
    return gains


def disagreements(right: JudgedTokens, wrong: JudgedTokens, ours: JudgedTokens, quoting: Quoting) -> list[Disagreement]:
    """Up to 200 of the tokens that the first is right on and the second is not. ours: whose tags are "predicted"."""
    theirs = wrong if ours is right else right
    numbers = np.flatnonzero(right.right & ~wrong.right)
    if len(numbers) > MOST_TOKENS:
        numbers = numbers[np.linspace(0, len(numbers) - 1, MOST_TOKENS).astype(np.int64)]
    rows = []
    for number in numbers.tolist():
        sentence, place = ours.place(number)
        rows.append(
            Disagreement(
                sentence,
                place,
                shortened(ours.words[number]),
                ours.gold[number],
                ours.predicted[number],
                theirs.predicted[number],
                *quoting.around(ours.sentences[sentence].tokens, place),
            )
        )
    return rows
