import itertools
import math
import time

import numpy as np
import pytest

from postagger.best_sequences import best_sequences
from postagger.data_prep.vocabulary import Tagset
from postagger.errors import InputError
from postagger.tagger import Tagger

TAGSET = Tagset(["A", "B", "C"])


def brute_force(scores: np.ndarray, temperature: float) -> list[tuple[float, tuple[str, ...]]]:
    """Every sequence with its probability, the best first."""
    powers = np.exp(scores.astype(np.float64) / temperature)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    sequences = itertools.product(range(len(TAGSET)), repeat=len(scores))
    found = [
        (
            math.prod(probabilities[token, tag] for token, tag in enumerate(ids)),
            tuple(TAGSET.decode(tag) for tag in ids),
        )
        for ids in sequences
    ]
    return sorted((one for one in found if one[0] > 0), reverse=True)


@pytest.mark.parametrize("length", [1, 2, 4])
@pytest.mark.parametrize("number", [1, 5, 100])
def test_the_best_of_all_sequences(length: int, number: int) -> None:
    scores = np.random.default_rng(length).normal(0, 2, (length, 3)).astype(np.float32)
    scores[0, 1] = -np.inf  # impossible
    found = best_sequences([scores], TAGSET, 1.5, number)
    expected = brute_force(scores, 1.5)[:number]
    assert [tuple(one.tags) for one in found] == [tags for _, tags in expected]
    assert [one.probability for one in found] == pytest.approx([probability for probability, _ in expected])


def test_the_empty_sentence_has_one_sequence() -> None:
    (only,) = best_sequences([np.empty((0, 3), np.float32)], TAGSET, 1.0, 5)
    assert (only.tags, only.probability) == ([], 1.0)


def test_a_long_sentence_takes_no_longer_a_token() -> None:
    scores = np.random.default_rng(0).normal(0, 2, (20_000, 3)).astype(np.float32)
    start = time.monotonic()
    best = best_sequences([scores], TAGSET, 1.0, 10)
    assert time.monotonic() - start < 5  # minutes, if all that came before were copied at every token
    assert best[0].tags == [TAGSET.decode(tag) for tag in scores.argmax(axis=1)]
    assert len({tuple(one.tags) for one in best}) == 10


def test_the_best_one_is_what_the_tagger_says(small_tagger: Tagger) -> None:
    tokens = ["The", "old", "dogs", "run", "."]
    best = small_tagger.best_sequences(tokens, 7)
    assert best[0].tags == [tag for _, tag in small_tagger.tag(tokens)]
    assert len({tuple(one.tags) for one in best}) == 7
    confidences = small_tagger.predict([tokens])[0].confidences
    assert best[0].probability == pytest.approx(math.prod(confidences), rel=1e-5)
    assert [one.probability for one in best] == sorted((one.probability for one in best), reverse=True)
    with pytest.raises(InputError, match="expected a number of sequences of at least 1, got 0"):
        small_tagger.best_sequences(tokens, 0)
    with pytest.raises(InputError, match="expected a list of tokens, got a str"):
        small_tagger.best_sequences("The dog", 1)
