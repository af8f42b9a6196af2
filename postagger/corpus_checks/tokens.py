"""Tokens that are none, or more than one, and marks that are written in several ways."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from postagger.corpus_checks.finding import Example, Finding, Weight, counted, first_of_each
from postagger.corpus_checks.placed_corpus import PlacedCorpus

CHECK = "tokens"
_SEVERAL_WORDS = re.compile(r"\S[ \t]+\S")
_WORD_AND_MARK = re.compile(r"[^\W\d_]+[,;?]")
_APOSTROPHES = {
    name: re.compile(rf"(?<=[^\W_]){mark}|{mark}(?=[^\W_])")
    for name, mark in {"'": "'", "\u2019": "\u2019", "\u00b4": "\u00b4"}.items()
}
_ESCAPED = re.compile(r"\\[/*]")
_BRACKETS = {"-LRB-": re.compile("-[LR][RCS]B-"), "(": re.compile(r"[()\[\]{}]")}
_QUOTATION_MARKS = {
    "`` ''": re.compile("``|''"),
    '"': re.compile('"'),
    "\u201c \u201d": re.compile("[\u201c-\u201f]"),
    "\u00ab \u00bb": re.compile("[\u00ab\u00bb]"),
}


def check_tokens(corpus: PlacedCorpus) -> list[Finding]:
    """Tokens that are blank or hold several words, and mixed apostrophes and quotation marks."""
    tokens = Counter(token for sentence in corpus.sentences for token in sentence.tokens)
    found = [
        _odd(corpus, tokens, lambda token: not token.strip(), "mend", "of nothing but blanks", "take them out"),
        _odd(
            corpus,
            tokens,
            _SEVERAL_WORDS.search,
            "look",
            "of several words",
            "fine if your text to tag is split so, too; else split them",
        ),
        _odd(
            corpus,
            tokens,
            _WORD_AND_MARK.fullmatch,
            "look",
            "in which a mark hangs on a word",
            "split the mark off, as the text to tag will be split",
        ),
        _odd(
            corpus,
            tokens,
            _ESCAPED.search,
            "know",
            r"in which \/ or \* stands for / or *, as the treebank writes it",
            "write the bare mark if your text to tag has it so",
        ),
        _mixed(corpus, tokens, "apostrophes", _APOSTROPHES),
        _mixed(corpus, tokens, "brackets", _BRACKETS, whole=True),
        _mixed(corpus, tokens, "quotation marks", _QUOTATION_MARKS, whole=True),
    ]
    return [finding for finding in found if finding]


def _odd(
    corpus: PlacedCorpus,
    tokens: Mapping[str, int],
    is_odd: Callable[[str], object],
    weight: Weight,
    what: str,
    advice: str,
) -> Finding | None:
    odd = {token: count for token, count in tokens.items() if is_odd(token)}
    if not odd:
        return None
    count = sum(odd.values())
    return Finding(CHECK, weight, f"{counted(count, 'token')} {what}", count, advice, _examples(corpus, odd))


def _mixed(
    corpus: PlacedCorpus,
    tokens: Mapping[str, int],
    what: str,
    ways: Mapping[str, re.Pattern[str]],
    *,
    whole: bool = False,
) -> Finding | None:
    """One thing that is written in several ways. whole: the mark is all of the token."""
    having = {
        way: {token for token in tokens if (pattern.fullmatch(token) if whole else pattern.search(token))}
        for way, pattern in ways.items()
    }
    counts = {way: sum(tokens[token] for token in having[way]) for way in ways if having[way]}
    if len(counts) < 2:
        return None
    usual, *others = sorted(counts, key=lambda way: -counts[way])
    said = "; ".join(f"{way} in {counted(counts[way], 'token')}" for way in [usual, *others])
    rarer = set().union(*(having[way] for way in others))
    return Finding(
        CHECK,
        "look",
        f"mixed {what}: {said}",
        sum(counts[way] for way in others),
        "most taggers take them for different words: write one of them, in the text to tag as well",
        _examples(corpus, rarer),
    )


def _examples(corpus: PlacedCorpus, tokens: Iterable[str]) -> tuple[Example, ...]:
    places = corpus.places(tokens=set(tokens))
    return first_of_each((corpus.at(place)[0], corpus.example(place)) for place in places)
