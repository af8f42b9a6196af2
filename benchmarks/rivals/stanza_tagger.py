"""Stanza's tagger: a bidirectional LSTM over words and characters, from scratch."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence

from .common import Trained, conllu, prepare, quieten, rival_module

REQUIREMENT = "stanza==1.15.0"
DEV_SENTENCES = 300
MAX_STEPS = 1600
# Lighter than Stanza's own settings, which learn less in the same time.
SETTINGS = {"batch_size": 16, "char_hidden_dim": 150, "dropout": 0.3, "word_dropout": 0.1}
FLAGS = ("--no_pretrain", "--share_hid", "--fix_eval_interval", "--cpu")


def train_stanza(train: Sequence[Sentence], *, seed: int = 1, max_steps: int = MAX_STEPS) -> Trained:
    """Train on all sentences for max_steps batches, without pretrained vectors; keep the last weights.

    Stanza asks for a dev set to choose the best step by. It is given the last 300 sentences, which are trained on,
    too; it judges the last step only, so that nothing is chosen.
    """
    tagger = rival_module("stanza.models.tagger", REQUIREMENT)
    quieten("stanza")
    prepare(seed)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "train_file": _write(train, Path(folder) / "train.conllu"),
            "eval_file": _write(train[-DEV_SENTENCES:], Path(folder) / "dev.conllu"),
            "save_dir": folder,
            "save_name": "model.pt",
            "lang": "en",
            "shorthand": "en_rival",
            "seed": seed,
            **dict.fromkeys(("max_steps", "max_steps_before_stop", "eval_interval"), max_steps),
            **SETTINGS,
        }
        trainer, _ = tagger.main([*(f"--{name}={value}" for name, value in settings.items()), *FLAGS])
        size = (Path(folder) / "model.pt").stat().st_size
    return Trained(lambda sentences: _tag(trainer, sentences), size)


def _write(sentences: Sequence[Sentence], path: Path) -> Path:
    path.write_text(
        conllu([sentence.tokens for sentence in sentences], [sentence.tags for sentence in sentences]), "utf-8"
    )
    return path


def _tag(trainer: Any, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    data, conll = (rival_module(f"stanza.{name}", REQUIREMENT) for name in ("models.pos.data", "utils.conll"))
    document = conll.CoNLL.conll2doc(input_str=conllu(sentences, [["X"] * len(tokens) for tokens in sentences]))
    dataset = data.Dataset(document, trainer.args, None, vocab=trainer.vocab, evaluation=True)
    predictions = (trainer.predict(batch) for batch in dataset.to_loader(batch_size=SETTINGS["batch_size"]))
    return [[xpos for _, xpos, _ in sentence] for batch in predictions for sentence in batch]
