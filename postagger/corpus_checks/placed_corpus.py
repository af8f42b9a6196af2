"""PlacedCorpus: tagged sentences that know where they stand."""

import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from postagger.corpus_checks.finding import Example
from postagger.corpus_checks.token_lines import token_lines
from postagger.data_prep.corpus import NAMED_CORPORA, load_corpus
from postagger.data_prep.formats import FileFormat
from postagger.data_prep.sentence import Sentence
from postagger.evaluation.quotes import Quoting, shortened

Place = tuple[str, int, int]
"""A part, the number of a sentence in it, and that of a token, from 0."""
WHOLE = "all"
_QUOTING = Quoting(3)
_SHOWN_BY_NUMBER = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


@dataclass(frozen=True)
class Part:
    """Some sentences, the files they are from, if any, and how many sentences of these stand before them."""

    sentences: Sequence[Sentence]
    files: Sequence[Path] = ()
    start: int = 0


@dataclass(frozen=True)
class PlacedCorpus:
    """A corpus in parts: "train", "dev" and "test", or one called "all" where it is not split."""

    name: str
    parts: Mapping[str, Part]
    file_format: FileFormat = FileFormat()
    keep_traces: bool = False
    _lines: dict[Path, list[Sequence[int]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def read(
        cls,
        sources: Sequence[str],
        *,
        dev: str | float | None = None,
        test: str | float | None = None,
        file_format: FileFormat | None = None,
        keep_traces: bool = False,
    ) -> "PlacedCorpus":
        """Read a named corpus, or files. dev, test: as load_corpus has them, but files without them are not split.

        Raises:
            CorpusError: a source is missing, empty or malformed, or cannot be split as asked.
        """
        file_format = file_format or FileFormat()
        is_named = len(sources) == 1 and sources[0] in NAMED_CORPORA
        test = test if is_named else test or 0.0
        corpus = load_corpus(sources, dev=dev, test=test, file_format=file_format, keep_traces=keep_traces)
        # Lines are looked up in the files, if these can be read again; a pipe would be waited for without end.
        read_from = () if is_named else tuple(map(Path, sources))
        files = read_from if all(path.is_file() for path in read_from) else ()
        parts = {"train": Part(corpus.train, files)}
        before = len(corpus.train)
        for name, asked, sentences in (("dev", dev, corpus.dev), ("test", test, corpus.test)):
            if isinstance(asked, str):
                parts[name] = Part(sentences, (Path(asked),) if Path(asked).is_file() else ())
            elif sentences:
                parts[name] = Part(sentences, files, before)
                before += len(sentences)
        if len(parts) == 1:
            parts = {WHOLE: parts["train"]}
        return cls(corpus.name, parts, file_format, keep_traces)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of all parts."""
        return [sentence for part in self.parts.values() for sentence in part.sentences]

    @cached_property
    def files(self) -> list[Path]:
        """All files, each once."""
        return list(dict.fromkeys(path for part in self.parts.values() for path in part.files))

    def places(self, tokens: Container[str] | None = None, tags: Container[str] | None = None) -> Iterator[Place]:
        """Where such tokens or such tags stand, in order; None stands for any."""
        for part, number, sentence in self.numbered():
            for place, (token, tag) in enumerate(zip(sentence.tokens, sentence.tags, strict=True)):
                if (tokens is None or token in tokens) and (tags is None or tag in tags):
                    yield part, number, place

    def numbered(self) -> Iterator[tuple[str, int, Sentence]]:
        """Every sentence with its part and its number there, from 0."""
        for name, part in self.parts.items():
            for number, sentence in enumerate(part.sentences):
                yield name, number, sentence

    def at(self, place: Place) -> tuple[str, str]:
        """The token and the tag that stand there."""
        part, number, token = place
        sentence = self.parts[part].sentences[number]
        return sentence.tokens[token], sentence.tags[token]

    def where(self, part: str, number: int, token: int = 0) -> str:
        """A place in words: file and line, or part and sentence, from 1."""
        source = self.parts[part]
        number_in_files = source.start + number
        for path in source.files:
            lines = self._lines_of(path)
            if number_in_files < len(lines):
                return f"{self.short_name(path)}:{lines[number_in_files][token]}"
            number_in_files -= len(lines)
        return f"{'' if part == WHOLE else part + ', '}sentence {number + 1}"

    def short_name(self, path: Path) -> str:
        """The last part of a path, unless two files share it."""
        return path.name if Counter(one.name for one in self.files)[path.name] == 1 else str(path)

    def example(self, place: Place) -> Example:
        """A token with its tag, between its neighbours."""
        part, number, token = place
        before, after = _QUOTING.around(self.parts[part].sentences[number].tokens, token)
        word, tag = self.at(place)
        text = f"{before} {shortened(word)}/{shortened(tag)} {after}".strip(" ")
        return Example(self.where(*place), visible(text))

    def sentence_example(self, part: str, number: int) -> Example:
        """The beginning of a sentence."""
        tokens = self.parts[part].sentences[number].tokens
        _, after = Quoting(7).around(["", *tokens], 0)
        return Example(self.where(part, number), visible(after))

    def _lines_of(self, path: Path) -> list[Sequence[int]]:
        if path not in self._lines:
            self._lines[path] = token_lines(path, self.file_format, keep_traces=self.keep_traces)
        return self._lines[path]


def visible(text: str) -> str:
    r"""A text in which characters that cannot be seen stand by their number.

    >>> visible("no\xa0break")
    'no<U+00A0>break'
    """
    return "".join(
        f"<U+{ord(one):04X}>" if one != " " and unicodedata.category(one) in _SHOWN_BY_NUMBER else one for one in text
    )
