"""A language model and a text -> the scores that evaluation.json stores."""

import dataclasses
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from postagger.char_language_model import CharLanguageModel
from postagger.data_prep.characters import Codes
from postagger.errors import InputError
from postagger.evaluation.ngrams import ngram_nats
from postagger.evaluation.samples import Sample
from postagger.model_folder import json_text
from postagger.perplexity import measures

NGRAM_ORDER = 6
_LONGEST_CONTEXT = 256
_MOST_WINDOWS = 512
_MOST_FOR_COUNTING = 20_000_000
_PIECE = 1 << 22


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
        return cls.of_sum(float(nats.sum(dtype=np.float64)), len(nats))

    @classmethod
    def of_sum(cls, nats: float, characters: int) -> "Loss":
        """The mean of so many losses that add up to this."""
        return cls(characters, **measures(nats / characters))


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
    symbols: characters or bytes. model (its name), samples, history (a record an epoch) and provenance are there where
    the caller adds them.
    """

    corpus: str
    split: str
    characters: int
    unknown: int
    directions: Mapping[str, DirectionScores]
    baseline: Mapping[str, Loss] = field(default_factory=dict)
    leak: bool = False
    seconds: float = 0.0
    symbols: str = "characters"
    model: str = ""
    samples: Sequence[Sample] = ()
    history: Sequence[Mapping[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; the losses at the top are those of the first direction."""
        first = next(iter(self.directions.values())).loss
        scores = dataclasses.asdict(self)
        losses = {name: getattr(first, name) for name in ("nats_per_char", "bits_per_char", "perplexity")}
        return {name: scores.pop(name) for name in ("corpus", "split", "characters")} | losses | scores

    def to_json(self) -> str:
        """What evaluation.json holds."""
        return json_text(self.to_dict())

    def to_html(self) -> str:
        """The page of report.html."""
        from postagger.evaluation.language_html_report import language_html_report

        return language_html_report(self.to_dict())


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
    baseline = {}
    if train is not None and len(train) + len(codes) <= _MOST_FOR_COUNTING:
        counted_on, judged = (model.alphabet.ids(part).numpy() for part in (train, codes))
        nats = ngram_nats(counted_on, judged, len(model.alphabet), NGRAM_ORDER)
        baseline[f"{NGRAM_ORDER}-gram"] = Loss.of(nats[1:])
    return LanguageEvaluation(
        corpus=corpus,
        split=split,
        characters=len(codes) - 1,
        unknown=sum(model.alphabet.num_unknown(piece) for piece in _pieces(codes)),
        directions={direction: _direction_scores(model, codes, direction) for direction in model.directions},
        baseline=baseline,
        leak=model.config.network.bidirectional_leak,
        symbols=model.config.text.symbols,
        seconds=round(time.perf_counter() - start, 3),
    )


def _direction_scores(model: CharLanguageModel, codes: Codes, direction: str) -> DirectionScores:
    nats = model.nats(codes, direction).numpy()
    # Read backward, it is the last character that nothing stands before.
    by_class = _by_class(codes[1:] if direction == "forward" else codes[:-1], nats)
    return DirectionScores(Loss.of(nats), by_class, _by_position(model, codes, direction))


def _pieces(values: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """A long array piece by piece, so that what is made of it fits into memory."""
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]


def _by_class(codes: Codes, nats: npt.NDArray[Any]) -> dict[str, Loss]:
    """The losses [N] of the characters of each class."""
    counts: dict[str, int] = {}
    sums: dict[str, float] = {}
    for piece, losses in zip(_pieces(codes), _pieces(nats), strict=True):
        distinct, numbers, numbers_of = np.unique(piece, return_inverse=True, return_counts=True)
        totals = np.bincount(numbers, weights=losses)
        for code, count, total in zip(distinct.tolist(), numbers_of.tolist(), totals.tolist(), strict=True):
            name = "byte above 127" if piece.dtype == np.uint8 and code > 127 else _class_of(chr(code))
            counts[name] = counts.get(name, 0) + count
            sums[name] = sums.get(name, 0.0) + total
    return {name: Loss.of_sum(sums[name], counts[name]) for name in sorted(counts)}


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


def _class_of(character: str) -> str:
    if character in "\r\n":
        return "line break"
    kind = unicodedata.category(character)
    by_kind = {"Lu": "upper-case letter", "Lt": "upper-case letter", "Ll": "lower-case letter", "Zs": "space"}
    by_start = {"L": "other letter", "N": "digit or number", "P": "punctuation", "S": "symbol", "Z": "space"}
    return by_kind.get(kind) or by_start.get(kind[0], "other")
