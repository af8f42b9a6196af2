"""SentenceStream: the sentences of files, block by block, of which only one is in memory at a time."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from postagger.data_prep.checked_sentences import checked_sentences
from postagger.data_prep.corpus import without_traces
from postagger.data_prep.formats import FileFormat, format_of, read_sentences
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.text_lines import Lines, decode_lines
from postagger.errors import CorpusError


class Stretch(NamedTuple):
    """Whole sentences of one file: so many bytes from a byte on. line: the number of the first one, from 1."""

    path: Path
    start: int
    size: int
    line: int
    crc32: int


class BlockSize(NamedTuple):
    """How many sentences a block has, and the tokens of the shortest and the longest of them."""

    sentences: int
    shortest: int
    longest: int

    @classmethod
    def of(cls, sentences: Sequence[Sentence]) -> "BlockSize":
        """Of a block that is at hand."""
        lengths = list(map(len, sentences))
        return cls(len(lengths), min(lengths), max(lengths))


class Block(NamedTuple):
    """Sentences that follow each other, in one file or several."""

    stretches: tuple[Stretch, ...]
    size: BlockSize


Seen = Callable[[Sequence[Sentence]], None]
"""What wants to see the sentences of each block while they are read for the first time."""


@dataclass(frozen=True)
class SentenceStream:
    """blocks: where they are. Everything else is read again each time, and must be as it was."""

    blocks: Sequence[Block]
    file_format: FileFormat
    keep_traces: bool

    @classmethod
    def of_files(
        cls,
        paths: Sequence[Path],
        file_format: FileFormat,
        *,
        keep_traces: bool,
        block_size: int,
        see: Seen,
        tell: Callable[[int], object] = lambda _: None,
    ) -> "SentenceStream":
        """Read all files once, and cut them into blocks of so many sentences. tell: told of the bytes that were read.

        Raises:
            CorpusError: a file is empty, malformed, or cannot be read; names it and the line.
        """
        stream = cls(blocks := [], file_format, keep_traces)
        for stretches, sentences in stream._cut(paths, block_size):
            see(sentences)
            blocks.append(Block(tuple(stretches), BlockSize.of(sentences)))
            tell(sum(stretch.size for stretch in stretches))
        return stream

    def __len__(self) -> int:
        """The number of sentences."""
        return sum(block.size.sentences for block in self.blocks)

    def read(self, number: int) -> list[Sentence]:
        """The sentences of a block.

        Raises:
            CorpusError: a file is no longer what it was.
        """
        return [one for stretch in self.blocks[number].stretches for one in self._sentences_of(stretch)]

    def beginning(self, count: int) -> tuple[Sentence, ...]:
        """The first so many sentences, or all where there are fewer."""
        sentences: list[Sentence] = []
        for number in range(len(self.blocks)):
            sentences += self.read(number)[: count - len(sentences)]
            if len(sentences) == count:
                break
        return tuple(sentences)

    def _cut(self, paths: Sequence[Path], block_size: int) -> Iterator[tuple[list[Stretch], list[Sentence]]]:
        stretches: list[Stretch] = []
        sentences: list[Sentence] = []
        for path in paths:
            raw_lines, is_empty = _RawLines(path), True
            for sentence in read_sentences(
                path, self.file_format, decode_lines(path, iter(raw_lines), keep_ends=False)
            ):
                is_empty = False
                sentences += [sentence] if self.keep_traces else without_traces([sentence])
                if len(sentences) == block_size:
                    yield [*stretches, raw_lines.taken()], sentences
                    stretches, sentences = [], []
            if is_empty:
                raise CorpusError(f"{path}: expected tagged sentences, got an empty corpus; check the file")
            stretches.append(raw_lines.taken())
        if sentences:
            yield stretches, sentences

    def _sentences_of(self, stretch: Stretch) -> list[Sentence]:
        text = _text_of(stretch)
        name = self.file_format.name or format_of(stretch.path)
        sentences = checked_sentences(text, name, self.file_format)
        if sentences is None:
            lines: Lines = ((number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), stretch.line))
            sentences = list(read_sentences(stretch.path, self.file_format, lines))
        return sentences if self.keep_traces else list(without_traces(sentences))


class _RawLines:
    """The lines of a file, which it keeps until they are taken as a stretch."""

    def __init__(self, path: Path) -> None:
        self._path, self._start, self._line = path, 0, 1
        self._read: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            for raw in file:
                self._read.append(raw)
                yield raw

    def taken(self) -> Stretch:
        """What was read since the last time."""
        content = b"".join(self._read)
        stretch = Stretch(self._path, self._start, len(content), self._line, zlib.crc32(content))
        self._start, self._line = self._start + len(content), self._line + len(self._read)
        self._read.clear()
        return stretch


def _text_of(stretch: Stretch) -> str:
    """The text of a stretch, if it is what it was.

    Raises:
        CorpusError: it is not.
    """
    try:
        with stretch.path.open("rb") as file:
            file.seek(stretch.start)
            content = file.read(stretch.size)
    except OSError as error:
        raise CorpusError(
            f"{stretch.path}: expected the file that was there when the run began, got: {error.strerror}; put it back"
        ) from None
    if zlib.crc32(content) != stretch.crc32:
        raise CorpusError(
            f"{stretch.path}, line {stretch.line}: expected from here on what was there when the run began, got other "
            f"text; leave the files alone during a run"
        )
    text = content.decode("utf-8")
    return text if stretch.start else text.removeprefix("\ufeff")
