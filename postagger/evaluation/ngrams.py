"""An n-gram model to stand beside a network: what counting alone can do."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]


def ngram_nats(train: Ids, test: Ids, vocab_size: int, order: int) -> npt.NDArray[np.float64]:
    """The negative log-likelihood of each symbol of test [M] -> [M], counted on train [N].

    A symbol c after the n - 1 symbols h before it, and after their last n - 2, written h':
    p(c | h) = (C(h c) + D(h) p(c | h')) / (C(h) + D(h)), C counts, D(h) how many different symbols followed h;
    below n = 1 every symbol is equally probable. (I. Witten and T. Bell, 1991, "The Zero-Frequency Problem", as
    interpolated by S. Chen and J. Goodman, 1996, "An Empirical Study of Smoothing Techniques for Language Modeling".)
    The symbols before test are the end of train.
    """
    symbols = np.concatenate([train, test])
    judged = np.arange(len(train), len(symbols))
    probability = np.full(len(test), 1 / vocab_size)
    # contexts[i]: a number for the n - 1 symbols before i; what the text's beginning lacks is like any other context.
    contexts = np.zeros(len(symbols), dtype=np.int64)
    for _ in range(order):
        grams, numbers = np.unique(contexts * vocab_size + symbols, return_inverse=True)
        of_gram = np.bincount(numbers[: len(train)], minlength=len(grams))
        size = int(contexts.max()) + 1
        of_context = np.bincount(contexts[: len(train)], minlength=size)
        followers = np.bincount(grams[of_gram > 0] // vocab_size, minlength=size)
        here = contexts[judged]
        known = of_context[here] > 0
        mixed = of_gram[numbers[judged]] + followers[here] * probability
        probability = np.where(known, mixed / np.maximum(1, of_context[here] + followers[here]), probability)
        # One symbol more: what a gram was for the symbol before is the context of this one.
        contexts = np.concatenate([[len(grams)], numbers[:-1]]).astype(np.int64)
    nats: npt.NDArray[Any] = -np.log(probability)
    return nats
