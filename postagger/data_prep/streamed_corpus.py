"""StreamedCorpus: a corpus whose train part is larger than memory may be."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postagger.data_prep.corpus import exists, is_named, read_corpus_files
from postagger.data_prep.fingerprint import hashed_bytes
from postagger.data_prep.formats import FileFormat, format_of
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_stream import SentenceStream
from postagger.data_prep.tag_counts import TagCounts
from postagger.errors import CorpusError

MOST_PAIRS = 1_000_000
"""Of words and tags that are counted exactly; a few hundred megabytes."""
BEGINNING = 10_000
"""Sentences of the train part that are looked at where all of them are in memory else."""
_LONGEST_NAME = 100


@dataclass(frozen=True)
class StreamedCorpus:
    """A corpus in three parts, as Corpus has them. counts: of the train part. shuffle_buffer: sentences of a block."""

    name: str
    train: SentenceStream
    dev: tuple[Sentence, ...]
    test: tuple[Sentence, ...]
    sha256: str
    counts: TagCounts
    shuffle_buffer: int

    def part(self, split: str) -> tuple[Sentence, ...]:
        """The sentences of "dev" or "test", or those at the beginning of "train"."""
        return self.train.beginning(BEGINNING) if split == "train" else {"dev": self.dev, "test": self.test}[split]

    @property
    def settings(self) -> dict[str, Any]:
        """Of the reading, those on which the order of the training sentences depends."""
        return {"stream": True, "shuffle_buffer": self.shuffle_buffer}

    @property
    def sizes(self) -> dict[str, int]:
        """The number of sentences of each part."""
        return {"train": len(self.train), "dev": len(self.dev), "test": len(self.test)}


def stream_corpus(
    sources: Sequence[str],
    *,
    dev: str | float | None = None,
    test: str | float | None = None,
    file_format: FileFormat | None = None,
    keep_traces: bool = False,
    shuffle_buffer: int,
    tell: Callable[[int], object] = lambda _: None,
) -> StreamedCorpus:
    """Count what is in files, and keep dev and test in memory. tell: told of the bytes of train that were read.

    dev, test: files, or None or 0 for none.

    Raises:
        CorpusError: a source is missing, empty or malformed; names the file and the line. Or it is no file.
    """
    file_format = file_format or FileFormat()
    paths = _paths(sources, file_format)
    dev_part, test_part = (
        _read_part(flag, source, file_format, keep_traces) for flag, source in (("--dev", dev), ("--test", test))
    )
    counts, digest = TagCounts(MOST_PAIRS), hashlib.sha256()

    def see(sentences: Sequence[Sentence]) -> None:
        counts.add(sentences)
        digest.update(b"".join(map(hashed_bytes, sentences)))

    train = SentenceStream.of_files(
        paths, file_format, keep_traces=keep_traces, block_size=shuffle_buffer, see=see, tell=tell
    )
    name = _name(paths)
    if not train.blocks:
        raise CorpusError(f"{name}: expected sentences to train on, got none; give more text")
    for sentence in itertools.chain(dev_part, test_part):
        digest.update(hashed_bytes(sentence))
    return StreamedCorpus(name, train, dev_part, test_part, digest.hexdigest(), counts, shuffle_buffer)


def _paths(sources: Sequence[str], file_format: FileFormat) -> list[Path]:
    """The files, of which hours later none shall turn out to be no file."""
    if not sources:
        raise CorpusError("--stream: expected files to train on, got none; name them with --corpus")
    paths = []
    for source in sources:
        path = Path(source)
        if is_named(source):
            raise CorpusError(f"--stream: expected files, got the named corpus {source}; leave --stream out")
        if not exists(path):
            raise CorpusError(f"{source}: expected a corpus file, got no such file; check the path")
        if path.is_fifo() or path.is_char_device() or path.is_socket():
            raise CorpusError(
                f"{source}: expected a file that can be read again, got none; save it, or leave --stream out"
            )
        if file_format.name is None:
            format_of(path)
        paths.append(path)
    return paths


def _read_part(
    flag: str, source: str | float | None, file_format: FileFormat, keep_traces: bool
) -> tuple[Sentence, ...]:
    if not source:
        return ()
    if not isinstance(source, str):
        raise CorpusError(
            f"{flag}: expected a file beside --stream, got {source}; put a part of the sentences into a file of its own"
        )
    return tuple(read_corpus_files([source], file_format, keep_traces=keep_traces))


def _name(paths: Sequence[Path]) -> str:
    """All names, or the first and how many there are beside it."""
    name = "+".join(path.name for path in paths)
    return name if len(name) <= _LONGEST_NAME else f"{paths[0].name}+{len(paths) - 1}-more"
