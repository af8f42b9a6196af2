"""Words that are tagged now so, now otherwise: between equal neighbours, or once against many times."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from postagger.corpus_checks.finding import Example, Finding, counted, first_of_each
from postagger.corpus_checks.placed_corpus import Place, PlacedCorpus, visible
from postagger.data_prep.sentence import Sentence
from postagger.evaluation.quotes import Quoting, shortened
from postagger.evaluation.variations import MOST_VARIATIONS, Variation, variations

CHECK = "tagging"
_QUOTING = Quoting(4)
_AT_MOST = 2
_TIMES = 100
# In Brown's tags these tell the kind of text, headline or title or word spoken about, not the class of the word.
_KIND_OF_TEXT = re.compile(r"(-(?:HL|TL|NC))+$")


def check_tagging(corpus: PlacedCorpus) -> list[Finding]:
    """Both kinds of words; most of them are slips, some are right, and a rule may be missing."""
    plain = {tag: _KIND_OF_TEXT.sub("", tag) for sentence in corpus.sentences for tag in set(sentence.tags)}
    sentences = [replace(one, tags=tuple(map(plain.__getitem__, one.tags))) for one in corpus.sentences]
    return [*_between_equal_neighbours(corpus, sentences), *_against_the_rest(corpus, sentences)]


def _between_equal_neighbours(corpus: PlacedCorpus, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    count, found = variations({"judged": sentences}, _QUOTING)
    if not count:
        return
    numbers = [(part, number) for part, number, _ in corpus.numbered()]
    wide = sum(one.width > 1 for one in found)
    at_least = "at least " if wide == MOST_VARIATIONS else ""
    what = f"{counted(count, 'word')} with several tags between the same neighbours"
    what += f", {at_least}{wide:,} of them between two or more on either side" if wide else ""
    examples = ((one.word, _variation_example(corpus, one, sentences, numbers)) for one in found)
    advice = "read these first: one of the tags is likely to be wrong, or a rule is missing"
    yield Finding(CHECK, "look", what, count, advice, first_of_each(examples))


def _variation_example(
    corpus: PlacedCorpus, variation: Variation, sentences: Sequence[Sentence], numbers: Sequence[tuple[str, int]]
) -> Example:
    """Its rarest tag, where it stands, and the counts of all."""
    rarest = variation.occurrences[-1]
    sentence = sentences[rarest.sentence]
    # A report quotes what stands around a word; here the word's own place is wanted again.
    token = next(
        place
        for place, (word, tag) in enumerate(zip(sentence.tokens, sentence.tags, strict=True))
        if (shortened(word), tag) == (variation.word, rarest.tag)
        and _QUOTING.around(sentence.tokens, place) == (rarest.before, rarest.after)
    )
    return _counted_example(corpus, (*numbers[rarest.sentence], token), variation.tags)


def _against_the_rest(corpus: PlacedCorpus, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    by_word: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            by_word[token][tag] += 1
    odd = {(word, tag): by_word[word] for word in by_word for tag in _odd_tags(by_word[word])}
    if not odd:
        return
    frequent_first = sorted(odd, key=lambda pair: (-odd[pair].total(), pair))
    places = _first_places(corpus, set(frequent_first))
    examples = (
        (pair[0], _counted_example(corpus, places[pair], _beside_the_usual(odd[pair], pair[1])))
        for pair in frequent_first
    )
    count = sum(odd[word, tag][tag] for word, tag in odd)
    what = f"{counted(count, 'token')} with a tag that the word has once or twice, and another {_TIMES} times as often"
    advice = "read them: many are slips"
    yield Finding(CHECK, "look", what, count, advice, first_of_each(examples))


def _odd_tags(tags: Mapping[str, int]) -> Iterator[str]:
    most = max(tags.values())
    return (tag for tag, count in tags.items() if count <= _AT_MOST and most >= _TIMES * count)


def _beside_the_usual(tags: Counter[str], odd: str) -> dict[str, int]:
    return dict([*tags.most_common(1), (odd, tags[odd])])


def _first_places(corpus: PlacedCorpus, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """Where each word first has the tag."""
    found: dict[tuple[str, str], Place] = {}
    for place in corpus.places(tokens={word for word, _ in pairs}):
        word, tag = corpus.at(place)
        pair = (word, _KIND_OF_TEXT.sub("", tag))
        if pair in pairs:
            found.setdefault(pair, place)
    return found


def _counted_example(corpus: PlacedCorpus, place: Place, tags: Mapping[str, int]) -> Example:
    example = corpus.example(place)
    usual_first = sorted(tags, key=lambda tag: (-tags[tag], tag))
    counts = ", ".join(f"{visible(tag)} {tags[tag]:,}" for tag in usual_first[:4])
    return replace(example, text=f"{example.text}  ({counts})")
