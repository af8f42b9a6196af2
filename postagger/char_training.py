"""From a text to a trained language model: alphabet -> windows -> network -> trainer."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from postagger.char_language_model import CharLanguageModel
from postagger.data_prep.batching import row_parts
from postagger.data_prep.characters import (
    Alphabet,
    Codes,
    Text,
    consecutive_windows,
    num_consecutive,
    num_random,
    random_windows,
)
from postagger.device import autocast, has_fast_bfloat16, keep_memory, select_device, threads
from postagger.errors import ConfigError
from postagger.language_config import LanguageModelConfig
from postagger.language_network import build_language_model
from postagger.model_folder import library_versions
from postagger.perplexity import measures
from postagger.processes import ALONE, Processes, threads_each
from postagger.run_checkpoints import RunCheckpoints
from postagger.sampling import Sampling
from postagger.seeds import epoch_generator
from postagger.trainable_text import check_share, check_text
from postagger.trainer import Trainer
from postagger.training_result import EpochRecord, TrainingResult
from postagger.window_batch import WindowBatch

_TOTALS = ".totals"
MOST_JUDGED = 1_000_000
"""So many characters of a held-out part are judged after each epoch, and at the end; more would only take longer."""


@dataclass(frozen=True)
class EpochReport:
    """What a look at the model after an epoch shows.

    nats: of each direction, per character of training. held_out: the same of the held-out part, where there is one.
    samples: prefix and continuation, for each prefix. unknown: the characters of prefixes that the model does not know.
    """

    record: EpochRecord
    nats: Mapping[str, float]
    held_out: Mapping[str, float]
    samples: tuple[str, ...]
    unknown: tuple[str, ...]


def train_language_model(
    text: Text,
    config: LanguageModelConfig,
    *,
    facts: Mapping[str, Any] | None = None,
    report: Callable[[EpochReport], None] | None = None,
    show_progress: bool = False,
    checkpoints: RunCheckpoints | None = None,
) -> tuple[CharLanguageModel, TrainingResult]:
    """Train on all of a text but its held-out part, which chooses the epoch.

    Equal settings give equal weights, to the bit on a CPU, also where the run was cut off and resumed, unless the
    clock decides. report: told of every sample_every-th epoch and of the last. checkpoints: where the states of the run
    are kept. facts: more to be stored with the model.

    Raises:
        ConfigError: the settings do not fit the machine or the text.
        CorpusError: the text is too short or has but one character.
        CheckpointError: what shall be resumed is not whole, or of another run.
        DivergedError: the loss is no longer a finite number, already in the first epoch (see TrainingResult).
    """
    config = with_precision(config)
    if config.training.patience and not config.text.held_out:
        raise ConfigError("--patience: expected a held-out part to be patient about, got none; set --held-out")
    train, held_out = text.split(config.text.held_out)
    alphabet = Alphabet.build(train, config.text.min_count)
    check_text(text.name, train, held_out, alphabet, config.text, config.training.batch_size)
    keep_memory()
    processes = ALONE if checkpoints is None else checkpoints.processes
    check_share(config.training.batch_size, processes.size)
    with threads(threads_each(config.training.threads)):
        torch.manual_seed(config.training.seed)
        model = _untrained(text, alphabet, config, {"train": len(train), "held_out": len(held_out)}, facts or {})
        stage = None
        if checkpoints is not None:  # which finds out first whether all processes train the same
            stage = checkpoints.stage("training", comparable(config), text.sha256)
        run = TrainingRun(model, train, held_out[:MOST_JUDGED], report, processes)
        trainer = run.trainer(show_progress=show_progress)
        if stage is not None:
            stage.follow(trainer)
        result = trainer.fit()
    model.facts["training_result"] = result.facts()
    return model, result


def history_of(result: TrainingResult) -> list[dict[str, Any]]:
    """The records of the epochs, in the terms of language models; of two directions the mean."""
    return [
        {
            "epoch": record.epoch,
            **measures(record.loss),
            **({} if record.dev_score is None else {"held_out": measures(-record.dev_score)}),
            "learning_rate": record.learning_rate,
            "characters_per_second": record.tokens_per_second,
            "seconds": record.seconds,
        }
        for record in result.history
    ]


@dataclass
class TrainingRun:
    """What the functions of a training run share."""

    model: CharLanguageModel
    train: Codes
    held_out: Codes
    report: Callable[[EpochReport], None] | None
    processes: Processes = ALONE
    held_out_nats: dict[str, float] = field(default_factory=dict)
    carried: dict[str, Tensor] = field(default_factory=dict)

    def trainer(self, *, show_progress: bool) -> Trainer[WindowBatch]:
        """The loop, with all it needs to know of language models."""
        text, training = self.model.config.text, self.model.config.training
        count = num_consecutive if text.windows == "consecutive" else num_random
        return Trainer(
            network=self.model.network,
            config=training,
            batches=self.batches,
            steps_per_epoch=count(len(self.train), training.batch_size, text.context_length),
            loss=self.loss,
            score=self.score if len(self.held_out) else None,
            show_progress=show_progress,
            keep_bars=False,
            summary=_summary,
            after_epoch=self.look,
            carried=self.carried,
            split=WindowBatch.split,
            processes=self.processes,
            gathered=self.gathered,
        )

    def batches(self, epoch: int, steps: int) -> Iterator[WindowBatch]:
        """The windows of an epoch after so many steps, of every direction side by side."""
        if not steps:
            self.carried.clear()
        elif not self.processes.is_first:  # the first one goes on with the totals of all
            self.carried |= {name: 0 * self.carried[name] for name in self.carried if name.endswith(_TOTALS)}
        return itertools.islice(self._whole_epoch(epoch), steps, None)

    def gathered(self) -> dict[str, Tensor]:
        """What all processes carry: each the states of its rows, and the totals of what it has read."""
        if self.processes.size == 1:
            return dict(self.carried)
        own = row_parts(torch.arange(self.model.config.training.batch_size), self.processes.size)[self.processes.rank]
        whole = {}
        for name in sorted(self.carried):
            value = self.carried[name]
            if not name.endswith(_TOTALS):
                value = torch.zeros_like(value).index_copy(1, own.to(value.device), value[:, own])
            whole[name] = self.processes.summed(value)
        return whole

    def _whole_epoch(self, epoch: int) -> Iterator[WindowBatch]:
        text, training = self.model.config.text, self.model.config.training
        sizes = (self.model.alphabet, training.batch_size, text.context_length)
        turned = {
            direction: self.train[::-1] if direction == "backward" else self.train
            for direction in self.model.directions
        }
        if text.windows == "consecutive":
            streams = [consecutive_windows(codes, *sizes) for codes in turned.values()]
        else:
            streams = [
                random_windows(codes, *sizes, epoch_generator(training.seed, epoch)) for codes in turned.values()
            ]
        for number, together in enumerate(zip(*streams, strict=True)):
            yield WindowBatch(dict(zip(turned, together, strict=True)), number == 0)

    def loss(self, batch: WindowBatch) -> tuple[Tensor, Tensor]:
        """Sum and count over all directions. States are carried on, but no gradient goes back into them."""
        config, device = self.model.config, self.model.device
        losses, counts = [], []
        for direction, windows in batch.windows.items():
            windows = windows.to(device)
            names = sorted(name for name in self.carried if name.startswith(f"{direction}.state") and not batch.first)
            state = tuple(self.carried[name][:, batch.rows].contiguous() for name in names) or None
            with autocast(device, config.training.precision):
                loss, count, after = self.model.directions[direction].loss(windows.inputs, windows.targets, state)
            if config.text.windows == "consecutive":
                self._keep(batch.rows, {f"{direction}.state{n}": part.detach() for n, part in enumerate(after)})
            before = self.carried.get(f"{direction}{_TOTALS}", torch.zeros(2, dtype=torch.float64))
            totals = torch.tensor([loss.item(), count.item()], dtype=torch.float64)
            self.carried[f"{direction}{_TOTALS}"] = before.cpu() + totals
            losses.append(loss)
            counts.append(count)
        return torch.stack(losses).sum(), torch.stack(counts).sum()

    def _keep(self, rows: slice, states: Mapping[str, Tensor]) -> None:
        """The states after some rows, among those of the others."""
        for name, state in states.items():
            if rows.stop is None:
                self.carried[name] = state
                continue
            layers, _, size = state.shape
            fresh = state.new_zeros(layers, self.model.config.training.batch_size, size)
            states_of_all = self.carried[name].clone() if name in self.carried else fresh
            states_of_all[:, rows] = state
            self.carried[name] = states_of_all

    def score(self) -> float:
        """The held-out part's log-likelihood per character, the mean of all directions."""
        with autocast(self.model.device, self.model.config.training.precision):
            self.held_out_nats = {
                direction: self.model.nats(self.held_out, direction).double().mean().item()
                for direction in self.model.directions
            }
        return -sum(self.held_out_nats.values()) / len(self.held_out_nats)

    def look(self, record: EpochRecord, last: bool) -> None:
        """Show the model to the user, now and then, and at the end."""
        config = self.model.config.sample
        if record.epoch % config.sample_every and not last:
            return
        totals = {
            direction: self.processes.sums(self.carried[f"{direction}{_TOTALS}"].tolist())
            for direction in self.model.directions
        }
        if self.report is None:
            return
        nats = {direction: total / count for direction, (total, count) in totals.items()}
        samples = tuple(self._sample(prefix, record.epoch, number) for number, prefix in enumerate(config.prefix))
        unknown = tuple(self.model.alphabet.unknown("".join(config.prefix)))
        self.report(EpochReport(record, nats, dict(self.held_out_nats), samples, unknown))

    def _sample(self, prefix: str, epoch: int, number: int) -> str:
        config = self.model.config
        generator = epoch_generator(config.training.seed, 1_009 * epoch + number)
        sampling = Sampling(config.sample.temperature)
        made = "".join(self.model.stream(prefix, config.sample.sample_length, sampling, generator))
        return made + prefix if config.network.direction == "backward" else prefix + made


def _summary(record: EpochRecord) -> str:
    held_out = "" if record.dev_score is None else f"held out {-record.dev_score:.4f}, "
    return f"loss {record.loss:.4f}, {held_out}{record.tokens_per_second:,.0f} characters/s"


def with_precision(config: LanguageModelConfig) -> LanguageModelConfig:
    """Settle what "auto" is, so that what is stored is what was used."""
    if config.training.precision != "auto":
        return config
    fast = has_fast_bfloat16(select_device(config.training.device))
    # Our own equations are there to be read and compared, in float32.
    fast = fast and config.network.implementation == "torch"
    return replace(config, training=replace(config.training, precision="bfloat16" if fast else "float32"))


def _untrained(
    text: Text, alphabet: Alphabet, config: LanguageModelConfig, sizes: Mapping[str, int], facts: Mapping[str, Any]
) -> CharLanguageModel:
    try:
        network = build_language_model(config.network, len(alphabet))
    except (RuntimeError, TypeError, OverflowError) as error:
        raise ConfigError(
            f"expected sizes whose network fits into memory, got: {str(error).splitlines()[0]}; choose smaller ones"
        ) from None
    corpus = {"name": text.name, "sha256": text.sha256, **{f"{k}_characters": v for k, v in sizes.items()}, **facts}
    network = network.to(select_device(config.training.device))
    return CharLanguageModel(network, alphabet, config, {"corpus": corpus, "versions": library_versions()})


def comparable(config: LanguageModelConfig) -> dict[str, Any]:
    """The settings that a resumed run must share; where the text lies and what is shown are free."""
    free = {"text", *config.to_dict()["sample"]}
    return {name: value for name, value in with_precision(config).flat().items() if name not in free}
