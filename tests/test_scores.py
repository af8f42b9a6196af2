"""Scores counted by hand, and against scikit-learn."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from conftest import SENTENCES
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.evaluation import evaluate, score
from postagger.evaluation.intervals import wilson_interval
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


def test_wilson_s_interval_by_its_formula() -> None:
    right, tokens, z = 967, 1000, 1.959964
    share = right / tokens
    middle = (share + z**2 / (2 * tokens)) / (1 + z**2 / tokens)
    half = z / (1 + z**2 / tokens) * (share * (1 - share) / tokens + z**2 / (4 * tokens**2)) ** 0.5
    assert wilson_interval(right, tokens) == pytest.approx((middle - half, middle + half), abs=1e-6)


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


def test_a_tagger_is_judged_on_sentences_or_pairs(small_tagger: Tagger) -> None:
    pairs = [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in SENTENCES]
    for gold in (SENTENCES, pairs):
        result = evaluate(small_tagger, gold)
        assert result.accuracy == result.sentence_accuracy == result.accuracy_known == 1.0
        assert result.seconds > 0


def test_json_has_the_documented_names() -> None:
    stored = json.loads(score(GOLD, PREDICTED, lexicon=LEXICON).to_json())
    expected = (
        "corpus split sentences tokens traces accuracy accuracy_known accuracy_unknown sentence_accuracy macro_f1"
    )
    assert set(f"{expected} accuracy_interval per_tag confusion seconds".split()) <= set(stored)
    assert set(stored["per_tag"]["NN"]) == {"precision", "recall", "f1", "support"}
    assert set(stored["confusion"]) == {"tags", "matrix"}
