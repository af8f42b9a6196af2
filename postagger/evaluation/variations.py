"""Words that gold tags now so, now otherwise, between the same neighbours: errors, or a rule that nobody keeps.

M. Dickinson and D. Meurers, 2003, "Detecting Errors in Part-of-Speech Annotation".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from postagger.data_prep.sentence import Sentence
from postagger.evaluation.quotes import Quoting, shortened

MOST_VARIATIONS = 50
_WIDER = (3, 2)
_EDGE = "\n"  # no token holds a line break

Context = tuple[str, ...]
Parts = Mapping[str, Sequence[Sentence]]
Place = tuple[str, int, int]
"""A part, the number of a sentence in it, and that of a token."""
ByTag = dict[str, list[Place]]


@dataclass(frozen=True)
class Occurrence:
    """One place of such a word. part: "judged" or "training"; sentence: its number there, from 0."""

    part: str
    sentence: int
    tag: str
    before: str
    after: str


@dataclass(frozen=True)
class Variation:
    """A word with several gold tags between equal neighbours, as many on either side as width says.

    tags: how often each was given. occurrences: one of each tag.
    """

    word: str
    width: int
    tags: dict[str, int]
    occurrences: list[Occurrence]


def variations(parts: Parts, quoting: Quoting) -> tuple[int, list[Variation]]:
    """How many there are, and up to 50 of them: those with the widest context first, then the most frequent.

    parts: sentences by name. Only words that the judged ones have, too, between these neighbours, are told of.
    """
    ambiguous = _ambiguous(sentence for sentences in parts.values() for sentence in sentences)
    ambiguous &= {token for sentence in parts["judged"] for token in sentence.tokens}
    places = ((part, number, place) for part in parts for number, place in _inside(parts[part], ambiguous))
    found: list[tuple[Context, ByTag]] = []
    for context, by_tag in _varying(parts, places, 1):
        # The same word between more equal neighbours, where there still are two tags, tells more.
        inside = [place for of_tag in by_tag.values() for place in of_tag]
        wider = (list(_varying(parts, inside, width)) for width in _WIDER)
        found += next(filter(None, wider), [(context, by_tag)])
    found.sort(key=lambda pair: (-len(pair[0]), -_smaller_tags(pair[1]), pair[0]))
    return len(found), [_variation(parts, *pair, quoting) for pair in found[:MOST_VARIATIONS]]


def _varying(parts: Parts, places: Iterable[Place], width: int) -> Iterator[tuple[Context, ByTag]]:
    """The contexts in which a word has several tags, one of them in a judged sentence."""
    by_context: defaultdict[Context, ByTag] = defaultdict(dict)
    for part, number, place in places:
        sentence = parts[part][number]
        context = _context(sentence.tokens, place, width)
        by_context[context].setdefault(sentence.tags[place], []).append((part, number, place))
    for context, by_tag in by_context.items():
        if len(by_tag) > 1 and any(part == "judged" for places in by_tag.values() for part, _, _ in places):
            yield context, by_tag


def _ambiguous(sentences: Iterable[Sentence]) -> set[str]:
    """The words that have more than one tag."""
    pairs: set[tuple[str, str]] = set()
    for sentence in sentences:
        pairs.update(zip(sentence.tokens, sentence.tags, strict=True))
    num_tags = Counter(token for token, _ in pairs)
    return {token for token, count in num_tags.items() if count > 1}


def _inside(sentences: Sequence[Sentence], ambiguous: set[str]) -> Iterator[tuple[int, int]]:
    """The places (sentence, token) of such words; a word that stands alone has no neighbours."""
    for number, sentence in enumerate(sentences):
        if len(sentence) > 1:
            for place, token in enumerate(sentence.tokens):
                if token in ambiguous:
                    yield number, place


def _context(tokens: tuple[str, ...], place: int, width: int) -> Context:
    """The word between as many neighbours; a sentence's edge counts as one."""
    start, end = place - width, place + width + 1
    if start >= 0 and end <= len(tokens):
        return tokens[start:end]
    return (_EDGE,) * -start + tokens[max(0, start) : end] + (_EDGE,) * (end - len(tokens))


def _smaller_tags(by_tag: ByTag) -> int:
    """How many places do not have the most frequent tag."""
    sizes = sorted(map(len, by_tag.values()))
    return sum(sizes[:-1])


def _variation(
    parts: Parts,
    context: Context,
    by_tag: ByTag,
    quoting: Quoting,
) -> Variation:
    width = len(context) // 2
    counts = Counter({tag: len(places) for tag, places in by_tag.items()})
    tags = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    occurrences = []
    for tag in tags:
        part, number, place = by_tag[tag][0]
        sides = quoting.around(parts[part][number].tokens, place)
        occurrences.append(Occurrence(part, number, tag, *sides))
    return Variation(shortened(context[width]), width, tags, occurrences)
