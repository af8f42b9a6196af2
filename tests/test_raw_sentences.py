from pathlib import Path

import pytest

from conftest import SENTENCES, named_corpus
from postagger.data_prep import corpus
from postagger.data_prep.raw_sentences import RAW_CORPORA, load_raw_sentences
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError, MissingCorpusError


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_text_becomes_sentences_of_tokens_as_the_treebank_has_them(tmp_path: Path) -> None:
    text = "She can't see\nit. (Why?)\n\nA headline\n\n“Go!” he said"
    assert load_raw_sentences([written(tmp_path / "a.txt", text)]) == [
        ("She", "ca", "n't", "see", "it", "."),
        ("-LRB-", "Why", "?", "-RRB-"),
        ("A", "headline"),
        ("``", "Go", "!", "''"),
        ("he", "said"),
    ]


def test_sources_follow_each_other_and_folders_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    written(tmp_path / "folder" / "b.txt", "Two.")
    written(tmp_path / "folder" / "c.txt", "\n\nThree.")
    one = written(tmp_path / "a.txt", "One.")
    assert [s[0] for s in load_raw_sentences([one, str(tmp_path / "folder")])] == ["One", "Two", "Three"]


def test_sentences_to_be_judged_by_are_left_out_however_they_are_cut_and_spelt(tmp_path: Path) -> None:
    text = "DOGS bark at the\nold-dog!! The dog sleeps."
    found = load_raw_sentences([written(tmp_path / "a.txt", text)], without=SENTENCES)
    assert found == [("The", "dog", "sleeps", ".")]


def test_tables_are_left_out(tmp_path: Path) -> None:
    text = " ".join(["9"] * 101) + "\n\n" + " ".join(["9"] * 100)
    assert [len(sentence) for sentence in load_raw_sentences([written(tmp_path / "a.txt", text)])] == [100]


@pytest.mark.parametrize("text", ["", "\n \n", "The dog barks."])
def test_nothing_that_may_be_used_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorpusError, match=r"expected (raw )?text, got (none that may be used|an empty one)"):
        load_raw_sentences([written(tmp_path / "a.txt", text)], without=SENTENCES)


def test_a_missing_file_is_named_together_with_the_names_that_are_known() -> None:
    with pytest.raises(
        CorpusError,
        match=r"--raw-text nowhere\.txt: expected a text file or one of brown conll2000 abc state_union, got no",
    ):
        load_raw_sentences(["nowhere.txt"])


def test_a_corpus_that_cannot_be_had_is_named_together_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str, **__: object) -> None:
        raise MissingCorpusError("no network")

    monkeypatch.setattr(corpus, "nltk_corpus", missing)
    with pytest.raises(CorpusError, match=r"--raw-text abc: expected the NLTK corpus, got none .* or name other text"):
        load_raw_sentences(["abc"])


@pytest.mark.treebank
@pytest.mark.slow
@pytest.mark.parametrize("name", RAW_CORPORA)
def test_the_named_corpora_hold_words_and_no_sentence_of_the_test_part(name: str) -> None:
    test = named_corpus("treebank").test
    sentences = load_raw_sentences([name], without=test)
    tokens = [token for sentence in sentences for token in sentence]
    assert len(tokens) > 250_000
    assert {"the", "n't", "'s", "of"} <= set(tokens)
    assert not {"/", "didn't"} & set(tokens[:1000])
    judged = {"".join(sentence.tokens) for sentence in test}
    assert not any("".join(sentence) in judged for sentence in sentences)


def test_without_looks_at_letters_and_digits_alone(tmp_path: Path) -> None:
    raw = written(tmp_path / "a.txt", "It rose 5%.")
    with pytest.raises(CorpusError):
        load_raw_sentences([raw], without=[Sentence(("It", "rose", "5", "%"), ("PRP", "VBD", "CD", "NN"))])
