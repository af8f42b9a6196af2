"""One training, timed: python -m speed_parts.learning perceptron prints its seconds and its accuracy as JSON.

The first sentences of the treebank's training part are learnt, those behind them are judged.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rivals.common import pairs, prepare, rival_module
from rivals.nltk_taggers import REQUIREMENT

from postagger.config import PRESETS, TaggerConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence

if TYPE_CHECKING:
    from postagger.data_prep.batching import Batch

ITERATIONS = 8
STEPS_BETWEEN_LOOKS = 10
WARM_UP = 16

Look = tuple[float, float]
"""Seconds of training so far, and the accuracy then."""


def perceptron(train: Sequence[Sentence], dev: Sequence[Sentence]) -> list[Look]:
    """NLTK's own training, and nothing else; judged at its end."""
    random.seed(1)
    tagger = rival_module("nltk.tag.perceptron", REQUIREMENT).PerceptronTagger(load=False)
    examples = pairs(train)
    start = time.perf_counter()
    tagger.train(examples, nr_iter=ITERATIONS)
    seconds = time.perf_counter() - start
    right = [
        tag == other
        for sentence in dev
        for tag, (_, other) in zip(sentence.tags, tagger.tag(list(sentence.tokens)), strict=True)
    ]
    return [(seconds, sum(right) / len(right))]


def fast(train: Sequence[Sentence], dev: Sequence[Sentence]) -> list[Look]:
    """Our preset, from the vocabularies on; judged every few steps, while the clock stands still."""
    import torch

    from postagger.tagger_training import _prepared, _trainer

    config = TaggerConfig.from_settings({**PRESETS["fast"], "seed": 1, "device": "cpu"})
    corpus = Corpus.from_parts("treebank", train, dev, ())
    prepare(1)
    start = time.perf_counter()
    # The two halves of train_tagger, which lets nobody look at the network in the middle of an epoch.
    tagger, batches_of = _prepared(corpus, config, None, {})
    trainer = _trainer(tagger, batches_of, corpus.dev, show_progress=False, name="")
    score, batches = trainer.score, trainer.batches
    if score is None:
        raise ValueError("expected sentences to judge on, got none")
    looks: list[Look] = []
    spent = 0.0

    def look() -> None:
        nonlocal spent
        now = time.perf_counter()
        tagger.network.eval()
        with torch.inference_mode():
            looks.append((now - start - spent, score()))
        tagger.network.train()
        spent += time.perf_counter() - now

    trainer.batches = lambda epoch, steps: _watched(batches(epoch, steps), look)
    trainer.score = None
    trainer.fit()
    return looks


def _watched(batches: "Iterable[Batch]", look: Callable[[], None]) -> "Iterator[Batch]":
    """The batches; look is called between two of them, now and then, and behind the last."""
    for number, batch in enumerate(batches):
        if number and number % STEPS_BETWEEN_LOOKS == 0:
            look()
        yield batch
    look()


LEARNERS = {"perceptron": perceptron, "fast": fast}


def main() -> None:
    """Train, and print the looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learner", choices=list(LEARNERS))
    parser.add_argument("--train", type=int, default=2700, help="sentences to learn")
    parser.add_argument("--dev", type=int, default=300, help="sentences behind them, to judge on")
    options = parser.parse_args()
    sentences = load_corpus(["treebank"]).train
    train, dev = sentences[: options.train], sentences[options.train : options.train + options.dev]
    learn = LEARNERS[options.learner]
    learn(train[:WARM_UP], dev[:1])  # torch imports a good deal of itself as late as that
    looks = learn(train, dev)
    print(json.dumps({"looks": looks}))


if __name__ == "__main__":
    main()
