"""The readers of files: what they accept is compared with what a few lines of other code find in the same bytes."""

import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from postagger.data_prep.corpus import TRACE_TAG, Corpus, load_corpus
from postagger.data_prep.formats import FileFormat, FormatName, TagField, read_conllu, read_sentences
from postagger.data_prep.raw_sentences import MAX_TOKENS, load_raw_sentences
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.tag_mapping import TagMapping
from postagger.data_prep.text_files import read_text
from postagger.data_prep.tokenization import tokenize
from postagger.predictions import read_predictions
from postagger.tag_choice import read_lexicon
from postagger.tagged_output import TaggedSentence, as_conllu
from postagger.untagged_text import UntaggedSentence, read_untagged

from . import valid_files
from .material import arbitrary
from .mutations import mutated
from .target import LINE, Target, check_places, promise, random_of, read_or_refused

_MARK = b"\xef\xbb\xbf"
_TAG_MARKS = re.compile("(Corrected|Confidence|KBest|Check)(=.*)?")
_GOLD = [Sentence(("The", "dog"), ("DT", "NN")), Sentence(("Run", "!"), ("VB", "."))]
_PREDICTIONS = b"The/DT dog/NN\nRun/VB !/.\n"

Pair = tuple[bytes, bytes]
Make = Callable[[Random], bytes]


def reader_targets(folder: Path) -> list[Target]:
    """Those of all readers; files are written to this folder."""
    targets = _Readers(folder)
    return [
        Target("conllu", 7, _spoilt(valid_files.conllu), targets.conllu),
        Target("conllu written again", 5, _spoilt(valid_files.conllu), targets.conllu_again),
        Target("word/TAG", 7, _spoilt(valid_files.slashed), targets.slashed),
        Target("columns", 7, _spoilt(valid_files.columns), targets.columns),
        Target("corpus", 3, _spoilt(valid_files.slashed), targets.corpus),
        Target("predictions", 2, _spoilt(lambda _: _PREDICTIONS), targets.predictions),
        Target("lexicon", 4, _spoilt(valid_files.lexicon), targets.lexicon),
        Target("tag mapping", 4, _spoilt(valid_files.mapping), targets.mapping),
        Target("text files", 4, _spoilt(valid_files.prose), targets.text_files),
        Target("archives", 3, _spoilt(valid_files.archive), targets.archives),
        Target("raw sentences", 3, _spoilt(valid_files.prose), targets.raw_sentences),
        Target("tokens to tag", 5, _spoilt(valid_files.tokens), targets.tokens_to_tag),
        Target("text to tag", 6, _spoilt(valid_files.prose), targets.text_to_tag),
        Target("lines to tag", 5, _spoilt(valid_files.prose), targets.lines_to_tag),
    ]


def _spoilt(make: Make) -> Make:
    """Mostly a valid file with some changes."""
    return lambda random: arbitrary(random) if random.random() < 0.1 else mutated(random, make(random))


class _Readers:
    """The checks; each takes the bytes of a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "input"

    def conllu(self, data: bytes) -> bool:
        """Every row with a number is a word, with its tag."""
        tag_field: TagField = random_of(data).choice(["xpos", "upos"])
        rows = [line.split(b"\t") for line in _lines(data) if re.match(rb"\d+\t", line)]
        column = 4 if tag_field == "xpos" else 3
        return self._tagged("conllu", data, [(row[1], row[column]) for row in rows if len(row) > column], tag_field)

    def slashed(self, data: bytes) -> bool:
        """Whatever stands between blanks is a word and a tag."""
        items = [item for line in _lines(data) for item in _items(line)]
        return self._tagged("tagged", data, [(token, tag) for token, _, tag in (one.rpartition(b"/") for one in items)])

    def columns(self, data: bytes) -> bool:
        """Whatever is not blank is a word and a tag."""
        rows = [re.split(rb"\t|[ ]+", line.strip(b" ")) for line in _lines(data) if line.strip(b" \t")]
        pairs = [(row[0], row[1]) for row in rows if row[0] != b"-DOCSTART-" and len(row) > 1]
        return self._tagged("columns", data, pairs)

    def _tagged(self, name: FormatName, data: bytes, pairs: list[Pair], tag_field: TagField = "xpos") -> bool:
        file_format = FileFormat(name, tag_field)
        found = read_or_refused(self._path, data, lambda path: list(read_sentences(path, file_format)))
        if found is None:
            return False
        promise(all(len(one) for one in found), "an empty sentence")
        read = [pair for one in found for pair in zip(_encoded(one.tokens), _encoded(one.tags), strict=True)]
        promise(read == pairs, f"read {read}, not {pairs}")
        return True

    def corpus(self, data: bytes) -> bool:
        """All but traces is in one of the parts."""
        part = random_of(data).choice([0.0, 0.2])

        def read(path: Path) -> Corpus:
            return load_corpus([str(path)], dev=part, test=part, file_format=FileFormat("tagged"))

        found = read_or_refused(self._path, data, read, place=f"{LINE}|expected (enough )?sentences")
        if found is None:
            return False
        items = [item for line in _lines(data) for item in _items(line)]
        kept = [one.rpartition(b"/")[0] for one in items if not one.endswith(f"/{TRACE_TAG}".encode())]
        promise([token for one in found.part("all") for token in _encoded(one.tokens)] == kept, f"not {kept}")
        return True

    def predictions(self, data: bytes) -> bool:
        """A tag for each token of the sentences that are judged."""

        def read(path: Path) -> list[list[str]]:
            return read_predictions(path, _GOLD, FileFormat("tagged"))

        found = read_or_refused(self._path, data, read, place=rf"{LINE}|sentence \d|expected \d")
        promise(found is None or list(map(len, found)) == [2, 2], f"read {found}")
        return found is not None

    def conllu_again(self, data: bytes) -> bool:
        """What is written of a file says the same when it is read again, but for what MISC had said of the tags."""
        sentences = read_or_refused(self._path, data, lambda path: list(read_untagged("conllu", path)))
        if sentences is None:
            return False
        whole = [one for one in sentences if one is not None]
        numbered = [line for line in _lines(data) if re.match(rb"\d+\t", line)]
        promise(sum(len(one.tokens) for one in whole) == len(numbered), "not as many words as numbered lines")
        before = [one.conllu for one in whole if one.conllu is not None]
        tags = [[row[4] for row in one.words] for one in before]
        written = [
            as_conllu(TaggedSentence(one, own, None, "xpos")) for one, own in zip(whole, tags, strict=True)
        ]  # fmt: skip
        self._path.write_text("".join(written), encoding="utf-8", newline="")
        after = list(read_conllu(self._path))
        promise([one.comments for one in after] == [one.comments for one in before], "other comments")
        for one, again in zip(before, after, strict=True):
            words = {row[0] for row in one.words}
            expected = [[*row[:9], _said_before(row[9]) if row[0] in words else row[9]] for row in one.rows]
            promise(again.rows == expected, f"{again.rows}, not {expected}")
        return True

    def lexicon(self, data: bytes) -> bool:
        """The first of a line is a word, the others are its tags."""
        found = read_or_refused(self._path, data, read_lexicon)
        if found is None:
            return False
        rows = [row for line in _lines(data) if (row := _items(line))]
        promise({word.encode() for word in found} == {row[0] for row in rows}, f"read {found}")
        promise(
            {tag.encode() for tags in found.values() for tag in tags} == {x for row in rows for x in row[1:]}, "tags"
        )
        return True

    def mapping(self, data: bytes) -> bool:
        """Two tags a line."""
        found = read_or_refused(self._path, data, TagMapping.read)
        if found is None:
            return False
        pairs = {token.encode(): tag.encode() for token, tag in found.to_dict()["tags"].items()}
        promise(pairs == dict(row for line in _lines(data) if (row := _items(line))), f"read {pairs}")
        return True

    def text_files(self, data: bytes) -> bool:
        """The text is the file's, as it is and as bytes."""
        found = read_or_refused(self._path, data, lambda path: read_text([str(path)]))
        if zipfile.is_zipfile(self._path):
            return found is not None
        if data:
            promise(read_text([str(self._path)], symbols="bytes").codes.tobytes() == data, "other bytes")
        if found is not None:
            promise(found.to_str().encode() == data.removeprefix(_MARK), f"read {found.to_str()!r}")
        return found is not None

    def archives(self, data: bytes) -> bool:
        """The texts of an archive, in the order of their names, without what is hidden."""
        found = read_or_refused(self._path, data, lambda path: read_text([str(path)], symbols="bytes"), place="")
        if found is None or not zipfile.is_zipfile(self._path):
            return found is not None
        with zipfile.ZipFile(self._path) as file:
            members = [one for one in file.infolist() if not re.search(r"(^|/)(\.(?!/|$)|__MACOSX(/|$))", one.filename)]
            texts = [
                file.read(one)
                for one in sorted(members, key=lambda one: one.filename)
                if not one.filename.endswith("/")
            ]
        promise(found.codes.tobytes() == b"".join(texts), "another text")
        return True

    def raw_sentences(self, data: bytes) -> bool:
        """The sentences of a text that are not too long."""
        found = read_or_refused(self._path, data, lambda path: load_raw_sentences([str(path)]))
        if found is None or zipfile.is_zipfile(self._path):
            return found is not None
        sentences = [tuple(token.lookup for token in one) for one in tokenize(data.removeprefix(_MARK).decode())]
        promise(found == [one for one in sentences if len(one) <= MAX_TOKENS], "other sentences")
        return True

    def tokens_to_tag(self, data: bytes) -> bool:
        """A sentence a line; as CoNLL-U they can be read again."""
        found = self._untagged("tokens", data)
        if found is None:
            return False
        expected = [_items(line) for line in _lines(data)]
        if not data.removeprefix(_MARK).rpartition(b"\n")[2]:
            expected.pop()
        promise([_encoded(one.tokens) for one in found] == expected, f"read {[one.tokens for one in found]}")
        self._conllu_of(found)
        return True

    def text_to_tag(self, data: bytes) -> bool:
        """Every token has its place in the file; as CoNLL-U they can be read again."""
        found = self._untagged("text", data)
        if found is None:
            return False
        check_places(data.removeprefix(_MARK).decode(), [*itertools.chain.from_iterable(map(_places, found))])
        self._conllu_of(found)
        return True

    def lines_to_tag(self, data: bytes) -> bool:
        """Every token has its place in the file, every line has its sentences."""
        found = self._untagged("lines", data)
        if found is None:
            return False
        text = data.removeprefix(_MARK).decode()
        check_places(text, [*itertools.chain.from_iterable(map(_places, found))])
        num_lines = text.count("\n") + (text != "" and not text.endswith("\n"))
        promise(sum(one.ends_line for one in found) == num_lines, f"other than {num_lines} lines")
        for one in found:
            starts = one.starts or []
            promise(
                all(text.count("\n", 0, start) + 1 == one.line for start in starts[:1] + starts[-1:]), "another line"
            )
        return True

    def _untagged(self, kind: str, data: bytes) -> list[UntaggedSentence] | None:
        found = read_or_refused(self._path, data, lambda path: list(read_untagged(kind, path)))
        return None if found is None else [one for one in found if one is not None]

    def _conllu_of(self, sentences: list[UntaggedSentence]) -> None:
        written = [as_conllu(TaggedSentence(one, ["NN"] * len(one.tokens), None, "xpos")) for one in sentences]
        self._path.write_text("".join(written), encoding="utf-8", newline="")
        after = list(read_conllu(self._path))
        promise([one.tokens for one in after] == [one.tokens for one in sentences if one.tokens], "other tokens")
        for one in after:
            text = "".join(row[1] + " " * ("SpaceAfter=No" not in row[9]) for row in one.rows).strip(" ")
            promise(all(said == f"# text = {text}" for said in one.comments), f"{one.comments}, not {text!r}")


def _lines(data: bytes) -> list[bytes]:
    return [line.rstrip(b"\r") for line in data.removeprefix(_MARK).split(b"\n")]


def _items(line: bytes) -> list[bytes]:
    return re.findall(rb"[^ \t]+", line)


def _encoded(texts: Iterator[str] | tuple[str, ...] | list[str]) -> list[bytes]:
    return [one.encode() for one in texts]


def _places(sentence: UntaggedSentence) -> Iterator[tuple[str, int, int]]:
    return zip(sentence.tokens, sentence.starts or [], sentence.ends or [], strict=True)


def _said_before(misc: str) -> str:
    return "|".join(one for one in misc.split("|") if one != "_" and not _TAG_MARKS.fullmatch(one)) or "_"
