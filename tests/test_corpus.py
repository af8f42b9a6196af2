import hashlib
import zipfile
from pathlib import Path

import pytest

from conftest import SENTENCES
from postagger.data_prep import corpus as corpus_module
from postagger.data_prep.corpus import NAMED_CORPORA, Corpus, load_corpus, read_corpus_files
from postagger.data_prep.fingerprint import sha256_of
from postagger.data_prep.formats import FileFormat
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError, MissingCorpusError


def write(path: Path, count: int, name: str = "w") -> str:
    path.write_text("".join(f"{name}{number}/NN\n" for number in range(count)))
    return str(path)


def words(sentences: tuple[Sentence, ...]) -> list[str]:
    return [sentence.tokens[0] for sentence in sentences]


def test_a_tenth_is_for_testing_and_the_rest_is_trained_on(tmp_path: Path) -> None:
    corpus = load_corpus([write(tmp_path / "a.tagged", 20)])
    assert words(corpus.test) == ["w18", "w19"]
    assert corpus.dev == ()
    assert words(corpus.train) == [f"w{number}" for number in range(18)]
    assert corpus.part("all") == corpus.train + corpus.dev + corpus.test
    assert corpus.name == "a.tagged"


def test_files_and_fractions_for_dev_and_test(tmp_path: Path) -> None:
    train = write(tmp_path / "a.tagged", 10)
    dev = write(tmp_path / "d.tagged", 3, "d")
    corpus = load_corpus([train, write(tmp_path / "b.tagged", 2, "b")], dev=dev)
    assert words(corpus.train)[-3:] == ["w9", "b0", "b1"]
    assert words(corpus.dev) == ["d0", "d1", "d2"]
    assert corpus.test == ()
    for settings, sizes in [
        ({"dev": 0.0, "test": 0.5}, (5, 0, 5)),
        ({"test": dev}, (10, 0, 3)),
        ({"dev": 0.2, "test": 0.5}, (4, 1, 5)),
        ({"dev": 0.2}, (7, 2, 1)),
        ({"dev": 0.0}, (9, 0, 1)),
        ({"test": 0.0}, (10, 0, 0)),
    ]:
        corpus = load_corpus([train], **settings)  # type: ignore[arg-type]
        assert (len(corpus.train), len(corpus.dev), len(corpus.test)) == sizes, settings


def test_errors_of_the_split(tmp_path: Path) -> None:
    train = write(tmp_path / "a.tagged", 1)
    with pytest.raises(CorpusError, match="expected enough sentences to set 10% aside, got 1"):
        load_corpus([train])
    with pytest.raises(CorpusError, match="expected a fraction from 0 to 1 or a file"):
        load_corpus([train], dev=1.5, test=0.0)
    (tmp_path / "empty.tagged").write_text("\n")
    with pytest.raises(CorpusError, match=r"empty.tagged: expected tagged sentences, got an empty corpus"):
        load_corpus([str(tmp_path / "empty.tagged")])
    with pytest.raises(CorpusError, match="expected a corpus file or one of treebank brown conll2000 sample"):
        load_corpus(["nothing"])
    with pytest.raises(CorpusError, match="expected one named corpus, or files, got sample among"):
        load_corpus([train, "sample"])
    with pytest.raises(CorpusError, match="expected sentences to train on, got none"):
        Corpus.from_parts("x", [], SENTENCES, [])


def test_the_fingerprint_is_that_of_the_documented_text() -> None:
    text = "The\tDT\ndog\tNN\n\nRun\tVB\n\n"
    sentences = [Sentence(("The", "dog"), ("DT", "NN")), Sentence(("Run",), ("VB",))]
    assert sha256_of(sentences) == hashlib.sha256(text.encode()).hexdigest()


def test_tags_that_no_model_may_have(tmp_path: Path) -> None:
    for tag in ("NN\x7f", "\ud800"):
        with pytest.raises(CorpusError, match=r"^mine: expected tags that can be printed, got '.*'; rename it$"):
            Corpus.from_parts("mine", [Sentence(("a", "b"), ("DT", tag))], (), ())


def test_traces_are_dropped_unless_they_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.tagged"
    path.write_text("It/PRP *T*-1/-NONE- is/VBZ 0/-NONE- 0/CD\n0/-NONE-\n")
    file_format = FileFormat()
    assert [sentence.tokens for sentence in read_corpus_files([str(path)], file_format)] == [("It", "is", "0")]
    kept = read_corpus_files([str(path)], file_format, keep_traces=True)
    assert [sentence.tokens for sentence in kept] == [("It", "*T*-1", "is", "0", "0"), ("0",)]


def test_a_missing_corpus_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk
    from nltk import corpus as nltk_corpora

    class Missing:
        def ensure_loaded(self) -> None:
            raise LookupError

    asked: list[str] = []
    monkeypatch.setattr(nltk_corpora, "treebank", Missing())
    monkeypatch.setattr(nltk, "download", lambda name, **_: asked.append(name))
    with pytest.raises(
        MissingCorpusError, match="expected the NLTK corpus treebank, got none on this machine"
    ) as caught:
        load_corpus(["treebank"])
    assert "NLTK_DATA" in str(caught.value)
    assert "--corpus sample" in str(caught.value)
    assert asked == ["treebank"]


def test_a_damaged_corpus_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from nltk import corpus as nltk_corpora

    class Damaged:
        def ensure_loaded(self) -> None:
            raise zipfile.BadZipFile("File is not a zip file")

    monkeypatch.setattr(nltk_corpora, "treebank", Damaged())
    with pytest.raises(CorpusError, match="treebank: expected the NLTK corpus, got a damaged copy"):
        load_corpus(["treebank"])


def test_an_empty_corpus_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMED_CORPORA, "treebank", lambda: (iter(()), iter(())))
    with pytest.raises(CorpusError, match="treebank: expected sentences to train on, got none"):
        load_corpus(["treebank"])


def test_a_published_split_is_not_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = [Sentence((f"w{number}",), ("NN",)) for number in range(30)]
    monkeypatch.setitem(NAMED_CORPORA, "treebank", lambda: (iter(sentences[:20]), iter(sentences[20:])))
    assert [len(load_corpus(["treebank"]).part(split)) for split in ("train", "dev", "test")] == [20, 0, 10]
    corpus = load_corpus(["treebank"], dev=0.1)
    assert (len(corpus.train), words(corpus.dev), len(corpus.test)) == (18, ["w18", "w19"], 10)
    with pytest.raises(CorpusError, match="treebank: expected no --test, because this corpus has a published one"):
        load_corpus(["treebank"], test=0.1)


def test_the_default_socket_timeout_comes_back() -> None:
    import socket

    with corpus_module._socket_timeout(3):
        assert socket.getdefaulttimeout() == 3
    assert socket.getdefaulttimeout() is None
