import numpy as np
import pytest

from postagger.data_prep.vocabulary import Tagset
from postagger.decoding import decode

TAGSET = Tagset(["DT", "NN", "VB"])


def test_tags_and_probabilities_of_two_sentences() -> None:
    scores = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.4, 0.5], [0.2, 0.6, 0.2]], np.float32))
    first, empty, second = decode([scores], [2, 0, 1], TAGSET, temperature=1.0)
    assert (first.tags, empty.tags, second.tags) == (["DT", "VB"], [], ["NN"])
    assert first.confidences == pytest.approx([0.7, 0.5])
    assert (first.alternatives, empty.confidences) == ([], [])


def test_the_temperature_flattens_probabilities_and_leaves_tags() -> None:
    (prediction,) = decode([np.log(np.array([[0.64, 0.04, 0.32]], np.float32))], [1], TAGSET, 2.0, alternatives=9)
    assert prediction.tags == ["DT"]
    assert prediction.confidences == pytest.approx([0.8 / (0.8 + 0.2 + 0.32**0.5)])
    assert [tag for tag, _ in prediction.alternatives[0]] == ["VB", "NN"]
    told = sum(confidence for _, confidence in prediction.alternatives[0])
    assert prediction.confidences[0] + told == pytest.approx(1)


def test_of_equally_probable_tags_it_is_always_the_same() -> None:
    (alone,), (told,) = (decode([np.zeros((3, 3), np.float32)], [3], TAGSET, 1.0, others) for others in (0, 5))
    assert told.tags == alone.tags == ["DT"] * 3
    assert [[tag for tag, _ in row] for row in told.alternatives] == [["NN", "VB"]] * 3


def test_what_is_impossible_is_no_alternative() -> None:
    (prediction,) = decode([np.array([[-np.inf, 0, -np.inf]], np.float32)], [1], TAGSET, 1.5, alternatives=2)
    assert (prediction.tags, prediction.confidences, prediction.alternatives) == (["NN"], [1.0], [[]])
