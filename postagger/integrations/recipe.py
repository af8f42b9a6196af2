"""Recipe: a preset and settings, as another library hands them over, to make a tagger of its sentences."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postagger.config import PRESETS, CorpusConfig, TaggerConfig
from postagger.data_prep.corpus import TRACE_TAG, Corpus
from postagger.data_prep.sentence import Sentence
from postagger.errors import ConfigError
from postagger.tagger import Tagger

_ONE_AT_A_TIME = threading.Lock()  # all threads share torch's random numbers


@dataclass(frozen=True)
class Recipe:
    """How a tagger is trained; raw_text: the sources of untagged text to learn from first."""

    preset: str
    config: TaggerConfig
    raw_text: tuple[str, ...]

    @classmethod
    def from_settings(cls, preset: str, settings: Mapping[str, Any]) -> "Recipe":
        """From the name of a preset, and settings that weigh more than its own.

        What a preset says of reading a corpus does not count: sentences are taken as they are handed over.

        Raises:
            ConfigError: there is no such preset or setting, or a value cannot be used.
        """
        if preset not in PRESETS:
            raise ConfigError(f"preset: expected one of {' '.join(PRESETS)}, got {preset!r}")
        chosen = {name: value for name, value in PRESETS[preset].items() if name != "keep_traces"} | dict(settings)
        raw_text = chosen.pop("raw_text", ())
        raw_text = CorpusConfig(raw_text=tuple(raw_text) if isinstance(raw_text, list) else raw_text).raw_text
        return cls(preset, TaggerConfig.from_settings(chosen), raw_text)

    def train(self, name: str, sentences: Sequence[Sentence]) -> Tagger:
        """A tagger of all these sentences. name: what it tells of where they come from.

        Equal sentences give equal taggers, in whatever thread. The random numbers of the program around it stay as they
        were.

        Raises:
            CorpusError: there are no sentences with words, or raw text is missing.
            ConfigError: the settings do not fit the machine or the sentences.
            KeyboardInterrupt: Ctrl-C; nobody shall take half a training for a whole one.
        """
        import torch

        from postagger.pretraining import pretrain_for
        from postagger.tagger_training import train_tagger

        corpus = Corpus.from_parts(name, [sentence for sentence in sentences if sentence.tokens], (), ())
        has_traces = any(TRACE_TAG in sentence.tags for sentence in corpus.train)
        facts = {"preset": self.preset, "raw_text": self.raw_text, "keep_traces": has_traces}
        with _ONE_AT_A_TIME, torch.random.fork_rng(devices=[]):
            pretrained = pretrain_for(corpus, self.raw_text, self.config)
            tagger, result = train_tagger(corpus, self.config, pretrained=pretrained, facts=facts)
        result.check()
        return tagger
