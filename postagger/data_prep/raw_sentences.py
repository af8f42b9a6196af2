"""Untagged sentences to learn from: NLTK's corpora by their words alone, text files, folders and archives."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.corpus import Item, read_nltk_corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.text_files import read_text
from postagger.data_prep.tokenization import each_sentence
from postagger.errors import CorpusError, MissingCorpusError

MAX_TOKENS = 100
"""Longer "sentences" are tables and lists; they teach little and cost much."""

_CONTRACTION = re.compile(r"(.+?)(n't|'s|'re|'ve|'ll|'d|'m)", re.IGNORECASE)

RawSentence = tuple[str, ...]


def load_raw_sentences(sources: Sequence[str], *, without: Iterable[Sentence] = ()) -> list[RawSentence]:
    """The sentences of some sources, in order, as tokens.

    sources: names of RAW_CORPORA, text files, folders of these, zip archives. without: sentences that must not be
    learnt from, such as those of a test part: whatever has their letters and digits in their order is left out.

    Raises:
        CorpusError: a source is missing or damaged, or nothing is left.
    """
    strange = {_letters(sentence.tokens) for sentence in without}
    sentences = [
        tokens
        for source in sources
        for tokens in (RAW_CORPORA[source]() if source in RAW_CORPORA else _of_files(source))
        if 0 < len(tokens) <= MAX_TOKENS and _letters(tokens) not in strange
    ]
    if not sentences:
        raise CorpusError(
            f"{' '.join(sources)}: expected raw text, got none that may be used; name more with --raw-text"
        )
    return sentences


def _letters(tokens: Iterable[str]) -> str:
    """What two copies of a sentence have in common, however they were cut into tokens and spelt."""
    return "".join(filter(str.isalnum, "".join(tokens).lower()))


def _of_files(source: str) -> Iterator[RawSentence]:
    if not Path(source).exists() and source != "-":
        raise CorpusError(
            f"--raw-text {source}: expected a text file or one of {' '.join(RAW_CORPORA)}, got no such file; check "
            f"the path"
        )
    return _of_text(read_text([source]).to_str())


def _of_text(text: str) -> Iterator[RawSentence]:
    for sentence in each_sentence(text):
        yield tuple(token.lookup for token in sentence)


def _of_tokens(name: str) -> Iterator[RawSentence]:
    """Brown writes "didn't" where the treebank has two tokens; CoNLL-2000 is cut as the treebank is."""
    for sentence in _read(name, lambda corpus: corpus.sents()):
        yield tuple(itertools.chain.from_iterable(map(_split_contraction, sentence)))


def _split_contraction(token: str) -> Sequence[str]:
    """A token as the treebank cuts it.

    >>> _split_contraction("didn't"), _split_contraction("Fulton's"), _split_contraction("n't")
    (('did', "n't"), ('Fulton', "'s"), ("n't",))
    """
    match = _CONTRACTION.fullmatch(token)
    return match.groups() if match else (token,)


def _of_raw(name: str) -> Iterator[RawSentence]:
    for text in _read(name, lambda corpus: map(corpus.raw, corpus.fileids())):
        yield from _of_text(text)


def _read(name: str, read: Callable[[Any], Iterable[Item]]) -> Iterator[Item]:
    try:
        yield from read_nltk_corpus(name, read)
    except MissingCorpusError:
        raise CorpusError(
            f"--raw-text {name}: expected the NLTK corpus, got none on this machine and no network to download it "
            f"from; set NLTK_DATA to a folder that holds corpora/{name}, or name other text"
        ) from None


RAW_CORPORA: dict[str, Callable[[], Iterator[RawSentence]]] = {
    "brown": lambda: _of_tokens("brown"),
    "conll2000": lambda: _of_tokens("conll2000"),
    "abc": lambda: _of_raw("abc"),
    "state_union": lambda: _of_raw("state_union"),
}
