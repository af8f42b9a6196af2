"""Flair's sequence tagger: a bidirectional LSTM with a conditional random field, from scratch."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Trained, prepare, quieten, rival_module

REQUIREMENT = "flair==0.15.1"
LABEL = "pos"
EPOCHS = 10
BATCH_SENTENCES = 16
LEARNING_RATE = 4e-3
HIDDEN_UNITS = 128
WORD_UNITS = 100
LEAST_COUNT = 2


def train_flair(train: Sequence[Sentence], *, seed: int = 1, epochs: int = EPOCHS) -> Trained:
    """Train on all sentences for a number of epochs, by AdamW with a rate that falls to 0; keep the last weights.

    Words that occur twice have an embedding of their own, all have one of their characters; none is downloaded.
    """
    import torch  # only here, because the rivals are loaded without it

    flair, trainers = (rival_module(name, REQUIREMENT) for name in ("flair", "flair.trainers"))
    quieten("flair")
    flair.device = torch.device("cpu")
    flair.set_seed(seed)
    prepare(seed)
    corpus = _corpus(train)
    tagger = _tagger(corpus, train)
    with tempfile.TemporaryDirectory() as folder:
        trainers.ModelTrainer(tagger, corpus).fine_tune(
            folder,
            learning_rate=LEARNING_RATE,
            mini_batch_size=BATCH_SENTENCES,
            max_epochs=epochs,
            train_with_dev=True,
            create_file_logs=False,
            create_loss_file=False,
        )
        size = (Path(folder) / "final-model.pt").stat().st_size
    return Trained(lambda sentences: _tag(tagger, sentences), size)


def _corpus(train: Sequence[Sentence]) -> Any:
    data, datasets = (rival_module(f"flair.{name}", REQUIREMENT) for name in ("data", "datasets"))
    sentences = []
    for sentence in train:
        converted = data.Sentence(list(sentence.tokens))
        for token, tag in zip(converted, sentence.tags, strict=True):
            token.add_label(LABEL, tag)
        sentences.append(converted)
    return data.Corpus(train=datasets.FlairDatapointDataset(sentences), sample_missing_splits=False)


def _tagger(corpus: Any, train: Sequence[Sentence]) -> Any:
    embeddings, models = (rival_module(f"flair.{name}", REQUIREMENT) for name in ("embeddings", "models"))
    characters = _dictionary(("".join(sentence.tokens) for sentence in train), unknown=True)
    words = embeddings.OneHotEmbeddings.from_corpus(corpus, embedding_length=WORD_UNITS, min_freq=LEAST_COUNT)
    return models.SequenceTagger(
        embeddings=embeddings.StackedEmbeddings([words, embeddings.CharacterEmbeddings(characters)]),
        tag_dictionary=_dictionary((sentence.tags for sentence in train), unknown=False),
        tag_type=LABEL,
        hidden_size=HIDDEN_UNITS,
        reproject_embeddings=False,
    )


def _dictionary(groups: Iterable[Iterable[str]], *, unknown: bool) -> Any:
    """All that occurs in the groups, by the alphabet."""
    dictionary = rival_module("flair.data", REQUIREMENT).Dictionary(add_unk=unknown)
    for item in sorted(set().union(*groups)):
        dictionary.add_item(item)
    return dictionary


def _tag(tagger: Any, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    data = rival_module("flair.data", REQUIREMENT)
    converted = [data.Sentence(list(tokens)) for tokens in sentences]
    tagger.predict(converted, mini_batch_size=BATCH_SENTENCES)
    return [[token.get_label(LABEL).value for token in sentence] for sentence in converted]
