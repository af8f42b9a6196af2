"""Who takes part: rivals, our presets, and models that are trained already."""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rivals import RIVALS, Tag

import postagger
from postagger.config import PRESETS, TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.fingerprint import sha256_of
from postagger.data_prep.raw_sentences import load_raw_sentences
from postagger.data_prep.sentence import Sentence
from postagger.pretrained import model_path
from postagger.pretraining import Pretrained, pretrain
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

SHARED_SEED = 1
# With --sentences, so many times as many of raw text.
RAW_SENTENCES_EACH = 20


@dataclass(frozen=True)
class Split:
    """What is trained on and what is judged.

    without: sentences that raw text must not have. untagged: sentences whose words are read with the raw text, as the
    train command does with its training part; none where several splits share what raw text teaches.
    """

    name: str
    train: Sequence[Sentence]
    test: Sequence[Sentence]
    without: Sequence[Sentence]
    untagged: Sequence[Sentence] = ()


@dataclass(frozen=True)
class Learnt:
    """A trained tagger. size: of what it saves, in bytes. seconds: of all its training."""

    tag: Tag
    size: int
    seconds: float


@dataclass(frozen=True)
class Contestant:
    """One that takes part: learn trains it. settings: what else its results depend on, as JSON has it."""

    name: str
    learn: Callable[[Split], Learnt]
    seed: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)


def rival(name: str) -> Contestant:
    """One of RIVALS; learn raises MissingRivalError where it is not installed."""

    def learn(split: Split) -> Learnt:
        start = time.perf_counter()
        trained = RIVALS[name](split.train)
        return Learnt(trained.tag, trained.size, time.perf_counter() - start)

    return Contestant(name, learn)


def trained_model(name: str) -> Contestant:
    """A model folder, or a model that comes with the package, as it is; it need not have left out the test part."""
    manifest = model_path(name) / "manifest.json"
    settings = {"manifest": hashlib.sha256(manifest.read_bytes()).hexdigest()}
    return Contestant(name, lambda _: _learnt(postagger.load(name, device="cpu"), 0.0), settings=settings)


class Presets:
    """Our presets. What raw text teaches is learnt once for equal settings, seed and left out sentences.

    pretrained_once: take what seed SHARED_SEED learns from raw text for every seed. sentences: as --sentences.
    """

    def __init__(self, *, pretrained_once: bool, sentences: int | None) -> None:
        self.pretrained_once = pretrained_once
        self._most_raw = None if sentences is None else RAW_SENTENCES_EACH * sentences
        self._known: dict[str, tuple[Pretrained, float]] = {}

    def contestant(self, preset: str, seed: int) -> Contestant:
        """A preset with a seed, on one thread of the CPU; traces are never kept here, whatever the preset says."""
        settings = {**PRESETS[preset], "threads": 1, "device": "cpu"}
        shared = {"pretrained_once": True} if self.pretrained_once and settings.get("raw_text") else {}
        return Contestant(f"postagger `{preset}`", partial(self._learn, settings, seed), seed, settings | shared)

    def _learn(self, settings: Mapping[str, Any], seed: int, split: Split) -> Learnt:
        pretrained, spent = self._pretrained(settings, seed, split)
        start = time.perf_counter()
        corpus = Corpus.from_parts("treebank", split.train, (), ())
        tagger, _ = train_tagger(corpus, _config(settings, seed), pretrained=pretrained)
        return _learnt(tagger, spent + time.perf_counter() - start)

    def _pretrained(self, settings: Mapping[str, Any], seed: int, split: Split) -> tuple[Pretrained | None, float]:
        """What raw text teaches, if the preset has some, and the seconds that took, reading it among them."""
        sources = settings.get("raw_text", ())
        if not sources:
            return None, 0.0
        config = _config(settings, SHARED_SEED if self.pretrained_once else seed)
        left_out = sorted(set(split.without), key=lambda sentence: (sentence.tokens, sentence.tags))
        key = json.dumps([config.to_dict(), sources, sha256_of(left_out), sha256_of(split.untagged)])
        if key not in self._known:
            start = time.perf_counter()
            sentences = load_raw_sentences(sources, without=split.without)[: self._most_raw]
            pretrained = pretrain([*sentences, *(sentence.tokens for sentence in split.untagged)], config)
            self._known[key] = pretrained, time.perf_counter() - start
        return self._known[key]


def _config(settings: Mapping[str, Any], seed: int) -> TaggerConfig:
    names = TaggerConfig.field_names()
    return TaggerConfig.from_settings({name: settings[name] for name in settings if name in names} | {"seed": seed})


def _learnt(tagger: Tagger, seconds: float) -> Learnt:
    with tempfile.TemporaryDirectory() as folder:
        tagger.save(Path(folder) / "model")
        size = sum(path.stat().st_size for path in (Path(folder) / "model").iterdir())
    return Learnt(lambda sentences: [prediction.tags for prediction in tagger.predict(sentences)], size, seconds)
