"""spaCy's tagger: hashed embeddings and a convolutional network, from scratch."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Tag, Trained, prepare, rival_module

REQUIREMENT = "spacy==3.8.18"
EPOCHS = 16
DROPOUT = 0.2
# The sizes of batches, in sentences: the first, the largest, and how they grow.
BATCH_SIZES = (4.0, 32.0, 1.001)


def train_spacy(train: Sequence[Sentence], *, seed: int = 1, epochs: int = EPOCHS) -> Trained:
    """Train on all sentences for a number of epochs; the size is that of the whole pipeline."""
    spacy = rival_module("spacy", REQUIREMENT)
    training, tokens = (rival_module(f"spacy.{name}", REQUIREMENT) for name in ("training", "tokens"))
    prepare(seed)
    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    nlp.add_pipe("tagger")
    examples = [
        training.Example(
            tokens.Doc(nlp.vocab, words=list(sentence.tokens)),
            tokens.Doc(nlp.vocab, words=list(sentence.tokens), tags=list(sentence.tags)),
        )
        for sentence in train
    ]
    optimizer = nlp.initialize(lambda: examples)
    sizes = spacy.util.compounding(*BATCH_SIZES)
    for _ in range(epochs):
        random.shuffle(examples)
        for batch in spacy.util.minibatch(examples, size=sizes):
            nlp.update(batch, sgd=optimizer, drop=DROPOUT)
    return Trained(_tag_with(nlp), len(nlp.to_bytes()), nlp.to_disk)


def load_spacy(path: Path) -> Tag:
    """From the folder of the pipeline."""
    return _tag_with(rival_module("spacy", REQUIREMENT).load(path))


def _tag_with(nlp: Any) -> Tag:
    tokens = rival_module("spacy.tokens", REQUIREMENT)

    def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        docs = (tokens.Doc(nlp.vocab, words=list(sentence)) for sentence in sentences)
        return [[token.tag_ for token in doc] for doc in nlp.pipe(docs)]

    return tag
