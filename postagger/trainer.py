"""The training loop, for taggers and language models alike.

It knows batches only by what its three functions make of them: the batches of an epoch, the loss of a batch (a sum and
a count), and the score on dev (higher is better).
"""

import itertools
import math
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from postagger.checkpoint import Checkpoint, random_states, set_random_states
from postagger.config import TrainingConfig
from postagger.device import flushed_denormals
from postagger.divergence import check_loss, check_weights
from postagger.errors import DivergedError
from postagger.gradients import Gradients, Split
from postagger.interrupts import ALL_SIGNALS, finish_step_on
from postagger.memory_errors import is_out_of_memory
from postagger.optimization import learning_rate, load_moments, make_optimizer, moments
from postagger.processes import ALONE, Processes
from postagger.save_interval import SaveInterval
from postagger.seeds import step_seed
from postagger.shared_gradients import SharedGradients
from postagger.training_position import TrainingPosition
from postagger.training_result import EpochRecord, TrainingResult

BatchT = TypeVar("BatchT")


@dataclass
class Trainer(Generic[BatchT]):
    """Trains a network in place and leaves the best weights in it.

    batches: the training batches of an epoch, counted from 1, after so many of them (see after_steps), the same
    whenever they are asked for; steps_per_epoch: how many an epoch has. loss: sum and count over the real tokens of a
    batch. score: on dev, None where there is no dev set. name: what its progress bars are called beside the epoch's
    number; keep_bars: leave the bar of each epoch standing; summary: of an epoch, for its bar. after_epoch: told of
    each epoch, and whether it is the last. carried: what the batches and the loss function keep from step to step.
    save: given a checkpoint every so often, between two steps, on the first Ctrl-C or SIGTERM, and at the end. split:
    a batch into so many parts, or fewer where it has not so many rows; the loss of a batch is the sum of those of its
    parts. tell: told what the user should know. processes: those that train together, each with the same batches, of
    which it takes its part; they need split. gathered: what is carried in all of them, asked for by all.
    """

    network: nn.Module
    config: TrainingConfig
    batches: Callable[[int, int], Iterable[BatchT]]
    steps_per_epoch: int
    loss: Callable[[BatchT], tuple[Tensor, Tensor]]
    score: Callable[[], float] | None = None
    show_progress: bool = False
    name: str = ""
    keep_bars: bool = True
    summary: Callable[[EpochRecord], str] = str
    after_epoch: Callable[[EpochRecord, bool], None] | None = None
    carried: dict[str, Tensor] = field(default_factory=dict)
    save: Callable[[Checkpoint], None] | None = None
    every: SaveInterval = field(default_factory=SaveInterval)
    split: Split[BatchT] | None = None
    tell: Callable[[str], None] = warnings.warn
    processes: Processes = ALONE
    gathered: Callable[[], Mapping[str, Tensor]] | None = None

    def __post_init__(self) -> None:
        self._optimizer = make_optimizer(self.network, self.config)
        self._gradients = self._make_gradients()
        self._position = TrainingPosition()
        self._result = TrainingResult(processes=self.processes.size)
        self._best_score = -math.inf
        self._best_weights: dict[str, Tensor] = {}
        self._last_weights: dict[str, Tensor] = {}
        self._random: dict[str, Tensor] = {}
        self._saved_at, self._steps_since = 0.0, 0

    def fit(self) -> TrainingResult:
        """Run all epochs, or until the time is over, or patience, the user or a loss that is no number ends them.

        With a dev set the weights of the best epoch are kept, else those at the end of the run, or at its interruption.

        Raises:
            PostaggerError: the loss is no longer a finite number, and there was no epoch before; or a step needs more
                memory than there is.
        """
        set_random_states(self._random)
        self._saved_at = time.perf_counter()
        signals = (signal.SIGINT,) if self.save is None else ALL_SIGNALS
        with flushed_denormals(), finish_step_on(*signals) as caught:

            def interrupted() -> int:
                return int(self.processes.greatest([caught()])[0])

            try:
                # An epoch that was begun is always closed, also one whose time had run out when it was cut off.
                while (self._position.step or not self._is_finished()) and not interrupted():
                    self.run_epoch(caught)
                self._result.interrupted_by = interrupted()
                self._save()
            except KeyboardInterrupt:  # in the middle of a step, which no checkpoint must hold
                self._result.interrupted_by = caught() or signal.SIGINT
                self.processes.let_go()
            except DivergedError as error:
                if not self._result.history:
                    raise
                self._result.diverged = str(error)
        self._gradients.close()
        weights = self._best_weights or (self._last_weights if self._result.diverged else {})
        if weights:
            self.network.load_state_dict(weights)
        check_weights(self.network)
        return self._result

    def checkpoint(self, carried: Mapping[str, Tensor] | None = None) -> Checkpoint:
        """All that the rest of the run depends on, beside what the trainer was made of; carried: in all processes."""
        tensors = {
            **{f"network.{name}": value for name, value in self.network.state_dict().items()},
            **{f"optimizer.{name}": value for name, value in moments(self._optimizer).items()},
            **{f"best.{name}": value for name, value in self._best_weights.items()},
            **{f"last.{name}": value for name, value in self._last_weights.items()},
            **{f"carried.{name}": value for name, value in (self.carried if carried is None else carried).items()},
            **{f"random.{name}": value for name, value in random_states().items()},
        }
        state = {
            "position": asdict(self._position),
            "history": [asdict(record) for record in self._result.history],
            "best_epoch": self._result.best_epoch,
            "best_score": None if self._best_score == -math.inf else self._best_score,
        }
        # Copies, because weights that are one tensor under two names cannot be stored twice; and not on the device,
        # where memory is dearest.
        return Checkpoint(state, {name: value.detach().to("cpu", copy=True) for name, value in tensors.items()})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint of a trainer that was made in the same way."""
        groups: dict[str, dict[str, Tensor]] = {}
        for name, value in checkpoint.tensors.items():
            group, _, rest = name.partition(".")
            groups.setdefault(group, {})[rest] = value
        self.network.load_state_dict(groups["network"])
        load_moments(self._optimizer, groups.get("optimizer", {}), list(self.network.parameters()))
        device = next(self.network.parameters()).device
        self._best_weights = {name: value.to(device) for name, value in groups.get("best", {}).items()}
        for name, value in groups.get("carried", {}).items():
            # Sums are float64, which not every device has; they stay on the CPU.
            self.carried[name] = value if value.dtype == torch.float64 else value.to(device)
        self._last_weights = {name: value.to(device) for name, value in groups.get("last", {}).items()}
        self._random = groups["random"]
        stored = checkpoint.state
        self._position = TrainingPosition(**stored["position"])
        history = [EpochRecord(**record) for record in stored["history"]]
        self._result = TrainingResult(history, stored["best_epoch"], processes=self.processes.size)
        self._best_score = -math.inf if stored["best_score"] is None else stored["best_score"]

    def run_epoch(self, interrupted: Callable[[], int] = int) -> None:
        """Train for one epoch, or for what is left of it; interrupted: asked between two steps."""
        epoch, position = self._position.epoch + 1, self._position
        self.network.train()
        whole = "" if self.config.minutes else f"/{self.config.num_epochs}"
        with tqdm(
            total=self.steps_per_epoch,
            initial=position.step,
            desc=f"{self.name} epoch {epoch}{whole}".strip(),
            disable=not self.show_progress,
            leave=self.keep_bars,
            unit="batch",
        ) as bar:
            clock = time.perf_counter()
            for batch in self.batches(epoch, position.step):
                if position.step and self._is_out_of_time():
                    break
                self._step(batch)
                now = time.perf_counter()
                clocks = [now - clock, now - self._saved_at] if self.processes.is_first else [0.0, 0.0]
                number, spent, unsaved = self.processes.greatest([interrupted(), *clocks])
                position.epoch_seconds += spent
                position.seconds += spent
                clock = now
                bar.update()
                if position.step % 20 == 0:
                    rate = position.tokens / position.epoch_seconds
                    bar.set_postfix_str(f"loss {position.mean_loss:.4f}, {rate:,.0f}/s", refresh=False)
                if number:
                    return
                if self.save is not None and self.every.is_over(self._steps_since, unsaved):
                    self._save()
                    clock = time.perf_counter()
            record = self._judge(epoch)
            bar.set_postfix_str(self.summary(record))
        if self.after_epoch is not None:
            start = time.perf_counter()
            self.after_epoch(record, self._is_finished())
            self._position.seconds += self.processes.first_of([time.perf_counter() - start])[0]

    def _step(self, batch: BatchT) -> None:
        position = self._position
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate()
        self._optimizer.zero_grad(set_to_none=True)
        if self.processes.size > 1:  # so that each drops other units, and another number of processes may go on
            torch.manual_seed(step_seed(self.config.seed, position.epoch, position.step, self.processes.rank))
        position.parts, loss, count = self._gradients.add(batch, position.parts, self.loss)
        if self.config.max_grad_norm and count:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.max_grad_norm)
        if count:
            self._optimizer.step()
        position.step += 1
        position.loss += loss
        position.tokens += count
        self._steps_since += 1

    def _judge(self, epoch: int) -> EpochRecord:
        """Close an epoch: its record, and whether it is the best so far."""
        position, start = self._position, time.perf_counter()
        score = None
        if self.score is not None:
            score = self._score(self.score)
            check_loss(abs(score), 1)
        check_weights(self.network)
        (spent,) = self.processes.first_of([time.perf_counter() - start])
        loss, rate = position.mean_loss, position.tokens / position.epoch_seconds
        seconds = position.epoch_seconds + spent
        self._position = TrainingPosition(epoch=epoch, seconds=position.seconds + spent, parts=position.parts)
        record = EpochRecord(epoch, loss, score, self._rate(), rate, seconds)
        self._result.history.append(record)
        if score is None:
            self._result.best_epoch, self._last_weights = epoch, _copy_of(self.network)
        if score is not None and score > self._best_score:
            self._result.best_epoch = epoch
            self._best_score, self._best_weights = score, _copy_of(self.network)
        return record

    def _score(self, score: Callable[[], float]) -> float:
        """On dev, by the first process for all."""
        self.network.eval()
        with torch.inference_mode():
            return self.processes.first_of([score() if self.processes.is_first else 0.0])[0]

    def _rate(self) -> float:
        """The learning rate of the next step."""
        if self.config.minutes:
            return learning_rate(self.config, 1000 * self._position.seconds, 60_000 * self.config.minutes)
        done = self._position.epoch * self.steps_per_epoch + self._position.step
        return learning_rate(self.config, done, self.steps_per_epoch * self.config.num_epochs)

    def _is_finished(self) -> bool:
        epoch = self._position.epoch
        over = self._is_out_of_time() if self.config.minutes else epoch >= self.config.num_epochs
        return over or 0 < self.config.patience <= epoch - self._result.best_epoch

    def _is_out_of_time(self) -> bool:
        return self.config.minutes is not None and self._position.seconds >= 60 * self.config.minutes

    def _make_gradients(self) -> "Gradients[BatchT] | SharedGradients[BatchT]":
        if self.processes.size == 1:
            return Gradients(self.network, self.split, self.carried, self._tell)
        if self.split is None:
            raise ValueError("expected a way to split batches among several processes, got none")
        return SharedGradients(self.network, self.split, self.processes)

    def _tell(self, text: str) -> None:
        self.tell(text)

    def _save(self) -> None:
        if self.save is not None:
            check_weights(self.network)  # the states before this one may be the last good ones
            carried = (self.gathered or self.carried.copy)()
            try:
                if self.processes.is_first:
                    self.save(self.checkpoint(carried))
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                self.tell("no checkpoint: expected memory for a copy of the state, got too little")
        self._saved_at, self._steps_since = time.perf_counter(), 0


def after_steps(batches: Callable[[int], Iterable[BatchT]]) -> Callable[[int, int], Iterator[BatchT]]:
    """The batches of an epoch after so many of them, where those must be made, too, to make these."""
    return lambda epoch, steps: itertools.islice(batches(epoch), steps, None)


def _copy_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
