"""The n-gram model beside brute force."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from postagger.evaluation.ngrams import ngram_nats

TRAIN, TEST = "abracadabra alakazam", "abra kadabra"
SYMBOLS = sorted({*TRAIN, *TEST})


def by_hand(order: int) -> list[float]:
    """The same by dictionaries of strings, one symbol at a time."""
    followers: dict[str, Counter[str]] = defaultdict(Counter)
    for n in range(order):
        for place in range(n, len(TRAIN)):
            followers[TRAIN[place - n : place]][TRAIN[place]] += 1

    def probability(context: str, symbol: str) -> float:
        below = probability(context[1:], symbol) if context else 1 / len(SYMBOLS)
        counts = followers.get(context)
        if counts is None:
            return below
        return (counts[symbol] + len(counts) * below) / (counts.total() + len(counts))

    whole = TRAIN + TEST
    return [
        -math.log(probability(whole[max(0, place - order + 1) : place], whole[place]))
        for place in range(len(TRAIN), len(whole))
    ]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_equals_counting_by_hand(order: int) -> None:
    train, test = (np.array([SYMBOLS.index(symbol) for symbol in text]) for text in (TRAIN, TEST))
    assert ngram_nats(train, test, len(SYMBOLS), order).tolist() == pytest.approx(by_hand(order))


def test_probabilities_add_up_to_one() -> None:
    train = np.array([SYMBOLS.index(symbol) for symbol in TRAIN])
    nats = [ngram_nats(train, np.array([symbol]), len(SYMBOLS), 3)[0] for symbol in range(len(SYMBOLS))]
    assert sum(math.exp(-value) for value in nats) == pytest.approx(1.0)
