"""Tokens one after the other, and the way back to their sentences."""

import pytest

from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.prediction import Prediction

SENTENCES = [Sentence(("a", "b"), ("X", "Y")), Sentence((), ()), Sentence(("c",), ("Z",))]


def test_flat_and_back() -> None:
    predictions = [Prediction(["X", "X"], [0.9, 0.4]), Prediction([]), Prediction(["Z"], [0.8])]
    judged = JudgedTokens.of(SENTENCES, predictions, Lexicon({"a": "X", "c": "Z"}, "X"), "corpus")
    assert (judged.words, judged.gold, judged.predicted) == (["a", "b", "c"], ["X", "Y", "Z"], ["X", "X", "Z"])
    assert (judged.right.tolist(), judged.wrong) == ([True, False, True], [1])
    assert [judged.place(number) for number in range(len(judged))] == [(0, 0), (0, 1), (2, 0)]
    assert judged.known is not None
    assert judged.known.tolist() == [True, False, True]
    assert (judged.accuracy_known, judged.accuracy_unknown) == (1.0, 0.0)
    assert judged.confidences is not None
    assert judged.confidences.tolist() == [0.9, 0.4, 0.8]


def test_what_a_tagger_does_not_tell() -> None:
    judged = JudgedTokens.of(SENTENCES, [Prediction(["X", "Y"]), Prediction([]), Prediction(["Z"])], None, "corpus")
    untold = [judged.known, judged.confidences, judged.accuracy_known, judged.accuracy_unknown]
    assert all(one is None for one in untold)


def test_nothing_to_judge() -> None:
    with pytest.raises(CorpusError, match="corpus: expected tagged sentences to judge, got none"):
        JudgedTokens.of([], [], None, "corpus")
    with pytest.raises(ValueError, match="a predicted tag for each of 3 tokens, got 1"):
        JudgedTokens.of(SENTENCES, [Prediction([]), Prediction(["X"]), Prediction([])], None, "corpus")
