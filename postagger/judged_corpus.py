"""What a tagger is judged on: which sentences, read how, and what else their corpus has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postagger.data_prep.corpus import NAMED_CORPORA, Corpus, load_corpus, read_corpus_files
from postagger.data_prep.fingerprint import sha256_of
from postagger.data_prep.formats import FileFormat, FormatName, TagField
from postagger.data_prep.sentence import Sentence
from postagger.errors import ConfigError


@dataclass(frozen=True)
class Reading:
    """How a corpus is read; what is None is as it was in training."""

    format: FormatName | None = None
    tag_field: TagField | None = None
    token_column: int | None = None
    tag_column: int | None = None
    keep_traces: bool | None = None

    def file_format(self, trained_on: Mapping[str, Any]) -> FileFormat:
        """How files are read. trained_on: what the model's config.json tells of its corpus."""
        return FileFormat(
            self.format,
            self.tag_field or trained_on.get("tag_field", "xpos"),
            self.token_column or trained_on.get("token_column", 1),
            self.tag_column or trained_on.get("tag_column", 2),
        )


@dataclass(frozen=True)
class JudgedCorpus:
    """The sentences that are judged, and how they were read.

    corpus: all of it, split; None where files are judged as a whole. files: those of the sentences, if they are from
    files and whole.
    """

    name: str
    split: str
    sentences: Sequence[Sentence]
    file_format: FileFormat
    corpus: Corpus | None = None
    files: Sequence[Path] = ()

    @classmethod
    def read(
        cls, sources: Sequence[str], split: str | None, reading: Reading, trained_on: Mapping[str, Any]
    ) -> "JudgedCorpus":
        """Read a named corpus, or files. split: its part; None is test of a named corpus, all of files.

        Raises:
            CorpusError: a source is missing, empty or malformed.
        """
        file_format = reading.file_format(trained_on)
        keep_traces = bool(trained_on.get("keep_traces")) if reading.keep_traces is None else reading.keep_traces
        name = "+".join(Path(source).name for source in sources)
        if split in (None, "all") and name not in NAMED_CORPORA:
            sentences = read_corpus_files(sources, file_format, keep_traces=keep_traces)
            return cls(name, "all", sentences, file_format, files=[Path(source) for source in sources])
        same = trained_on.get("name") == name
        corpus = load_corpus(
            sources,
            dev=trained_on.get("dev") if same else None,
            test=trained_on.get("test") if same else None,
            file_format=file_format,
            keep_traces=keep_traces,
        )
        split = split or "test"
        return cls(name, split, corpus.part(split), file_format, corpus)

    def is_of(self, sha256: str | None) -> bool:
        """Whether the corpus is the one with this fingerprint."""
        return sha256 == (sha256_of(self.sentences) if self.corpus is None else self.corpus.sha256)

    def taught(self, sha256: str | None) -> Sequence[Sentence]:
        """The training sentences of the corpus with this fingerprint, if it is this one and they are not judged."""
        if self.corpus is None or self.split in ("train", "all") or not self.is_of(sha256):
            return ()
        return self.corpus.train

    def with_training_part(self) -> Corpus:
        """The corpus, its test part being what is judged.

        Raises:
            ConfigError: there is no part to train on beside it.
        """
        if self.corpus is None or self.split != "test":
            raise ConfigError(
                f"--seeds and --learning-curve: expected a corpus with a part to train on and another to judge, got "
                f"{self.split} of {self.name}; choose with --split test"
            )
        return Corpus.from_parts(self.corpus.name, self.corpus.train, self.corpus.dev, self.sentences)

    def whole(self) -> Corpus:
        """All sentences of the corpus."""
        return self.corpus or Corpus.from_parts(self.name, self.sentences, (), ())
