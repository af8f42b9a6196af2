"""Two taggers: counts by hand, McNemar's test by its sum, intervals beside a loop, the verdict in words."""

from math import comb

import numpy as np
import pytest

from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import InputError
from postagger.evaluation import compare, score
from postagger.evaluation.intervals import wilson_interval
from postagger.evaluation.significance import PairedTest, paired_test, verdict

GOLD = [Sentence(("a", "b", "c"), ("A", "B", "C")), Sentence((), ()), Sentence(("d", "e"), ("A", "A"))]


def test_by_hand() -> None:
    first = score(GOLD, [["A", "B", "B"], [], ["A", "A"]], name="one")
    second = score(GOLD, [["A", "A", "C"], [], ["B", "A"]], name="two")
    result = compare(first, second)
    assert (result.tagger, result.other, result.accuracy) == ("one", "two", 3 / 5)
    assert (result.test.only_first, result.test.only_second) == (2, 1)
    assert result.test.gain == pytest.approx(1 / 5)
    assert result.test.p_value == 1.0
    assert [(one.word, one.gold, one.predicted, one.other) for one in result.only_tagger] == [
        ("b", "B", "B", "A"),
        ("d", "A", "A", "B"),
    ]
    assert [(one.word, one.predicted, one.other, one.before) for one in result.only_other] == [("c", "B", "C", "a b")]
    assert result.per_tag["C"].gain == -1.0
    assert result.per_tag["A"].support == 3


def test_known_words_are_for_both_those_of_the_first() -> None:
    first = score(GOLD, [["A", "B", "B"], [], ["A", "A"]], lexicon=Lexicon({"a": "A", "b": "B"}, "A"))
    second = score(GOLD, [["A", "A", "C"], [], ["B", "A"]], lexicon=Lexicon({"e": "A"}, "A"))
    result = compare(first, second)
    assert (result.accuracy_known, result.accuracy_unknown) == (1 / 2, 2 / 3)
    assert result.intervals["accuracy_known"] == wilson_interval(1, 2)


def test_mcnemar_s_exact_test_by_its_sum() -> None:
    first = np.array([True] * 9 + [False] * 2 + [True] * 30)
    second = np.array([False] * 9 + [True] * 2 + [True] * 30)
    test = paired_test(first, second, np.arange(42))
    assert test.p_value == pytest.approx(2 * sum(comb(11, k) for k in range(3)) / 2**11)


def test_the_interval_beside_a_loop() -> None:
    generator = np.random.default_rng(5)
    lengths = generator.integers(1, 9, 80)
    offsets = np.cumsum([0, *lengths])
    first, second = generator.random(offsets[-1]) < 0.9, generator.random(offsets[-1]) < 0.8
    test = paired_test(first, second, offsets)
    drawn = []
    for _ in range(3000):
        tokens = np.concatenate([np.arange(offsets[s], offsets[s + 1]) for s in generator.integers(0, 80, 80)])
        drawn.append(first[tokens].mean() - second[tokens].mean())
    assert test.gain_interval == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.01)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            PairedTest(0.006, (0.004, 0.008), 300, 100, 1e-12),
            "A is better than B by 0.40 to 0.80 points; a difference this large by chance is very unlikely "
            "(McNemar's test: p = 1e-12).",
        ),
        (
            PairedTest(-0.006, (-0.008, -0.004), 100, 300, 0.01),
            "B is better than A by 0.40 to 0.80 points; a difference this large by chance is unlikely "
            "(McNemar's test: p = 0.01).",
        ),
        (
            PairedTest(-0.001, (-0.003, 0.001), 10, 20, 0.1),
            "There is no telling which is better: B is ahead by 0.10 points here, but on other sentences of this kind "
            "that may lie anywhere from -0.10 to +0.30 (McNemar's test: p = 0.1).",
        ),
        (
            PairedTest(0.5, (0.45, 0.55), 9000, 1, 0.0),
            "A is better than B by 45.00 to 55.00 points; a difference this large by chance is very unlikely "
            "(McNemar's test: p < 1e-300).",
        ),
        (
            PairedTest(0.001, (0.0001, 0.002), 10, 4, 0.18),
            "A seems better than B by 0.01 to 0.20 points, but a difference this large may still be chance "
            "(McNemar's test: p = 0.18).",
        ),
        (PairedTest(0.0, (0.0, 0.0), 0, 0, 1.0), "A and B are right and wrong on the very same tokens."),
        (
            PairedTest(0.5, None, 30, 0, 1e-9),
            "There are too few sentences to tell which is better; A is ahead by 50.00 points here.",
        ),
    ],
)
def test_the_verdict(test: PairedTest, expected: str) -> None:
    assert verdict(test, "A", "B") == expected


def test_no_difference_has_two_signs() -> None:
    even = verdict(PairedTest(0.0, (-0.002, 0.002), 10, 10, 1.0), "A", "B")
    assert even.startswith("There is no telling which is better: neither is ahead here, but on other sentences")


def test_other_sentences_are_refused() -> None:
    first = score(GOLD, [["A", "B", "B"], [], ["A", "A"]])
    for others in ([GOLD[0]], [GOLD[0], GOLD[2], GOLD[1]], [Sentence(("x", "b", "c"), ("A", "B", "C")), *GOLD[1:]]):
        with pytest.raises(InputError, match="expected two evaluations of the same sentences"):
            compare(first, score(others, [list(sentence.tags) for sentence in others]))
