"""The models that come with the package, as a user meets them."""

import json
import zlib
from pathlib import Path

import pytest

import postagger
from postagger.data_prep.corpus import Corpus
from postagger.evaluation import evaluate
from postagger.pretrained import SHIPPED, model_path
from postagger.tagger import Tagger


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Tagger:
    return postagger.load(request.param)


def tags(tagger: Tagger, text: str) -> str:
    return " ".join(tag for _, tag in tagger.tag(text.split()))


def test_the_first_one_is_loaded_where_none_is_named() -> None:
    assert postagger.load().facts == postagger.load("english-news").facts
    assert postagger.load().facts["corpus"]["name"] == "treebank"


def test_both_are_small_once_packed() -> None:
    packed = (zlib.compress(path.read_bytes()) for name in SHIPPED for path in model_path(name).iterdir())
    assert sum(map(len, packed)) < 12_000_000


def test_each_has_a_card() -> None:
    for name in SHIPPED:
        card = (model_path(name) / "card.md").read_text(encoding="utf-8")
        for heading in ("# " + name, "## Data and licence", "## Scores", "## What it is bad at", "## How it was made"):
            assert heading in card
        stored = json.loads((model_path(name) / "evaluation.json").read_text())
        assert f"{stored['accuracy']:.4f}" in card


def test_plain_sentences(shipped: Tagger) -> None:
    assert tags(shipped, "The quick brown fox jumps .") == "DT JJ JJ NN VBZ ."
    assert tags(shipped, "He will record a new record .") == "PRP MD VB DT JJ NN ."
    assert tags(shipped, "She ca n't see the forest for the trees .") == "PRP MD RB VB DT NN IN DT NNS ."


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_case_does_not_matter(shipped: Tagger, case: "type[str]") -> None:
    assert tags(shipped, case("He will record a new record .")) == "PRP MD VB DT JJ NN ."


def test_signs_and_words_of_the_web(shipped: Tagger) -> None:
    text = "“ It ’s great ” — he said … see https://www.example.org/a?b=1 or mail me@example.com ( today ) 😀"
    found = dict(shipped.tag(text.split()))
    expected = {"“": "``", "”": "''", "’s": "VBZ", "—": ":", "…": ":", "(": "-LRB-", ")": "-RRB-", "😀": "SYM"}
    assert {token: found[token] for token in expected} == expected
    assert found["https://www.example.org/a?b=1"] in ("NN", "NNP")
    assert found["me@example.com"] in ("NN", "NNP")


@pytest.mark.treebank
def test_the_published_figure_comes_out_again(treebank: Corpus) -> None:
    tagger = postagger.load()
    stored = json.loads((model_path("english-news") / "evaluation.json").read_text())
    evaluation = evaluate(tagger, treebank.test, corpus="treebank", split="test")
    assert evaluation.accuracy == pytest.approx(stored["accuracy"], abs=1e-4)
    assert evaluation.accuracy >= 0.972


@pytest.mark.treebank
def test_confidences_mean_what_they_say(shipped: Tagger, treebank: Corpus) -> None:
    found = evaluate(shipped, treebank.test).reliability
    assert found is not None
    assert found.expected_calibration_error <= 0.01
    assert abs(found.mean_confidence - evaluate(shipped, treebank.test).accuracy) <= 0.005


def test_a_report_is_shipped_that_quotes_no_sentence() -> None:
    for name in SHIPPED:
        stored = json.loads((model_path(name) / "evaluation.json").read_text())
        told = [
            *stored["errors"],
            *stored["doubted"],
            *(one for row in stored["variations"] for one in row["occurrences"]),
        ]
        assert len(told) > 500
        assert {(one["before"], one["after"]) for one in told} == {("", "")}
        assert (model_path(name) / "report.html").stat().st_size < 500_000


def test_a_folder_of_ones_own_may_have_the_same_name(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small_model.parent / "english-news").symlink_to(small_model)
    monkeypatch.chdir(small_model.parent)
    assert postagger.load("./english-news").facts["corpus"]["name"] == "small"
    assert postagger.load("english-news").facts["corpus"]["name"] == "treebank"
