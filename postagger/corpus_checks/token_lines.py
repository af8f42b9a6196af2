"""The lines of a corpus file on which its tokens stand."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from postagger.data_prep.corpus import TRACE_TAG
from postagger.data_prep.formats import (
    FileFormat,
    FormatName,
    format_of,
    read_conllu,
    read_sentences,
    split_blanks,
)
from postagger.data_prep.text_lines import read_lines


def token_lines(path: Path, file_format: FileFormat, *, keep_traces: bool) -> list[Sequence[int]]:
    """For each sentence that is read from the file, the number of each token's line, from 1.

    Raises:
        CorpusError: the file cannot be read, or breaks its format.
    """
    readers: dict[FormatName, Callable[[Path], Iterator[Sequence[int]]]] = {
        "conllu": _of_conllu,
        "tagged": _of_slashed,
        "columns": _of_columns,
    }
    lines = readers[file_format.name or format_of(path)](path)
    if keep_traces:
        return list(lines)
    # Traces are left out as they are where the corpus is read, and sentences of nothing else with them.
    both = zip(lines, read_sentences(path, file_format), strict=True)
    spoken = (
        [line for line, tag in zip(one, sentence.tags, strict=True) if tag != TRACE_TAG] for one, sentence in both
    )
    return [one for one in spoken if one]


def _of_conllu(path: Path) -> Iterator[Sequence[int]]:
    for sentence in read_conllu(path):
        first = sentence.line + len(sentence.comments)
        numbers = [number for number, row in enumerate(sentence.rows, start=first) if row[0].isdecimal()]
        if numbers:
            yield numbers


def _of_slashed(path: Path) -> Iterator[Sequence[int]]:
    for number, line in read_lines(path):
        if items := split_blanks(line):
            yield [number] * len(items)


def _of_columns(path: Path) -> Iterator[Sequence[int]]:
    numbers: list[int] = []
    for number, line in read_lines(path):
        if split_blanks(line) and not line.startswith("-DOCSTART-"):
            numbers.append(number)
        elif numbers:
            yield numbers
            numbers = []
    if numbers:
        yield numbers
