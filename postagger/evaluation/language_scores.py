"""A language model and a text -> the scores that evaluation.json stores."""

import dataclasses
import json
import math
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from postagger.char_language_model import CharLanguageModel
from postagger.data_prep.characters import Alphabet, Codes
from postagger.errors import InputError
from postagger.evaluation.ngrams import ngram_nats

NGRAM_ORDER = 6
_LONGEST_CONTEXT = 256
_MOST_WINDOWS = 512
_MOST_FOR_COUNTING = 20_000_000


@dataclass(frozen=True)
class Loss:
    """A loss in its three usual forms, over so many characters."""

    characters: int
    nats_per_char: float
    bits_per_char: float
    perplexity: float

    @classmethod
    def of(cls, nats: npt.NDArray[Any]) -> "Loss":
        """The mean of some losses [N] in nats."""
        mean = float(nats.mean(dtype=np.float64))
        return cls(len(nats), mean, mean / math.log(2), math.exp(mean) if mean < 700 else math.inf)


@dataclass(frozen=True)
class DirectionScores:
    """The scores of one direction.

    by_class: of lower-case letters, digits and so on. by_position: by how many characters the model has seen before,
    counted in windows that begin anew; keys are the first and the last such number ("3-4").
    """

    loss: Loss
    by_class: Mapping[str, Loss]
    by_position: Mapping[str, Loss]


@dataclass(frozen=True)
class LanguageEvaluation:
    """A model's scores on a text. characters: how many are judged: all but the first (for bytes, bytes).

    unknown: how many characters the model does not know; they are judged as <unk>. baseline: an n-gram model's
    loss, where its training text was at hand. leak: whether the network sees what it should predict. seconds: to judge.
    """

    corpus: str
    split: str
    characters: int
    unknown: int
    directions: Mapping[str, DirectionScores]
    baseline: Mapping[str, Loss] = field(default_factory=dict)
    leak: bool = False
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; the losses at the top are those of the first direction."""
        first = next(iter(self.directions.values())).loss
        scores = dataclasses.asdict(self)
        losses = {name: getattr(first, name) for name in ("nats_per_char", "bits_per_char", "perplexity")}
        return {name: scores.pop(name) for name in ("corpus", "split", "characters")} | losses | scores

    def to_json(self) -> str:
        """What evaluation.json holds."""
        return json.dumps(self.to_dict(), indent=1) + "\n"


def evaluate_language_model(
    model: CharLanguageModel,
    codes: Codes,
    *,
    corpus: str = "text",
    split: str = "all",
    train: Codes | None = None,
) -> LanguageEvaluation:
    """Judge a model on the codes [N] of a text. train: the text an n-gram model is counted on, to stand beside it.

    Raises:
        InputError: the text has fewer than two characters.
    """
    if len(codes) < 2:
        raise InputError(f"{corpus}: expected at least two characters to judge by, got {len(codes)}; give more text")
    start = time.perf_counter()
    ids = model.alphabet.ids(codes).numpy()
    known_symbols = model.alphabet.characters is None
    baseline = {}
    if train is not None and len(train) + len(codes) <= _MOST_FOR_COUNTING:
        counted = ngram_nats(model.alphabet.ids(train).numpy(), ids, len(model.alphabet), NGRAM_ORDER)
        baseline[f"{NGRAM_ORDER}-gram"] = Loss.of(counted[1:])
    return LanguageEvaluation(
        corpus=corpus,
        split=split,
        characters=len(codes) - 1,
        unknown=0 if known_symbols else int((ids == Alphabet.unk_id).sum()),
        directions={direction: _direction_scores(model, codes, direction) for direction in model.directions},
        baseline=baseline,
        leak=model.config.network.bidirectional_leak,
        seconds=round(time.perf_counter() - start, 3),
    )


def _direction_scores(model: CharLanguageModel, codes: Codes, direction: str) -> DirectionScores:
    nats = model.nats(codes, direction).numpy()
    # Read backward, it is the last character that nothing stands before.
    classes = _classes(codes[1:] if direction == "forward" else codes[:-1])
    by_class = {name: Loss.of(nats[classes == name]) for name in sorted(set(classes.tolist()))}
    return DirectionScores(Loss.of(nats), by_class, _by_position(model, codes, direction))


def _by_position(model: CharLanguageModel, codes: Codes, direction: str) -> dict[str, Loss]:
    """Losses by how much of a window that began anew has been read: 1, 2, 3-4, 5-8 ... characters."""
    length = min(_LONGEST_CONTEXT, len(codes) - 1)
    count = min(_MOST_WINDOWS, (len(codes) - 1) // length)
    turned = codes[::-1] if direction == "backward" else codes
    starts = np.linspace(0, len(codes) - 1 - length, count).astype(np.int64)
    ids = model.alphabet.ids(turned[starts[:, None] + np.arange(length + 1)]).to(model.device)
    network = model.network_of(direction)
    network.eval()
    with torch.inference_mode():
        # Few windows at a time: the scores of all symbols at all steps are large.
        parts = [
            -network(part[:, :-1])[0].gather(-1, part[:, 1:, None]).squeeze(-1).cpu()  # [B, T]
            for part in ids.split(64)
        ]
    nats = torch.cat(parts).numpy()
    spans, first = {}, 1
    while first <= length:
        last = min(length, max(1, 2 * (first - 1)))
        spans[str(first) if first == last else f"{first}-{last}"] = Loss.of(nats[:, first - 1 : last].ravel())
        first = last + 1
    return spans


def _classes(codes: Codes) -> npt.NDArray[np.str_]:
    """The class of each code."""
    distinct, numbers = np.unique(codes, return_inverse=True)
    of_byte = codes.dtype == np.uint8
    names = ["byte above 127" if of_byte and code > 127 else _class_of(chr(code)) for code in distinct.tolist()]
    return np.array(names)[numbers]


def _class_of(character: str) -> str:
    if character in "\r\n":
        return "line break"
    kind = unicodedata.category(character)
    by_kind = {"Lu": "upper-case letter", "Lt": "upper-case letter", "Ll": "lower-case letter", "Zs": "space"}
    by_start = {"L": "other letter", "N": "digit or number", "P": "punctuation", "S": "symbol", "Z": "space"}
    return by_kind.get(kind) or by_start.get(kind[0], "other")
