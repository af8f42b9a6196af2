"""Accuracy apart: by how well a word is known, by its form, by the length of its sentence."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from postagger.data_prep.features import word_shape
from postagger.evaluation.intervals import Interval, wilson_interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.quotes import shortened

_FREQUENCIES = (0, 1, 2, 3, 6, 11, 101, 1001)
_LENGTHS = (1, 6, 11, 21, 31, 41, 61)
_MOST_SHAPES = 15
_MOST_SUFFIXES = 20
_SUFFIX_LENGTH, _SHORTEST_WORD = 3, 5
_OTHERS = "all others"


@dataclass(frozen=True)
class GroupScore:
    """How the tokens of one group fared. example: the most frequent word among them, where that tells something."""

    group: str
    tokens: int
    errors: int
    accuracy: float
    accuracy_interval: Interval
    example: str = ""


def grouped(judged: JudgedTokens, counts: Mapping[str, int] | None) -> dict[str, list[GroupScore]]:
    """The groups by the name of what sets them apart. counts: how often training had each word, where that is known."""
    groups = {
        "sentence_length": _by_sentence_length(judged),
        "shape": _by_shape(judged),
        "suffix": _by_suffix(judged),
    }
    if judged.known is not None:
        known = ["known words" if one else "unknown words" for one in judged.known.tolist()]
        groups = {"known": _scores(judged, known, sorted(set(known))), **groups}
    if counts is not None:
        groups["training_frequency"] = _by_frequency(judged, counts)
    return groups


def _by_frequency(judged: JudgedTokens, counts: Mapping[str, int]) -> list[GroupScore]:
    return _by_number(judged, [counts.get(word, 0) for word in judged.words], _FREQUENCIES)


def _by_sentence_length(judged: JudgedTokens) -> list[GroupScore]:
    lengths = np.diff(judged.offsets)
    return _by_number(judged, np.repeat(lengths, lengths).tolist(), _LENGTHS)


def _by_number(judged: JudgedTokens, values: Sequence[int], firsts: Sequence[int]) -> list[GroupScore]:
    """firsts: the first number of each group; the last group has no end."""
    names = [_span(first, second) for first, second in itertools.pairwise([*firsts, 0])]
    numbers = np.searchsorted(firsts, values, side="right") - 1
    return _scores(judged, [names[number] for number in numbers.tolist()], names)


def _span(first: int, next_first: int) -> str:
    if not next_first:
        return f"{first:,} or more"
    return f"{first}" if next_first == first + 1 else f"{first} to {next_first - 1:,}"


def _by_shape(judged: JudgedTokens) -> list[GroupScore]:
    """The most frequent shapes, runs of equal signs as one: Xx for a capitalised word, d.d for a decimal number."""
    shapes = {word: "".join(sign for sign, _ in itertools.groupby(word_shape(word))) for word in set(judged.words)}
    names = [shapes[word] for word in judged.words]
    counted = Counter(names)
    frequent = sorted(counted, key=lambda shape: (-counted[shape], shape))[:_MOST_SHAPES]
    return _scores(judged, _or_others(names, frequent), [*frequent, _OTHERS], with_examples=True)


def _by_suffix(judged: JudgedTokens) -> list[GroupScore]:
    """The endings of longer words that hold the most errors."""
    names = [
        f"-{word[-_SUFFIX_LENGTH:].lower()}" if len(word) >= _SHORTEST_WORD and word.isalpha() else _OTHERS
        for word in judged.words
    ]
    errors = Counter(names[number] for number in judged.wrong)
    del errors[_OTHERS]
    worst = sorted(errors, key=lambda suffix: (-errors[suffix], suffix))[:_MOST_SUFFIXES]
    return _scores(judged, _or_others(names, worst), [*worst, _OTHERS], with_examples=True)


def _or_others(names: Iterable[str], kept: Sequence[str]) -> list[str]:
    chosen = set(kept)
    return [name if name in chosen else _OTHERS for name in names]


def _scores(
    judged: JudgedTokens, groups: Sequence[str], order: Sequence[str], *, with_examples: bool = False
) -> list[GroupScore]:
    """The scores of the groups that have tokens. groups [N]: of each token."""
    tokens, right = Counter(groups), Counter(itertools.compress(groups, judged.right.tolist()))
    examples = _examples(judged.words, groups) if with_examples else {}
    return [
        GroupScore(
            shortened(name),
            tokens[name],
            tokens[name] - right[name],
            right[name] / tokens[name],
            wilson_interval(right[name], tokens[name]),
            shortened(examples.get(name, "")),
        )
        for name in order
        if tokens[name]
    ]


def _examples(words: Iterable[str], groups: Iterable[str]) -> dict[str, str]:
    """The most frequent word of each group, ties to the first of the alphabet."""
    counted = Counter(zip(groups, words, strict=True))
    best: dict[str, str] = {}
    for group, word in sorted(counted, key=lambda pair: (-counted[pair], pair)):
        if group != _OTHERS:
            best.setdefault(group, word)
    return best
