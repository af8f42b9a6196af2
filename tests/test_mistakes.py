"""Which errors are told of, and in which order."""

import pytest

from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import mistakes
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.mistakes import doubted_gold, errors_of, told_errors, words_most_often_wrong
from postagger.evaluation.quotes import Quoting
from postagger.prediction import Prediction

QUOTING = Quoting(2)
GOLD = [Sentence(("the", "run", "was", "fun"), ("DT", "NN", "VBD", "NN")), Sentence(("run",), ("NN",))]
PREDICTIONS = [
    Prediction(["DT", "VB", "VBD", "JJ"], [1.0, 0.95, 1.0, 0.6], [[], [("NN", 0.04)], [], [("NN", 0.3)]]),
    Prediction(["VB"], [0.99], [[("NN", 0.01)]]),
]
LEXICON = Lexicon({"run": "VB", "fun": "NN"}, "NN")


def judged(gold: list[Sentence] = GOLD, predictions: list[Prediction] = PREDICTIONS) -> JudgedTokens:
    return JudgedTokens.of(gold, predictions, LEXICON, "corpus")


def test_an_error_with_all_that_is_known_of_it() -> None:
    first = errors_of(judged(), QUOTING)[0]
    assert (first.sentence, first.token, first.word, first.gold, first.predicted) == (0, 1, "run", "NN", "VB")
    assert (first.known, first.confidence, first.second, first.second_confidence) == (True, 0.95, "NN", 0.04)
    assert (first.before, first.after) == ("the", "was fun")


def test_the_most_sure_come_first() -> None:
    told = told_errors(judged(), QUOTING)
    assert [error.confidence for error in told] == [0.99, 0.95, 0.6]


def test_of_each_confusion_and_in_all_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    words = tuple(f"w{number}" for number in range(9))
    gold = [Sentence(words, ("A",) * 9)]
    tags = ["B"] * 6 + ["C"] * 3
    many = judged(gold, [Prediction(tags, [0.9 - number / 100 for number in range(9)])])
    assert len(told_errors(many, QUOTING)) == 9
    monkeypatch.setattr(mistakes, "MOST_OF_A_CONFUSION", 4)
    assert [error.word for error in told_errors(many, QUOTING)] == ["w0", "w1", "w2", "w3", "w6", "w7", "w8"]
    monkeypatch.setattr(mistakes, "MOST_ERRORS", 3)  # the first of each confusion, then the second of each
    assert [error.word for error in told_errors(many, QUOTING)] == ["w0", "w1", "w6"]


def test_words_most_often_wrong() -> None:
    (word,) = words_most_often_wrong(judged())  # fun is wrong but once
    assert (word.word, word.tokens, word.errors, word.confusions) == ("run", 2, 2, [("NN", "VB", 2)])


def test_gold_is_doubted_where_training_agrees_with_a_sure_tagger() -> None:
    assert [(error.word, error.confidence) for error in doubted_gold(judged(), LEXICON, QUOTING)] == [
        ("run", 0.99),
        ("run", 0.95),
    ]
    assert doubted_gold(judged(), None, QUOTING) == []
    assert doubted_gold(judged(), Lexicon({"run": "NN"}, "NN"), QUOTING) == []


def test_a_tagger_that_tells_tags_alone() -> None:
    plain = judged(predictions=[Prediction(list(one.tags)) for one in PREDICTIONS])
    assert [error.word for error in told_errors(plain, QUOTING)] == ["run", "fun", "run"]
    assert doubted_gold(plain, LEXICON, QUOTING) == []


def test_quotes() -> None:
    tokens = "a b c d e f g".split()
    assert Quoting(2).around(tokens, 3) == ("… b c", "e f …")
    assert Quoting(9).around(tokens, 0) == ("", "b c d e f g")
    assert Quoting(0).around(tokens, 3) == ("", "")
    assert Quoting(1).around(["x" * 100, "y", "z"], 1) == ("x" * 59 + "…", "z")
