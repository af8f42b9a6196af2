"""The errors themselves: where they are, which surprise, which words they strike, and where gold may be to blame."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postagger.data_prep.lexicon import Lexicon
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.quotes import Quoting, shortened

MOST_OF_A_CONFUSION, MOST_ERRORS, MOST_WORDS, MOST_DOUBTS = 100, 2_000, 50, 50
_CONFUSIONS_OF_A_WORD = 3
_SURE = 0.9


@dataclass(frozen=True)
class TokenError:
    """A token whose tag is wrong. sentence, token: its place, from 0.

    second, second_confidence: the tagger's second choice, where it tells one. before, after: the words around.
    """

    sentence: int
    token: int
    word: str
    gold: str
    predicted: str
    known: bool | None
    confidence: float | None
    second: str | None
    second_confidence: float | None
    before: str
    after: str


@dataclass(frozen=True)
class WordErrors:
    """A word that is often wrong. confusions: its most frequent ones, as (gold, predicted, tokens)."""

    word: str
    tokens: int
    errors: int
    confusions: list[tuple[str, str, int]]


def errors_of(judged: JudgedTokens, quoting: Quoting, numbers: Iterable[int] | None = None) -> list[TokenError]:
    """The errors in the order of the text, all of them or those of some token numbers."""
    return [_error(judged, number, quoting) for number in (judged.wrong if numbers is None else numbers)]


def _error(judged: JudgedTokens, number: int, quoting: Quoting) -> TokenError:
    sentence, place = judged.place(number)
    alternatives = judged.predictions[sentence].alternatives
    second, second_confidence = alternatives[place][0] if alternatives and alternatives[place] else (None, None)
    before, after = quoting.around(judged.sentences[sentence].tokens, place)
    return TokenError(
        sentence,
        place,
        shortened(judged.words[number]),
        judged.gold[number],
        judged.predicted[number],
        None if judged.known is None else bool(judged.known[number]),
        None if judged.confidences is None else float(judged.confidences[number]),
        second,
        second_confidence,
        before,
        after,
    )


def told_errors(judged: JudgedTokens, quoting: Quoting) -> list[TokenError]:
    """At most 100 of each confusion and 2,000 in all: those the tagger was most sure of, most sure first."""
    by_confusion: Counter[tuple[str, str]] = Counter()
    kept = []
    for number in _most_sure_first(judged, judged.wrong):
        confusion = judged.gold[number], judged.predicted[number]
        by_confusion[confusion] += 1
        if by_confusion[confusion] <= MOST_OF_A_CONFUSION:
            kept.append((by_confusion[confusion], number))
    if len(kept) > MOST_ERRORS:
        # The first of each confusion, then the second of each, and so on.
        chosen = {number for _, number in sorted(kept, key=lambda pair: pair[0])[:MOST_ERRORS]}
        kept = [pair for pair in kept if pair[1] in chosen]
    return errors_of(judged, quoting, (number for _, number in kept))


def _most_sure_first(judged: JudgedTokens, numbers: Sequence[int]) -> list[int]:
    confidences = judged.confidences
    return list(numbers) if confidences is None else sorted(numbers, key=lambda number: -confidences[number])


def words_most_often_wrong(judged: JudgedTokens) -> list[WordErrors]:
    """Up to 50 words that are wrong at least twice."""
    errors: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for number in judged.wrong:
        errors[judged.words[number]][judged.gold[number], judged.predicted[number]] += 1
    worst = sorted(errors, key=lambda word: (-errors[word].total(), word))[:MOST_WORDS]
    tokens = Counter(judged.words)
    return [
        WordErrors(shortened(word), tokens[word], errors[word].total(), _most_frequent(errors[word]))
        for word in worst
        if errors[word].total() > 1
    ]


def _most_frequent(confusions: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    ordered = sorted(confusions, key=lambda pair: (-confusions[pair], pair))[:_CONFUSIONS_OF_A_WORD]
    return [(gold, predicted, confusions[gold, predicted]) for gold, predicted in ordered]


def doubted_gold(judged: JudgedTokens, lexicon: Lexicon | None, quoting: Quoting) -> list[TokenError]:
    """Up to 50 errors in which gold may be wrong, most suspicious first.

    The tagger is sure, and its tag is the one that training most often gave this very word.
    """
    if judged.confidences is None or lexicon is None:
        return []
    confidences = judged.confidences
    doubted = [
        number
        for number in judged.wrong
        if confidences[number] >= _SURE
        and judged.words[number] in lexicon
        and lexicon.tag(judged.words[number]) == judged.predicted[number]
    ]
    return errors_of(judged, quoting, _most_sure_first(judged, doubted)[:MOST_DOUBTS])
