"""Scores counted by hand, and against scikit-learn."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from conftest import SENTENCES
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError, InputError
from postagger.evaluation import evaluate, score
from postagger.evaluation.tag_scores import TagScore
from postagger.tagger import Tagger

GOLD = [
    Sentence(("the", "dog", "runs"), ("DT", "NN", "VBZ")),
    Sentence(("run", "!"), ("VB", ".")),
    Sentence((), ()),
    Sentence(("xyzzy",), ("FW",)),
]
PREDICTED = [["DT", "NN", "NNS"], ["VB", "."], [], ["NN"]]
LEXICON = Lexicon({"the": "DT", "dog": "NN", "run": "NN", "!": "."}, "NN")


def test_by_hand() -> None:
    result = score(GOLD, PREDICTED, lexicon=LEXICON, tagset=["DT", "NN", "NNS", "VB", "."], corpus="c", split="test")
    assert (result.corpus, result.split, result.sentences, result.tokens) == ("c", "test", 4, 6)
    assert result.accuracy == pytest.approx(4 / 6)
    assert result.accuracy_known == 1.0
    assert result.accuracy_unknown == 0.0
    assert result.unknown_tokens == 2
    assert result.sentence_accuracy == pytest.approx(1 / 3)
    assert result.baseline_accuracy == pytest.approx(3 / 6)
    assert result.per_tag["NN"] == TagScore(precision=0.5, recall=1.0, f1=2 / 3, support=1)
    assert result.per_tag["NNS"] == TagScore(precision=0.0, recall=0.0, f1=0.0, support=0)
    assert result.macro_f1 == pytest.approx((1 + 1 + 1 + 2 / 3 + 0 + 0 + 0) / 7)
    assert result.confusion.tags == [".", "DT", "FW", "NN", "NNS", "VB", "VBZ"]
    assert result.confusion.errors() == [(1, "FW", "NN"), (1, "VBZ", "NNS")]
    assert result.unseen_tags == {"FW": 1, "VBZ": 1}
    assert result.traces is False


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABCD")), min_size=1))
def test_against_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = [list(column) for column in zip(*pairs, strict=True)]
    result = score([Sentence(("w",) * len(gold), tuple(gold))], [predicted])
    labels = sorted({*gold, *predicted})
    assert result.accuracy == pytest.approx(accuracy_score(gold, predicted))
    assert result.macro_f1 == pytest.approx(f1_score(gold, predicted, average="macro", zero_division=0.0))
    assert result.confusion.matrix == confusion_matrix(gold, predicted, labels=labels).tolist()
    assert sum(tag_score.support for tag_score in result.per_tag.values()) == len(gold)
    low, high = result.accuracy_interval
    assert low <= result.accuracy <= high


def test_what_is_not_known_is_none() -> None:
    result = score(GOLD, PREDICTED)
    assert result.accuracy_known is result.accuracy_unknown is result.baseline_accuracy is None
    assert result.unseen_tags == {}
    everything_known = score(GOLD[:1], PREDICTED[:1], lexicon=Lexicon(dict.fromkeys(GOLD[0].tokens, "NN"), "NN"))
    assert everything_known.accuracy_unknown is None


def test_nothing_to_judge_and_lengths_that_differ() -> None:
    with pytest.raises(CorpusError, match="expected tagged sentences to judge, got none"):
        score([Sentence((), ())], [[]])
    with pytest.raises(ValueError, match="a predicted tag for each of 6 tokens, got 5"):
        score(GOLD, [["DT", "NN"], *PREDICTED[1:]])


@pytest.mark.parametrize("strange", [["The", "dog"], "The dog", [("The", 1)], 7])
def test_what_is_no_tagged_sentence_is_one_clear_line(strange: Any) -> None:
    with pytest.raises(InputError, match="sentence 1: expected pairs of token and tag, got"):
        score([[("a", "DT")], strange], [["DT"], ["DT"]])


def test_anybody_s_tags_beside_sentences_as_nltk_has_them() -> None:
    pairs = [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in GOLD]
    assert score(pairs, PREDICTED).accuracy == score(GOLD, PREDICTED).accuracy


def test_a_tagger_is_judged_on_sentences_or_pairs(small_tagger: Tagger) -> None:
    pairs = [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in SENTENCES]
    for gold in (SENTENCES, pairs):
        result = evaluate(small_tagger, gold)
        assert result.accuracy == result.sentence_accuracy == result.accuracy_known == 1.0
        assert result.seconds > 0


def test_json_has_the_documented_names() -> None:
    text = score(GOLD, PREDICTED, lexicon=LEXICON).to_json()
    stored = json.loads(text)
    page = Path(__file__).parent.parent / "docs" / "evaluation.md"
    documented = re.search(r"```text\n(corpus, .*?)```", page.read_text("utf-8"), re.DOTALL)
    assert documented is not None
    names = re.sub(r"\s*(\([^)]*\)|\{.*?\}+)", "", documented[1].strip())
    assert re.split(r",\s+", names) == list(stored)
    assert "judged" not in stored
    assert set(stored["per_tag"]["NN"]) == {"precision", "recall", "f1", "support"}
    assert set(stored["confusion"]) == {"tags", "matrix"}


def test_the_baselines_and_all_intervals() -> None:
    result = score(GOLD * 4, PREDICTED * 4, lexicon=LEXICON)
    assert result.frequent_tag_accuracy == pytest.approx(1 / 6)
    scores = "accuracy_known accuracy_unknown sentence_accuracy macro_f1 baseline_accuracy frequent_tag_accuracy"
    assert set(result.intervals) == set(scores.split())
    for name, (low, high) in result.intervals.items():
        assert 0 <= low <= getattr(result, name) <= high <= 1, name
    assert "macro_f1" not in score(GOLD, PREDICTED).intervals  # four sentences tell too little of others


def test_rare_tags_do_not_push_macro_f1_out_of_its_interval() -> None:
    """Sixty tags that occur once and are always wrong, beside two that are mostly right."""
    gold = [Sentence(("w", "w", "w"), ("A", "B", f"R{number}")) for number in range(60)]
    predicted = [["A", "B", "A"] if number % 9 else ["B", "B", "A"] for number in range(60)]
    result = score(gold, predicted)
    low, high = result.intervals["macro_f1"]
    assert low < result.macro_f1 < high


def test_macro_f1_of_drawn_sentences_against_scikit_learn() -> None:
    generator = np.random.default_rng(3)
    gold = [Sentence(("w",) * 5, tuple(generator.choice(list("ABC"), 5))) for _ in range(60)]
    predicted = [[tag if generator.random() < 0.8 else "A" for tag in sentence.tags] for sentence in gold]
    result = score(gold, predicted)
    drawn = []
    for _ in range(500):
        chosen = generator.integers(0, 60, 60)
        true = [tag for number in chosen for tag in gold[number].tags]
        given = [tag for number in chosen for tag in predicted[number]]
        drawn.append(f1_score(true, given, average="macro", zero_division=0.0))
    assert result.intervals["macro_f1"] == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.02)


def test_errors_in_the_order_of_the_text() -> None:
    result = score(GOLD, PREDICTED, lexicon=LEXICON)
    places = [(error.sentence, error.token, error.word, error.gold, error.predicted) for error in result.errors]
    assert places == [(0, 2, "runs", "VBZ", "NNS"), (3, 0, "xyzzy", "FW", "NN")]
    first = result.errors[0]
    assert (first.before, first.after, first.known, first.confidence, first.second) == (
        "the dog",
        "",
        False,
        None,
        None,
    )


def test_a_tagger_tells_how_sure_it_is(small_tagger: Tagger) -> None:
    result = evaluate(small_tagger, [[("The", "NN"), ("dog", "NN")]], name="small")
    (error,) = result.errors
    assert (error.gold, error.predicted, result.tagger) == ("NN", "DT", "small")
    assert error.confidence is not None
    assert error.second_confidence is not None
    assert error.confidence > error.second_confidence > 0
    assert result.reliability is not None
    assert result.reliability.temperature == small_tagger.temperature
