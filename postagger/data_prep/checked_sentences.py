"""Text of a corpus file that has been read once and found in order -> its sentences, several times as fast."""

import re
from collections.abc import Callable, Sequence

from postagger.data_prep.formats import DOCUMENT_START, FileFormat, FormatName, split_blanks
from postagger.data_prep.sentence import Sentence

# Of each line that begins with a number the second field, and the one that holds the tag. It takes all of the line, as
# else the next one would be looked for at each of its letters.
_WORDS = {
    column: re.compile(r"^[0-9]+\t([^\t]*)\t" + r"[^\t]*\t" * (column - 2) + r"([^\t]*).*", re.MULTILINE)
    for column in (3, 4)
}


def checked_sentences(text: str, name: FormatName, file_format: FileFormat) -> list[Sentence] | None:
    r"""The sentences that read_sentences would give of a text of whole sentences, in which nothing is wrong.

    None where lines end or sentences are parted in a way that is rarely seen, which read_sentences has to read.

    >>> checked_sentences("the\tDT\ndog\tNN\n\n", "columns", FileFormat())
    [Sentence(tokens=('the', 'dog'), tags=('DT', 'NN'))]
    """
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        return None
    if name == "tagged":
        return [_slashed(items) for items in map(split_blanks, text.split("\n")) if items]
    has_blank_lines = text.startswith((" ", "\t")) or "\n " in text or "\n\t" in text
    if has_blank_lines or (name == "columns" and DOCUMENT_START in text):
        return None
    readers: dict[FormatName, Callable[[str, FileFormat], Sentence | None]] = {"conllu": _conllu, "columns": _columns}
    read = readers[name]
    paragraphs = (paragraph.strip("\n") for paragraph in text.split("\n\n"))
    sentences = (read(paragraph, file_format) for paragraph in paragraphs if paragraph)
    return [sentence for sentence in sentences if sentence is not None]


def _slashed(items: Sequence[str]) -> Sentence:
    tokens, _, tags = zip(*[item.rpartition("/") for item in items], strict=True)
    return Sentence(tokens, tags)


def _conllu(paragraph: str, file_format: FileFormat) -> Sentence | None:
    words = _WORDS[file_format.conllu_column].findall(paragraph)
    return Sentence(*zip(*words, strict=True)) if words else None  # comments alone, or lines of ranges


def _columns(paragraph: str, file_format: FileFormat) -> Sentence:
    token, tag = file_format.token_column - 1, file_format.tag_column - 1
    lines = paragraph.split("\n")
    rows = [line.split("\t") for line in lines] if "\t" in paragraph else list(map(split_blanks, lines))
    return Sentence(tuple([row[token] for row in rows]), tuple([row[tag] for row in rows]))
