"""From a doc of spaCy's to sentences as a tagger wants them."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from postagger.data_prep.tokenization import TextToken, tokenize


@dataclass(frozen=True, slots=True)
class DocSentence:
    """places: the numbers of its tokens in the doc. tokens: as they are written. lookups: as the treebank has them."""

    places: list[int]
    tokens: list[str]
    lookups: list[str]


def sentences_of(doc: Any) -> list[DocSentence]:
    """The sentences of a doc, without tokens of white space, which no tagger has ever seen.

    Where the doc has boundaries, they count; else those that we would find in its text.
    """
    ours = tokenize(doc.text)
    lookups = {token.start: token for sentence in ours for token in sentence if token.lookup != token.text}
    groups = doc.sents if doc.has_annotation("SENT_START") else _by_text(doc, ours)
    sentences = (_sentence(group, lookups) for group in groups)
    return [sentence for sentence in sentences if sentence.places]


def _by_text(doc: Any, ours: list[list[TextToken]]) -> Iterable[list[Any]]:
    """The tokens of each sentence of the text; one that reaches over an end belongs to where it begins."""
    starts = [sentence[0].start for sentence in ours]
    for _, tokens in groupby(doc, key=lambda token: bisect_right(starts, token.idx)):
        yield list(tokens)


def _sentence(tokens: Iterable[Any], lookups: dict[int, TextToken]) -> DocSentence:
    sentence = DocSentence([], [], [])
    for token in tokens:
        if token.is_space:
            continue
        ours = lookups.get(token.idx)
        sentence.places.append(token.i)
        sentence.tokens.append(token.text)
        sentence.lookups.append(ours.lookup if ours is not None and ours.text == token.text else token.text)
    return sentence
