"""Sentences that stand in a corpus more than once: leaks between its parts, and repetitions inside one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from postagger.corpus_checks.finding import Example, Finding, Weight, counted, first_of_each, share
from postagger.corpus_checks.placed_corpus import WHOLE, PlacedCorpus

LEAKS = "leaks"
REPEATS = "repeated sentences"
_SHORT = 3  # tokens; "Yes ." stands in any text more than once
_DIGIT = re.compile(r"\d")
_DIGITS = "0123456789"
_MANY = 0.01
_EXACT = "word for word"
_NEAR = "but for case and digits"

Key = Callable[[Sequence[str]], tuple[str, ...]]


@dataclass(frozen=True)
class Repeat:
    """A sentence, by its number in its part, and the first one that it equals."""

    part: str
    number: int
    first_part: str
    first: int


def check_leaks(corpus: PlacedCorpus) -> list[Finding]:
    """Sentences of dev and test that stand in train, and those of test that stand in dev."""
    found = []
    for first, second in (("train", "dev"), ("train", "test"), ("dev", "test")):
        if {first, second} <= corpus.parts.keys():
            found += [
                _leak(corpus, repeats, how) for how, repeats in _repeats(corpus, first, second).items() if repeats
            ]
    return found


def check_repeats(corpus: PlacedCorpus) -> list[Finding]:
    """Sentences that stand in one part more than once."""
    by_part = [_repeats(corpus, part, part) for part in corpus.parts]
    found = {how: [one for of_part in by_part for one in of_part[how]] for how in (_EXACT, _NEAR)}
    return [_repetition(corpus, repeats, how) for how, repeats in found.items() if repeats]


def _leak(corpus: PlacedCorpus, repeats: Sequence[Repeat], how: str) -> Finding:
    second, first = repeats[0].part, repeats[0].first_part
    said, many = _said(repeats, len(corpus.parts[second].sentences))
    stand = "stands" if len(repeats) == 1 else "stand"
    weight: Weight = "know" if not many else "mend" if how == _EXACT else "look"
    advice = f"a tagger that learnt them by heart scores too well: take them out of {first} or {second}"
    what = f"{said} of {second} {stand} in {first}, too, {how}"
    return Finding(LEAKS, weight, what, len(repeats), advice, _examples(corpus, repeats))


def _repetition(corpus: PlacedCorpus, repeats: Sequence[Repeat], how: str) -> Finding:
    said, many = _said(repeats, len(corpus.sentences))
    inside = "" if WHOLE in corpus.parts else " of the same part"
    what = f"{said} repeat{'s' if len(repeats) == 1 else ''} an earlier one{inside}, {how}"
    advice = "keep one of each where they are copies or boilerplate: a random split makes them leaks"
    return Finding(REPEATS, "look" if many else "know", what, len(repeats), advice, _examples(corpus, repeats))


def _said(repeats: Sequence[Repeat], sentences: int) -> tuple[str, bool]:
    """How many of the sentences, in words, and whether that is many."""
    said = f"{counted(len(repeats), 'sentence')} ({share(len(repeats), sentences)})"
    return said, len(repeats) >= _MANY * sentences


def _repeats(corpus: PlacedCorpus, first: str, second: str) -> dict[str, list[Repeat]]:
    """The sentences of the second part that equal one of the first; inside one part, an earlier one."""
    exact = list(_equal(corpus, first, second, tuple))
    told = {one.number for one in exact}
    near = [one for one in _equal(corpus, first, second, _Folding()) if one.number not in told]
    return {_EXACT: exact, _NEAR: near}


class _Folding:
    """A sentence in small letters, with 0 for every digit; each word is folded once."""

    def __init__(self) -> None:
        self._folded: dict[str, str] = {}

    def __call__(self, tokens: Sequence[str]) -> tuple[str, ...]:
        for token in tokens:
            if token not in self._folded:
                self._folded[token] = _DIGIT.sub("0", token.lower())
        return tuple(map(self._folded.__getitem__, tokens))


def _equal(corpus: PlacedCorpus, first: str, second: str, key: Key) -> Iterator[Repeat]:
    first_of: dict[tuple[str, ...], int] = {}
    for number, sentence in enumerate(corpus.parts[first].sentences):
        first_of.setdefault(key(sentence.tokens), number)
    for number, sentence in enumerate(corpus.parts[second].sentences):
        found = first_of.get(key(sentence.tokens))
        if found is not None and len(sentence) > _SHORT and (first != second or found < number):
            yield Repeat(second, number, first, found)


def _examples(corpus: PlacedCorpus, repeats: Sequence[Repeat]) -> tuple[Example, ...]:
    """The longest, which are the least likely to be equal by chance; each once."""

    def length(one: Repeat) -> int:
        return len(corpus.parts[one.part].sentences[one.number])

    longest = sorted(repeats, key=length, reverse=True)
    return first_of_each((f"{one.first_part} {one.first}", _example(corpus, one)) for one in longest)


def _example(corpus: PlacedCorpus, one: Repeat) -> Example:
    here, there = corpus.where(one.part, one.number), corpus.where(one.first_part, one.first)
    same_source = len(here.rstrip(_DIGITS)) if here.rstrip(_DIGITS) == there.rstrip(_DIGITS) else 0
    return replace(corpus.sentence_example(one.part, one.number), where=f"{here} = {there[same_source:]}")
