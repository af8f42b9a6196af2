"""Corpora: the named ones, files, and how each is split into train, dev and test."""

import contextlib
import io
import itertools
import re
import socket
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from postagger.data_prep.fingerprint import sha256_of
from postagger.data_prep.formats import FileFormat, read_sentences
from postagger.data_prep.quoting import has_controls, quoted
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError, MissingCorpusError

TRACE_TAG = "-NONE-"
TREEBANK_TRAIN_SENTENCES = 3000
DEFAULT_TEST_FRACTION = 0.1
_DOWNLOAD_TIMEOUT_SECONDS = 20
_TREE_START = re.compile(r"^(?=\()", re.MULTILINE)
_LEAF = re.compile(r"\(([^\s()]+)\s+([^\s()]+)\)")

Item = TypeVar("Item")
Parts = tuple[list[Sentence], list[Sentence], list[Sentence]]
# What is trained on and, for a corpus with a published split, what is tested on.
_TrainAndTest = tuple[Iterator[Sentence], Iterator[Sentence] | None]


@dataclass(frozen=True)
class Corpus:
    """A corpus in three parts: train teaches, dev chooses, test only reports.

    sha256: of all three in this order, each token as "token TAB tag NEWLINE", a further NEWLINE after each sentence.
    """

    name: str
    train: tuple[Sentence, ...]
    dev: tuple[Sentence, ...]
    test: tuple[Sentence, ...]
    sha256: str

    @classmethod
    def from_parts(
        cls, name: str, train: Sequence[Sentence], dev: Sequence[Sentence], test: Sequence[Sentence]
    ) -> "Corpus":
        """A corpus of sentences that are at hand already.

        Raises:
            CorpusError: there is nothing to train on, or a tag has control characters.
        """
        if not train:
            raise CorpusError(f"{name}: expected sentences to train on, got none; give more text")
        for tag in {tag for sentence in train for tag in sentence.tags}:
            if has_controls(tag):
                raise CorpusError(f"{name}: expected tags that can be printed, got {quoted(tag)}; rename it")
        digest = sha256_of(itertools.chain(train, dev, test))
        return cls(name, tuple(train), tuple(dev), tuple(test), digest)

    def part(self, split: str) -> tuple[Sentence, ...]:
        """The sentences of "train", "dev", "test", or of "all" three."""
        parts = {"train": self.train, "dev": self.dev, "test": self.test}
        return self.train + self.dev + self.test if split == "all" else parts[split]

    @property
    def settings(self) -> dict[str, Any]:
        """Of the reading, those on which the order of the training sentences depends: none, they are all at hand."""
        return {}

    @property
    def sizes(self) -> dict[str, int]:
        """The number of sentences of each part."""
        return {"train": len(self.train), "dev": len(self.dev), "test": len(self.test)}


def load_corpus(
    sources: Sequence[str],
    *,
    dev: str | float | None = None,
    test: str | float | None = None,
    file_format: FileFormat | None = None,
    keep_traces: bool = False,
) -> Corpus:
    """Read a named corpus, or one or more files, and split it.

    dev, test: a file, or the fraction of the sentences at the end that is set aside (0 for none). Without test: the
    corpus's published test part, and where it has none the last tenth, unless dev is a file. A dev fraction is taken
    from what is left to train on; without dev, all of that is trained on.

    Raises:
        CorpusError: a source is missing, empty or malformed, or cannot be split as asked.
    """
    file_format = file_format or FileFormat()
    name = "+".join(Path(source).name for source in sources)
    if len(sources) == 1 and sources[0] in NAMED_CORPORA:
        parts = _split_named(sources[0], dev, test, file_format)
    else:
        sentences = _read_files(sources, file_format)
        parts = _split(name, sentences, dev, test, file_format)
    train, dev_part, test_part = parts if keep_traces else (list(without_traces(part)) for part in parts)
    return Corpus.from_parts(name, train, dev_part, test_part)


def read_corpus_files(sources: Sequence[str], file_format: FileFormat, *, keep_traces: bool = False) -> list[Sentence]:
    """All sentences of some files, unsplit: what a model is judged on.

    Raises:
        CorpusError: a file is missing, empty or malformed.
    """
    sentences = _read_files(sources, file_format)
    return sentences if keep_traces else list(without_traces(sentences))


def is_named(source: str) -> bool:
    """Whether this is a named corpus, and no file that is called like one."""
    return source in NAMED_CORPORA and not exists(Path(source))


def _read_files(sources: Sequence[str], file_format: FileFormat) -> list[Sentence]:
    for source in sources:
        if is_named(source):
            raise CorpusError(f"expected one named corpus, or files, got {source} among {' '.join(sources)}; name one")
    return [sentence for source in sources for sentence in _read_file(source, file_format)]


def _read_file(source: str, file_format: FileFormat) -> list[Sentence]:
    path = Path(source)
    if not exists(path):
        raise CorpusError(
            f"{source}: expected a corpus file or one of {' '.join(NAMED_CORPORA)}, got no such file; check the path"
        )
    sentences = list(read_sentences(path, file_format))
    if not sentences:
        raise CorpusError(f"{source}: expected tagged sentences, got an empty corpus; check the file")
    return sentences


def exists(path: Path) -> bool:
    """Whether there is such a path; where that cannot be told, the reader will say why."""
    try:
        return path.exists()
    except OSError:
        return True


def _split_named(name: str, dev: str | float | None, test: str | float | None, file_format: FileFormat) -> Parts:
    first, second = NAMED_CORPORA[name]()
    if second is None:
        return _split(name, list(first), dev, test, file_format)
    if test is not None:
        raise CorpusError(f"{name}: expected no --test, because this corpus has a published one; leave it out")
    train, dev_part = _set_aside(name, list(first), dev or 0.0, file_format)
    return train, dev_part, list(second)


def _split(
    name: str, sentences: list[Sentence], dev: str | float | None, test: str | float | None, file_format: FileFormat
) -> Parts:
    if test is None:
        test = 0.0 if isinstance(dev, str) else DEFAULT_TEST_FRACTION
    rest, test_part = _set_aside(name, sentences, test, file_format)
    train, dev_part = _set_aside(name, rest, dev or 0.0, file_format)
    return train, dev_part, test_part


def _set_aside(
    name: str, sentences: list[Sentence], wanted: str | float, file_format: FileFormat
) -> tuple[list[Sentence], list[Sentence]]:
    if isinstance(wanted, str):
        return sentences, _read_file(wanted, file_format)
    if wanted == 0:
        return sentences, []
    if not 0 < wanted < 1:
        raise CorpusError(f"{name}: expected a fraction from 0 to 1 or a file for --dev and --test, got {wanted}")
    count = max(1, round(len(sentences) * wanted))
    if count >= len(sentences):
        raise CorpusError(
            f"{name}: expected enough sentences to set {wanted:.0%} aside, got {len(sentences)}; give more text, "
            f"or --dev 0 --test 0"
        )
    return sentences[:-count], sentences[-count:]


def without_traces(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Drop the treebank's traces, which stand in no raw text, and sentences that hold nothing else."""
    for sentence in sentences:
        if TRACE_TAG in sentence.tags:
            pairs = zip(sentence.tokens, sentence.tags, strict=True)
            sentence = Sentence.from_pairs(pair for pair in pairs if pair[1] != TRACE_TAG)
        if sentence.tokens:
            yield sentence


def _read_treebank() -> _TrainAndTest:
    sentences = read_nltk_corpus("treebank", _treebank_leaves)
    return itertools.islice(sentences, TREEBANK_TRAIN_SENTENCES), sentences


def _read_brown() -> _TrainAndTest:
    return read_nltk_corpus("brown", lambda corpus: map(Sentence.from_pairs, corpus.tagged_sents())), None


def _read_conll2000() -> _TrainAndTest:
    def part(name: str) -> Iterator[Sentence]:
        return read_nltk_corpus("conll2000", lambda corpus: map(Sentence.from_pairs, corpus.tagged_sents(name)))

    return part("train.txt"), part("test.txt")


def _read_sample() -> _TrainAndTest:
    source = resources.files("postagger.data_prep") / "sample_corpus.txt"
    with resources.as_file(source) as path:
        return iter(list(read_sentences(path, FileFormat("tagged")))), None


def _treebank_leaves(corpus: Any) -> Iterator[Sentence]:
    """The leaves of each tree, as NLTK's tagged_sents gives them, in a tenth of its time.

    A tree begins where a line begins with a bracket.
    """
    for name in corpus.fileids():
        for tree in _TREE_START.split(corpus.raw(name)):
            if leaves := _LEAF.findall(tree):
                yield Sentence.from_pairs((word, tag) for tag, word in leaves)


def read_nltk_corpus(name: str, read: Callable[[Any], Iterable[Item]]) -> Iterator[Item]:
    """What is read from an NLTK corpus, one after the other.

    Raises:
        CorpusError: the corpus is missing (MissingCorpusError), or its files are damaged.
    """
    try:
        yield from read(nltk_corpus(name))
    except (OSError, ValueError, LookupError, AssertionError, zipfile.BadZipFile) as error:
        if isinstance(error, CorpusError):
            raise
        raise CorpusError(
            f"{name}: expected the NLTK corpus, got a damaged copy ({type(error).__name__}: {error}); delete it, so "
            f"that it is downloaded again, or set NLTK_DATA to a whole one"
        ) from None


def nltk_corpus(name: str, *, package: str | None = None) -> Any:
    """An NLTK corpus reader, downloaded first if the corpus is missing and there is a network.

    package: what is downloaded, where it is not called like the reader.

    Raises:
        MissingCorpusError: there is none, and no network.
    """
    import nltk
    from nltk import corpus as nltk_corpora

    corpus = getattr(nltk_corpora, name)
    try:
        corpus.ensure_loaded()
    except LookupError:
        with _socket_timeout(_DOWNLOAD_TIMEOUT_SECONDS):
            nltk.download(package or name, quiet=True, print_error_to=io.StringIO())
        try:
            corpus.ensure_loaded()
        except LookupError:
            raise MissingCorpusError(
                f"expected the NLTK corpus {package or name}, got none on this machine and no network to download it "
                f"from; set NLTK_DATA to a folder that holds corpora/{package or name}, or use --corpus sample"
            ) from None
    return corpus


@contextlib.contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    """A network that swallows packets must not hang a download for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


NAMED_CORPORA: dict[str, Callable[[], _TrainAndTest]] = {
    "treebank": _read_treebank,
    "brown": _read_brown,
    "conll2000": _read_conll2000,
    "sample": _read_sample,
}
