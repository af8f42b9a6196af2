"""Files of tagged sentences, read as a stream: CoNLL-U, word/TAG lines, one token and tag per line.

Every error names the file and the line. Nothing is guessed: a broken row is refused, never repaired.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from postagger.data_prep.quoting import has_controls, quoted
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.text_lines import Lines, read_lines
from postagger.errors import CorpusError

FormatName = Literal["conllu", "tagged", "columns"]
TagField = Literal["xpos", "upos"]
_SUFFIXES: dict[str, FormatName] = {
    ".conllu": "conllu",
    ".tagged": "tagged",
    ".pos": "tagged",
    ".conll": "columns",
    ".tsv": "columns",
    ".iob": "columns",
    ".bio": "columns",
}
_CONLLU_FIELDS = 10
_BLANKS = " \t"
_MOST_DIGITS = 18  # of the number of a word
DOCUMENT_START = "-DOCSTART-"


@dataclass(frozen=True)
class FileFormat:
    """How a corpus file is read.

    name: "conllu", "tagged" (word/TAG word/TAG ..., a sentence a line), "columns" (a token a line, a blank line
    between sentences), or None to tell it from the end of the file name.
    tag_field: which CoNLL-U field holds the tag. token_column, tag_column: numbers of the columns, from 1.
    """

    name: FormatName | None = None
    tag_field: TagField = "xpos"
    token_column: int = 1
    tag_column: int = 2

    def __post_init__(self) -> None:
        if min(self.token_column, self.tag_column) < 1:
            raise CorpusError(
                f"expected columns numbered from 1, got {self.token_column} for the token and {self.tag_column} for "
                f"the tag; choose with --token-column and --tag-column"
            )

    @property
    def conllu_column(self) -> int:
        """Which of the ten fields of CoNLL-U holds the tag, from 0."""
        return {"upos": 3, "xpos": 4}[self.tag_field]


@dataclass
class ConlluSentence:
    """One CoNLL-U sentence with all it came with, so that it can be written again with other tags.

    rows: the ten fields of every line, multiword ranges and empty nodes included.
    """

    line: int
    comments: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def words(self) -> list[list[str]]:
        """The rows of the syntactic words: what a tagger sees. Ranges (1-2) and empty nodes (8.1) are left out."""
        return [row for row in self.rows if _is_number(row[0])]

    @property
    def tokens(self) -> list[str]:
        """The form of each syntactic word."""
        return [row[1] for row in self.words]


def read_sentences(path: Path, file_format: FileFormat, lines: Lines | None = None) -> Iterator[Sentence]:
    """The tagged sentences of a file, one after the other. lines: those that are wanted, if not all.

    Raises:
        CorpusError: the file cannot be read, is not UTF-8, or breaks its format; names the file and the line.
    """
    readers: dict[FormatName, Callable[[Path, FileFormat, Lines], Iterator[Sentence]]] = {
        "conllu": _read_tagged_conllu,
        "tagged": _read_slashed,
        "columns": _read_columns,
    }
    return readers[file_format.name or format_of(path)](path, file_format, read_lines(path) if lines is None else lines)


def format_of(path: Path) -> FormatName:
    """The format that the end of a file name stands for.

    Raises:
        CorpusError: it stands for none.
    """
    known = _SUFFIXES.get(path.suffix.lower())
    if known is None:
        endings = " ".join(_SUFFIXES)
        formats = " | ".join(get_args(FormatName))
        raise CorpusError(
            f"{path}: expected a file name that ends in one of {endings}, got {path.suffix or 'no ending'!r}; "
            f"rename it or name the format with --format {formats}"
        )
    return known


def read_conllu(path: Path | None, lines: Lines | None = None) -> Iterator[ConlluSentence]:
    """The sentences of a CoNLL-U file, whole (https://universaldependencies.org/format.html).

    lines: those of the file that are wanted, if not all.

    Raises:
        CorpusError: as read_lines, or a row that breaks the format.
    """
    sentence, num_words = ConlluSentence(1), 0
    for number, line in read_lines(path) if lines is None else lines:
        if not line.strip(_BLANKS):
            if sentence.rows:
                yield sentence
            sentence, num_words = ConlluSentence(number + 1), 0
        elif line.startswith("#") and not sentence.rows:
            sentence.comments.append(line)
        else:
            row = _conllu_row(path, number, line, num_words)
            num_words += _is_number(row[0])
            sentence.rows.append(row)
    if sentence.rows:
        yield sentence


def _conllu_row(path: Path | None, number: int, line: str, words_before: int) -> list[str]:
    path = path or Path("standard input")
    row = line.split("\t")
    if len(row) != _CONLLU_FIELDS or "" in row:
        raise CorpusError(
            f"{path}, line {number}: expected {_CONLLU_FIELDS} fields separated by single tabs, got {_seen(row, line)}"
            f"; mend the line, or name another format with --format"
        )
    if _is_number(row[0]):
        if int(row[0]) != words_before + 1:
            raise CorpusError(
                f"{path}, line {number}: expected the word number {words_before + 1}, got {row[0]}; "
                f"words are numbered from 1 in each sentence, with a blank line after it"
            )
    elif not _is_range_or_empty_node(row[0]):
        raise CorpusError(
            f"{path}, line {number}: expected a number (3), a range (3-4) or an empty node (3.1) in the first field, "
            f"got {quoted(row[0])}"
        )
    return row


def _seen(row: list[str], line: str) -> str:
    if len(row) == 1:
        return f"no tab in {quoted(line)}"
    return "an empty field" if len(row) == _CONLLU_FIELDS else f"{len(row)} fields"


def _is_range_or_empty_node(number: str) -> bool:
    for separator in "-.":
        first, found, second = number.partition(separator)
        if found and _is_number(first) and _is_number(second):
            return separator == "." or int(first) < int(second)
    return False


def _read_tagged_conllu(path: Path, file_format: FileFormat, lines: Lines) -> Iterator[Sentence]:
    column = file_format.conllu_column
    for sentence in read_conllu(path, lines):
        tags = [row[column] for row in sentence.words]
        if "_" in tags:
            word = sentence.words[tags.index("_")]
            other = "upos" if file_format.tag_field == "xpos" else "xpos"
            raise CorpusError(
                f"{path}, sentence at line {sentence.line}: expected a tag in {file_format.tag_field.upper()} for the "
                f"word {word[0]} {quoted(word[1])}, got none (_); tag it, or use --tag-field {other}"
            )
        for number, row in enumerate(sentence.rows, sentence.line + len(sentence.comments)):
            if _is_number(row[0]):
                _check_tag(path, number, row[column])
        if tags:
            yield Sentence(tuple(sentence.tokens), tuple(tags))


def _read_slashed(path: Path, _: FileFormat, lines: Lines) -> Iterator[Sentence]:
    for number, line in lines:
        pairs = [_slashed_pair(path, number, item) for item in split_blanks(line)]
        if pairs:
            yield Sentence.from_pairs(pairs)


def _slashed_pair(path: Path, number: int, item: str) -> tuple[str, str]:
    token, slash, tag = item.rpartition("/")
    if not (slash and token and tag):
        raise CorpusError(
            f"{path}, line {number}: expected word/TAG, got {quoted(item)}; give every word a tag after its last slash"
        )
    _check_tag(path, number, tag)
    return token, tag


def _read_columns(path: Path, file_format: FileFormat, lines: Lines) -> Iterator[Sentence]:
    pairs: list[tuple[str, str]] = []
    separator: str | None = None
    for number, line in lines:
        if not line.strip(_BLANKS) or _starts_document(line):
            if pairs:
                yield Sentence.from_pairs(pairs)
            pairs = []
            continue
        if separator is None:
            separator = "\t" if "\t" in line else " "
        pairs.append(_column_pair(path, number, line, separator, file_format))
    if pairs:
        yield Sentence.from_pairs(pairs)


def _starts_document(line: str) -> bool:
    return line.startswith(DOCUMENT_START) and split_blanks(line)[0] == DOCUMENT_START


def _column_pair(path: Path, number: int, line: str, separator: str, file_format: FileFormat) -> tuple[str, str]:
    other = " " if separator == "\t" else "\t"
    if other in line:
        names = {"\t": "tabs", " ": "spaces"}
        raise CorpusError(
            f"{path}, line {number}: expected columns separated by {names[separator]} as on the lines before, "
            f"got {names[other]} in {quoted(line)}; use one separator in the whole file"
        )
    columns = line.split("\t") if separator == "\t" else split_blanks(line)
    wanted = max(file_format.token_column, file_format.tag_column)
    if len(columns) < wanted:
        raise CorpusError(
            f"{path}, line {number}: expected at least {wanted} columns, got {len(columns)} in {quoted(line)}; "
            f"mend the line, or choose others with --token-column and --tag-column"
        )
    token, tag = columns[file_format.token_column - 1], columns[file_format.tag_column - 1]
    if not token or not tag:
        raise CorpusError(f"{path}, line {number}: expected a token and a tag, got an empty column; fill it")
    _check_tag(path, number, tag)
    return token, tag


def _check_tag(path: Path, number: int, tag: str) -> None:
    """Refuse what no model is allowed to have as a tag."""
    if has_controls(tag):
        raise CorpusError(
            f"{path}, line {number}: expected a tag that can be printed, got {quoted(tag)}; take the control "
            f"characters out"
        )


def split_blanks(line: str) -> list[str]:
    """The items of a line between spaces and tabs; other white space, such as U+00A0, may stand inside a token."""
    return [item for item in line.replace("\t", " ").split(" ") if item]


def _is_number(text: str) -> bool:
    return len(text) <= _MOST_DIGITS and text.isascii() and text.isdecimal()
