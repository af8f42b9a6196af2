"""Two taggers on the same sentences: is one better, or was it luck?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from postagger.errors import InputError
from postagger.evaluation.intervals import Floats, Interval, bootstrap_interval
from postagger.evaluation.judged_tokens import Flags, JudgedTokens, Offsets
from postagger.evaluation.quotes import Quoting, shortened

if TYPE_CHECKING:
    from postagger.evaluation.scores import Evaluation

DRAWS = 10_000
MOST_TOKENS = 200
_VERY_UNLIKELY, _UNLIKELY = 0.001, 0.05


@dataclass(frozen=True)
class PairedTest:
    """The first tagger beside the second.

    gain: difference of the accuracies. gain_interval: of the paired bootstrap, which draws whole sentences. only_first,
    only_second: tokens that but one of them tagged right. p_value: of McNemar's exact test, tokens taken as independent
    (Q. McNemar, 1947, "Note on the Sampling Error of the Difference Between Correlated Proportions").
    """

    gain: float
    gain_interval: Interval
    only_first: int
    only_second: int
    p_value: float


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

    verdict: the test in words. only_tagger, only_other: up to 200 of the tokens that only one of them got right, evenly
    drawn from all of them.
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


def compare(first: "Evaluation", second: "Evaluation", quoting: Quoting | None = None) -> Comparison:
    """Compare two evaluations of the same sentences; their tagger's names stand in the verdict.

    Raises:
        InputError: they judge different sentences.
    """
    ours, theirs = first.judged, second.judged
    if ours.words != theirs.words or ours.gold != theirs.gold or ours.offsets.tolist() != theirs.offsets.tolist():
        raise InputError("expected two evaluations of the same sentences, got different ones; judge both on one corpus")
    quoting = quoting or Quoting()
    test = paired_test(ours.right, theirs.right, ours.offsets)
    name, other = first.tagger or "the first tagger", second.tagger or "the second tagger"
    return Comparison(
        name,
        other,
        second.accuracy,
        second.accuracy_interval,
        second.accuracy_known,
        second.accuracy_unknown,
        second.sentence_accuracy,
        second.macro_f1,
        second.intervals,
        test,
        verdict(test, name, other),
        _per_tag(first, second),
        _disagreements(ours, theirs, ours.right & ~theirs.right, quoting),
        _disagreements(ours, theirs, theirs.right & ~ours.right, quoting),
    )


def paired_test(first: Flags, second: Flags, offsets: Offsets) -> PairedTest:
    """Compare by which tokens were right: first and second [N]; offsets [S + 1]: where sentences begin, and N."""
    from scipy.stats import binomtest

    won, lost = first & ~second, second & ~first
    lengths = np.diff(offsets)
    before = np.concatenate([[0], np.cumsum(won.astype(np.int64) - lost)])
    counts = np.stack([np.diff(before[offsets]), lengths], axis=1)[lengths > 0]
    interval = bootstrap_interval(counts, _mean_gain, draws=DRAWS)
    only_first, only_second = int(won.sum()), int(lost.sum())
    one_sided = only_first + only_second
    p_value = float(binomtest(only_first, one_sided).pvalue) if one_sided else 1.0
    return PairedTest((only_first - only_second) / len(first), interval, only_first, only_second, p_value)


def _mean_gain(sums: Floats) -> Floats:
    gains: Floats = sums[..., 0] / sums[..., 1]
    return gains


def verdict(test: PairedTest, first: str, second: str) -> str:
    """The test in words that need no statistics."""
    low, high = test.gain_interval
    if not test.only_first and not test.only_second:
        return f"{first} and {second} are right and wrong on the very same tokens."
    better, worse = (first, second) if test.gain >= 0 else (second, first)
    small, large = (low, high) if test.gain >= 0 else (-high, -low)
    chance = f"McNemar's test: p = {test.p_value:.2g}"
    if small > 0 and test.p_value < _UNLIKELY:
        how = "very unlikely" if test.p_value < _VERY_UNLIKELY else "unlikely"
        return (
            f"{better} is better than {worse} by {100 * small:.2f} to {100 * large:.2f} points; a difference this "
            f"large by chance is {how} ({chance})."
        )
    ahead = f"{better} is ahead by {100 * abs(test.gain):.2f} points here" if test.gain else "neither is ahead here"
    return (
        f"There is no telling which is better: {ahead}, but on "
        f"other sentences of this kind that may lie anywhere from {100 * small:+.2f} to {100 * large:+.2f} ({chance})."
    )


def _per_tag(first: "Evaluation", second: "Evaluation") -> dict[str, TagGain]:
    """By the alphabet; a tag that a tagger never gave, where it was never right to, counts as 0."""
    gains = {}
    for tag in sorted({*first.per_tag, *second.per_tag}):
        ours, theirs = first.per_tag.get(tag), second.per_tag.get(tag)
        f1, other_f1 = (0.0 if score is None else score.f1 for score in (ours, theirs))
        support = ours.support if ours is not None else 0
        gains[tag] = TagGain(f1, other_f1, f1 - other_f1, support)
    return gains


def _disagreements(first: JudgedTokens, second: JudgedTokens, chosen: Flags, quoting: Quoting) -> list[Disagreement]:
    numbers = np.flatnonzero(chosen)
    if len(numbers) > MOST_TOKENS:
        numbers = numbers[np.linspace(0, len(numbers) - 1, MOST_TOKENS).astype(np.int64)]
    rows = []
    for number in numbers.tolist():
        sentence, place = first.place(number)
        rows.append(
            Disagreement(
                sentence,
                place,
                shortened(first.words[number]),
                first.gold[number],
                first.predicted[number],
                second.predicted[number],
                *quoting.around(first.sentences[sentence].tokens, place),
            )
        )
    return rows
