"""NLTK's averaged perceptron and its TnT, a trigram hidden Markov model."""

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Tag, Trained, pairs, prepare, rival_module, saves

REQUIREMENT = "nltk==3.10.4"


def train_perceptron(train: Sequence[Sentence], *, seed: int = 1, iterations: int = 8) -> Trained:
    """The averaged perceptron; its size is that of the JSON it saves."""
    perceptron = rival_module("nltk.tag.perceptron", REQUIREMENT)
    prepare(seed)
    tagger = perceptron.PerceptronTagger(load=False)
    tagger.train(pairs(train), nr_iter=iterations)
    saved = json.dumps([tagger.model.weights, tagger.tagdict, sorted(tagger.classes)]).encode()
    return Trained(_tag_with(tagger), len(saved), saves(saved))


def load_perceptron(path: Path) -> Tag:
    """The three parts that NLTK saves, in one file: its own functions write inside of NLTK's data folders only."""
    tagger = rival_module("nltk.tag.perceptron", REQUIREMENT).PerceptronTagger(load=False)
    tagger.model.weights, tagger.tagdict, classes = json.loads(path.read_bytes())
    tagger.classes = tagger.model.classes = set(classes)
    return _tag_with(tagger)


def train_tnt(train: Sequence[Sentence], *, seed: int = 1) -> Trained:
    """TnT with its own suffix model for unknown words, which old NLTKs lack; its size is that of its pickle."""
    tnt = rival_module("nltk.tag.tnt", REQUIREMENT)
    prepare(seed)
    tagger = tnt.TnT()
    tagger.train(pairs(train))
    saved = pickle.dumps(tagger)
    return Trained(_tag_with(tagger), len(saved), saves(saved))


def load_tnt(path: Path) -> Tag:
    """From a pickle, because NLTK gives TnT no other form."""
    rival_module("nltk.tag.tnt", REQUIREMENT)
    return _tag_with(pickle.loads(path.read_bytes()))


def _tag_with(tagger: Any) -> Tag:
    def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        return [[tag for _, tag in tagger.tag(list(tokens))] for tokens in sentences]

    return tag
