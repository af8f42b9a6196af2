"""UDPipe 1: MorphoDiTa's averaged perceptron with a guesser of unknown words."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Tag, Trained, prepare, rival_module, saves

REQUIREMENT = "ufal.udpipe==1.4.0.1"
ITERATIONS = 20
XPOS_ONLY = "use_lemma=0;provide_lemma=0;use_xpostag=1;provide_xpostag=1;use_feats=0;provide_feats=0"


def train_udpipe(train: Sequence[Sentence], *, seed: int = 1, iterations: int = ITERATIONS) -> Trained:
    """Train the tagger alone, on XPOS alone.

    Raises:
        RuntimeError: UDPipe could not train, or not read what it trained.
    """
    udpipe = rival_module("ufal.udpipe", REQUIREMENT)
    prepare(seed)
    tagger = f"iterations={iterations};{XPOS_ONLY}"
    sentences, error = udpipe.Sentences(), udpipe.ProcessingError()
    for sentence in train:
        sentences.append(_sentence(udpipe, sentence.tokens, sentence.tags))
    trained = udpipe.Trainer.train("morphodita_parsito", sentences, udpipe.Sentences(), "none", tagger, "none", error)
    if error.occurred():
        raise RuntimeError(f"UDPipe: expected a trained model, got {error.message}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(trained)
        return Trained(load_udpipe(path), len(trained), saves(trained))


def load_udpipe(path: Path) -> Tag:
    """From its model file.

    Raises:
        RuntimeError: UDPipe cannot read it.
    """
    udpipe = rival_module("ufal.udpipe", REQUIREMENT)
    model = udpipe.Model.load(str(path))
    if model is None:
        raise RuntimeError("UDPipe: expected a model that can be read, got none")

    def tag(sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        tagged = []
        for tokens in sentences:
            sentence = _sentence(udpipe, tokens, [""] * len(tokens))
            model.tag(sentence, udpipe.Model.DEFAULT)
            tagged.append([word.xpostag for word in list(sentence.words)[1:]])
        return tagged

    return tag


def _sentence(udpipe: Any, tokens: Sequence[str], tags: Sequence[str]) -> Any:
    sentence = udpipe.Sentence()
    for token, tag in zip(tokens, tags, strict=True):
        sentence.addWord(token).xpostag = tag
    return sentence
