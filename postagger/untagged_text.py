"""What is to be tagged: raw text, tokens or CoNLL-U, read as it comes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from postagger.arrivals import Tell, arriving_lines
from postagger.data_prep.formats import ConlluSentence, read_conllu, split_blanks
from postagger.data_prep.tokenization import TextToken, tokenize
from postagger.errors import CorpusError

_LONGEST_PARAGRAPH = 100_000
_LINE_ENDS = "\r\n"


@dataclass(frozen=True, slots=True)
class UntaggedSentence:
    """tokens: as they were written. lookups: as the treebank would write them.

    starts, ends: the place of each token in its file, in characters, for raw text. conllu: the sentence as it was read.
    line: the number of its line, from 1, where lines stand by themselves; ends_line: no more sentence is on this one.
    """

    tokens: list[str]
    lookups: list[str]
    starts: list[int] | None = None
    ends: list[int] | None = None
    conllu: ConlluSentence | None = None
    line: int | None = None
    ends_line: bool = True


def untagged_sentence(
    tokens: list[TextToken], start: int = 0, line: int | None = None, *, ends_line: bool = True
) -> UntaggedSentence:
    """A sentence of a text that begins at this place of its file; line, ends_line: see above."""
    return UntaggedSentence(
        [token.text for token in tokens],
        [token.lookup for token in tokens],
        [start + token.start for token in tokens],
        [start + token.end for token in tokens],
        line=line,
        ends_line=ends_line,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A line, or lines up to a blank one: what can be cut into sentences by itself.

    number: of its first line, from 1. start: the place of its first character in the file.
    """

    path: Path | None
    number: int
    start: int
    text: str


_Sentences = Iterable[UntaggedSentence]


def read_untagged(kind: str, path: Path | None, tell: Tell | None = None) -> Iterator[UntaggedSentence | None]:
    """The sentences of a file, and None where more of it must be waited for; the path None is standard input.

    kind: one of INPUTS. tell: is told how many bytes have been read since it was told last.

    Raises:
        CorpusError: the file cannot be read, is not UTF-8, or is no CoNLL-U; names the line.
    """
    cut, sentences_of = INPUTS[kind]
    for stretch in cut(path, arriving_lines(path, tell)):
        if stretch is None:
            yield None
        else:
            yield from sentences_of(stretch)


def _lines(path: Path | None, lines: Iterable[tuple[int, str]]) -> Iterator[_Stretch | None]:
    """Each line; None where more must be waited for."""
    start = 0
    for number, line in lines:
        yield _Stretch(path, number, start, line) if line else None
        start += len(line)


def _blocks(path: Path | None, lines: Iterable[tuple[int, str]], longest: float) -> Iterator[_Stretch | None]:
    """Lines up to a blank one, or until they are longer than this; None where more must be waited for."""
    held: list[str] = []
    first, start, end = 1, 0, 0
    for number, line in lines:
        if not line:
            yield None
            continue
        held.append(line)
        end += len(line)
        if line.isspace() or end - start > longest:
            yield _Stretch(path, first, start, "".join(held))
            first, start = number + 1, end
            held.clear()
    if held:
        yield _Stretch(path, first, start, "".join(held))


def _paragraphs(path: Path | None, lines: Iterable[tuple[int, str]]) -> Iterator[_Stretch | None]:
    """As blocks, of a bounded length, so that any file passes in constant memory."""
    return _blocks(path, lines, _LONGEST_PARAGRAPH)


def _conllu_blocks(path: Path | None, lines: Iterable[tuple[int, str]]) -> Iterator[_Stretch | None]:
    return _blocks(path, lines, float("inf"))


def _sentences_of_text(stretch: _Stretch) -> _Sentences:
    """A blank line ends a sentence."""
    for tokens in tokenize(stretch.text):
        yield untagged_sentence(tokens, stretch.start)


def _sentences_of_line(stretch: _Stretch) -> _Sentences:
    """The end of the line ends a sentence; a line without one is the empty sentence."""
    found = tokenize(stretch.text) or [[]]
    for tokens in found:
        yield untagged_sentence(tokens, stretch.start, stretch.number, ends_line=tokens is found[-1])


def _tokens_of_line(stretch: _Stretch) -> _Sentences:
    """Tokens between spaces; an empty line is the empty sentence."""
    tokens = split_blanks(stretch.text.rstrip(_LINE_ENDS))
    return (UntaggedSentence(tokens, tokens),)


def _sentences_of_conllu(stretch: _Stretch) -> _Sentences:
    """With all they came with."""
    lines = (line.rstrip(_LINE_ENDS) for line in stretch.text.split("\n"))
    try:
        for sentence in read_conllu(stretch.path, enumerate(lines, start=stretch.number)):
            sentence.line = stretch.number
            yield UntaggedSentence(sentence.tokens, sentence.tokens, conllu=sentence)
    except CorpusError as error:  # --format is about corpora
        raise CorpusError(str(error).replace(" --format", " --input")) from None


_Cut = Callable[[Path | None, Iterable[tuple[int, str]]], Iterator[_Stretch | None]]

INPUTS: dict[str, tuple[_Cut, Callable[[_Stretch], _Sentences]]] = {
    "text": (_paragraphs, _sentences_of_text),
    "lines": (_lines, _sentences_of_line),
    "tokens": (_lines, _tokens_of_line),
    "conllu": (_conllu_blocks, _sentences_of_conllu),
}
"""What there is to be tagged, by name: how lines are put together, and what sentences are in that."""
