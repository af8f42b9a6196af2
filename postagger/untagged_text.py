"""What is to be tagged: raw text, tokens or CoNLL-U, read as it comes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from postagger.data_prep.formats import ConlluSentence, read_conllu, read_lines, split_blanks
from postagger.data_prep.tokenization import tokenize

_LONGEST_PARAGRAPH = 100_000


@dataclass(frozen=True, slots=True)
class UntaggedSentence:
    """tokens: as they were written. lookups: as the treebank would write them.

    starts, ends: the place of each token in its file, in characters, for raw text. conllu: the sentence as it was read.
    """

    tokens: list[str]
    lookups: list[str]
    starts: list[int] | None = None
    ends: list[int] | None = None
    conllu: ConlluSentence | None = None


def read_text(path: Path | None) -> Iterator[UntaggedSentence]:
    """The sentences of raw text. A blank line ends a sentence; the path None is standard input."""
    for offset, paragraph in _paragraphs(path):
        for sentence in tokenize(paragraph):
            yield UntaggedSentence(
                [token.text for token in sentence],
                [token.lookup for token in sentence],
                [offset + token.start for token in sentence],
                [offset + token.end for token in sentence],
            )


def read_tokens(path: Path | None) -> Iterator[UntaggedSentence]:
    """One sentence a line, tokens between spaces; an empty line is the empty sentence."""
    for _, line in read_lines(path):
        tokens = split_blanks(line)
        yield UntaggedSentence(tokens, tokens)


def read_conllu_sentences(path: Path | None) -> Iterator[UntaggedSentence]:
    """The sentences of CoNLL-U, with all they came with."""
    for sentence in read_conllu(path):
        yield UntaggedSentence(sentence.tokens, sentence.tokens, conllu=sentence)


def _paragraphs(path: Path | None) -> Iterator[tuple[int, str]]:
    """Stretches of text up to a blank line, each with the place of its first character.

    A stretch of more than 100,000 characters is cut at a line's end, so that any file passes in constant memory.
    """
    start, offset, held = 0, 0, ""
    for _, line in read_lines(path, keep_ends=True):
        offset += len(line)
        held += line
        if not line.strip() or len(held) > _LONGEST_PARAGRAPH:
            yield start, held
            start, held = offset, ""
    yield start, held


READERS: dict[str, Callable[[Path | None], Iterator[UntaggedSentence]]] = {
    "text": read_text,
    "tokens": read_tokens,
    "conllu": read_conllu_sentences,
}
