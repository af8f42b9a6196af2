"""A conditional random field over hand-written features, by python-crfsuite."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Tag, Trained, prepare, rival_module, saves

REQUIREMENT = "python-crfsuite==0.9.12"
PARAMETERS = {"c1": 0.05, "c2": 0.02, "max_iterations": 100, "feature.possible_transitions": True}
WINDOW = (-2, -1, 1, 2)
LONGEST_AFFIX = 4


def train_crf(train: Sequence[Sentence], *, seed: int = 1) -> Trained:
    """Train by L-BFGS; the same every time."""
    pycrfsuite = rival_module("pycrfsuite", REQUIREMENT)
    prepare(seed)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
    for sentence in train:
        trainer.append(features(sentence.tokens), sentence.tags)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        trainer.train(str(path))
        model = path.read_bytes()
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(model)
    return Trained(_tag_with(tagger), len(model), saves(model))


def load_crf(path: Path) -> Tag:
    """From its model file."""
    tagger = rival_module("pycrfsuite", REQUIREMENT).Tagger()
    tagger.open(str(path))
    return _tag_with(tagger)


def _tag_with(tagger: Any) -> Tag:
    def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        return [tagger.tag(features(tokens)) for tokens in sentences]

    return tag


def features(tokens: Sequence[str]) -> list[list[str]]:
    """The names of each token's features.

    >>> features(["Time", "flies"])[1][:4]
    ['word=flies', 'lower=flies', 'prefix=f', 'suffix=s']
    """
    lowered = [token.lower() for token in tokens]
    shapes = [shape(token) for token in tokens]
    return [
        [*_of_word(token), f"shape={shapes[i]}", *_of_neighbours(lowered, shapes, i)] for i, token in enumerate(tokens)
    ]


def shape(token: str) -> str:
    """Letters as x or X, digits as d, each run as one.

    >>> shape("Mid-1990s")
    'Xx-dx'
    """
    letters = "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in token)
    return re.sub(r"(.)\1+", r"\1", letters)


def _of_word(token: str) -> Iterator[str]:
    yield f"word={token}"
    yield f"lower={token.lower()}"
    for length in range(1, min(LONGEST_AFFIX, len(token)) + 1):
        yield f"prefix={token[:length].lower()}"
        yield f"suffix={token[-length:].lower()}"
    if token[:1].isupper():
        yield "capital"
    if any(character.isdigit() for character in token):
        yield "digit"
    if "-" in token:
        yield "hyphen"


def _of_neighbours(lowered: Sequence[str], shapes: Sequence[str], i: int) -> Iterator[str]:
    words = {offset: lowered[i + offset] if 0 <= i + offset < len(lowered) else "<>" for offset in (*WINDOW, 0)}
    for offset in WINDOW:
        yield f"word{offset}={words[offset]}"
        if words[offset] != "<>":
            yield f"shape{offset}={shapes[i + offset]}"
    for first, second in ((-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1)):
        yield f"words{first}{second}={words[first]} {words[second]}"
