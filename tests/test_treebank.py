"""The real thing: facts of the treebank, and what the fast preset makes of it."""

import json
from pathlib import Path

import pytest

from conftest import named_corpus
from postagger import evaluate, train
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.tagger import Tagger

pytestmark = pytest.mark.treebank


def test_the_split_and_its_sizes(treebank: Corpus) -> None:
    assert [len(treebank.part(split)) for split in ("train", "dev", "test")] == [3000, 0, 914]
    assert sum(map(len, treebank.train)) == 72_422
    assert sum(map(len, treebank.test)) == 21_662
    assert len({tag for sentence in treebank.part("all") for tag in sentence.tags}) == 45
    known = {token for sentence in treebank.train for token in sentence.tokens}
    unknown = sum(token not in known for sentence in treebank.test for token in sentence.tokens)
    assert unknown / 21_662 == pytest.approx(0.102, abs=0.001)


def test_the_sentences_are_nltk_s() -> None:
    from nltk.corpus import treebank as nltk_treebank

    ours = load_corpus(["treebank"], keep_traces=True).part("all")
    assert list(ours) == [Sentence.from_pairs(pairs) for pairs in nltk_treebank.tagged_sents()]


def test_a_dev_set_is_the_last_300_of_the_3000(treebank: Corpus) -> None:
    corpus = load_corpus(["treebank"], dev=0.1)
    assert corpus.train == treebank.train[:2700]
    assert corpus.dev == treebank.train[2700:]
    assert corpus.test == treebank.test


def test_traces_are_kept_on_demand(treebank: Corpus) -> None:
    kept = load_corpus(["treebank"], keep_traces=True)
    assert (sum(map(len, kept.train)), sum(map(len, kept.test))) == (77_511, 23_165)
    assert len(kept.test) == len(treebank.test)


def test_the_fast_preset_reaches_its_figure(treebank_model: Path) -> None:
    scores = json.loads((treebank_model / "evaluation.json").read_text())
    assert scores["accuracy"] >= 0.958
    assert scores["accuracy_unknown"] >= 0.85
    assert scores["tokens"] == 21_662
    assert scores["baseline_accuracy"] == pytest.approx(0.866, abs=0.002)
    assert scores["traces"] is False
    assert scores["reliability"]["expected_calibration_error"] <= 0.01


@pytest.mark.slow
def test_the_default_preset_reaches_its_figure(treebank: Corpus, tmp_path: Path) -> None:
    """One seed; benchmarks/presets.py --check holds the mean of three to 0.966 and 0.878."""
    assert train.run(["--corpus", "treebank", "--output", str(tmp_path / "model")]) == 0
    scores = json.loads((tmp_path / "model" / "evaluation.json").read_text())
    assert scores["accuracy"] >= 0.966
    assert scores["accuracy_unknown"] >= 0.878
    assert scores["tokens"] == 21_662
    assert scores["reliability"]["expected_calibration_error"] <= 0.01
    assert (tmp_path / "model" / "report.html").stat().st_size < 3_000_000


def test_evaluate_repeats_the_figure_of_training(treebank_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = json.loads((treebank_model / "evaluation.json").read_text())
    assert evaluate.run(["--model", str(treebank_model)]) == 0
    assert f"accuracy         {trained['accuracy']:.4f}" in capsys.readouterr().out


def test_sentences_alone_and_together_on_real_text(treebank: Corpus, treebank_model: Path) -> None:
    tagger = Tagger.load(treebank_model)
    sentences = [sentence.tokens for sentence in treebank.test]
    together = tagger.tag_sents(sentences)
    assert [tagger.tag(tokens) for tokens in sentences] == together
    assert tagger.tag_sents(sentences[::-1]) == together[::-1]


def test_conll2000_and_brown() -> None:
    conll = named_corpus("conll2000")
    assert (len(conll.train), len(conll.test)) == (8936, 2012)
    brown = named_corpus("brown")
    assert len(brown.train) + len(brown.test) == 57_340
    assert sum(map(len, brown.part("all"))) == 1_161_192
