"""The training loop, for taggers and language models alike.

It knows batches only by what its three functions make of them: the batches of an epoch, the loss of a batch (a sum and
a count), and the score on dev (higher is better).
"""

import itertools
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from postagger.checkpoint import Checkpoint, random_states, set_random_states
from postagger.config import TrainingConfig
from postagger.errors import PostaggerError
from postagger.interrupts import finish_step_on_ctrl_c
from postagger.optimization import learning_rate, make_optimizer

BatchT = TypeVar("BatchT")
_DIVERGED = 1e4  # nats a token: no better than infinity
_LARGEST_WEIGHT = 1e18  # the square of a larger one is no float any more


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch brought.

    loss: nats a token, over the epoch's training batches. dev_score: None where there is no dev set.
    learning_rate: at the end of the epoch. tokens_per_second: in training alone; seconds: with the look at dev.
    """

    epoch: int
    loss: float
    dev_score: float | None
    learning_rate: float
    tokens_per_second: float
    seconds: float


@dataclass
class TrainingResult:
    """The records of the finished epochs, the best of them (the last, without a dev set), and whether Ctrl-C cut in."""

    history: list[EpochRecord] = field(default_factory=list)
    best_epoch: int = 0
    interrupted: bool = False

    def facts(self) -> dict[str, Any]:
        """What config.json tells of the run."""
        seconds = round(sum(record.seconds for record in self.history), 3)
        return {"best_epoch": self.best_epoch, "interrupted": self.interrupted, "seconds": seconds}


def _summary(record: EpochRecord) -> str:
    dev = "" if record.dev_score is None else f"dev {record.dev_score:.4f}, "
    return f"loss {record.loss:.4f}, {dev}{record.tokens_per_second:,.0f} tokens/s"


@dataclass
class _Position:
    """Where a run is. epoch, step: finished ones; loss, tokens, epoch_seconds: of the epoch at hand.

    seconds: of the whole run.
    """

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    tokens: int = 0
    epoch_seconds: float = 0.0
    seconds: float = 0.0


@dataclass
class Trainer(Generic[BatchT]):
    """Trains a network in place and leaves the best weights in it.

    batches: the training batches of an epoch, counted from 1, the same whenever they are asked for; steps_per_epoch:
    how many there are. loss: sum and count over the real tokens of a batch. score: on dev, None where there is no dev
    set. name: what its progress bars are called beside the epoch's number; keep_bars: leave the bar of each epoch
    standing; summary: of an epoch, for its bar. after_epoch: told of each epoch, and whether it is the last. carried:
    what the loss function keeps from batch to batch. save: given a checkpoint every save_seconds, between two steps,
    and on the first Ctrl-C.
    """

    network: nn.Module
    config: TrainingConfig
    batches: Callable[[int], Iterable[BatchT]]
    steps_per_epoch: int
    loss: Callable[[BatchT], tuple[Tensor, Tensor]]
    score: Callable[[], float] | None = None
    show_progress: bool = False
    name: str = ""
    keep_bars: bool = True
    summary: Callable[[EpochRecord], str] = _summary
    after_epoch: Callable[[EpochRecord, bool], None] | None = None
    carried: dict[str, Tensor] = field(default_factory=dict)
    save: Callable[[Checkpoint], None] | None = None
    save_seconds: float = 60.0

    def __post_init__(self) -> None:
        self._optimizer = make_optimizer(self.network, self.config)
        self._position = _Position()
        self._result = TrainingResult()
        self._best_score = -math.inf
        self._best_weights: dict[str, Tensor] = {}
        self._random: dict[str, Tensor] = {}
        self._saved_at = 0.0

    def fit(self) -> TrainingResult:
        """Run all epochs, or until the time is over, or patience or the user ends them.

        With a dev set the weights of the best epoch are kept, else those at the end of the run, or at its interruption.

        Raises:
            PostaggerError: the loss is no longer a finite number.
        """
        set_random_states(self._random)
        self._saved_at = time.perf_counter()
        with finish_step_on_ctrl_c() as interrupted:
            try:
                # An epoch that was begun is always closed, also one whose time had run out when it was cut off.
                while (self._position.step or not self._is_finished()) and not interrupted():
                    self.run_epoch(interrupted)
                if interrupted():
                    self._result.interrupted = True
                    self._save()
            except KeyboardInterrupt:  # in the middle of a step, which no checkpoint must hold
                self._result.interrupted = True
        if self._best_weights:
            self.network.load_state_dict(self._best_weights)
        if not all((parameter.abs() < _LARGEST_WEIGHT).all() for parameter in self.network.parameters()):
            raise _diverged(math.nan)
        return self._result

    def checkpoint(self) -> Checkpoint:
        """All that the rest of the run depends on, beside what the trainer was made of."""
        states = self._optimizer.state_dict()["state"]
        tensors = {
            **{f"network.{name}": value for name, value in self.network.state_dict().items()},
            **{f"optimizer.{key}.{name}": value for key, state in states.items() for name, value in state.items()},
            **{f"best.{name}": value for name, value in self._best_weights.items()},
            **{f"carried.{name}": value for name, value in self.carried.items()},
            **{f"random.{name}": value for name, value in random_states().items()},
        }
        state = {
            "position": asdict(self._position),
            "history": [asdict(record) for record in self._result.history],
            "best_epoch": self._result.best_epoch,
            "best_score": None if self._best_score == -math.inf else self._best_score,
        }
        # Copies, because weights that are one tensor under two names cannot be stored twice.
        return Checkpoint(state, {name: value.detach().clone() for name, value in tensors.items()})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint of a trainer that was made in the same way."""
        groups: dict[str, dict[str, Tensor]] = {}
        for name, value in checkpoint.tensors.items():
            group, _, rest = name.partition(".")
            groups.setdefault(group, {})[rest] = value
        self.network.load_state_dict(groups["network"])
        state, parameters = self._optimizer.state_dict(), list(self.network.parameters())
        for name, value in groups.get("optimizer", {}).items():
            key, _, rest = name.partition(".")
            like = parameters[int(key)]
            # Laid out in memory as its parameter is: the fused optimizers take that for granted.
            laid_out = torch.empty_like(like, dtype=value.dtype).copy_(value) if value.shape == like.shape else value
            state["state"].setdefault(int(key), {})[rest] = laid_out
        self._optimizer.load_state_dict(state)
        device = next(self.network.parameters()).device
        self._best_weights = {name: value.to(device) for name, value in groups.get("best", {}).items()}
        for name, value in groups.get("carried", {}).items():
            # Sums are float64, which not every device has; they stay on the CPU.
            self.carried[name] = value if value.dtype == torch.float64 else value.to(device)
        self._random = groups["random"]
        stored = checkpoint.state
        self._position = _Position(**stored["position"])
        history = [EpochRecord(**record) for record in stored["history"]]
        self._result = TrainingResult(history, stored["best_epoch"])
        self._best_score = -math.inf if stored["best_score"] is None else stored["best_score"]

    def run_epoch(self, interrupted: Callable[[], bool] = bool) -> None:
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
            for batch in itertools.islice(self.batches(epoch), position.step, None):
                if position.step and self._is_out_of_time():
                    break
                self._step(batch)
                now = time.perf_counter()
                position.epoch_seconds += now - clock
                position.seconds += now - clock
                clock = now
                bar.update()
                if position.step % 20 == 0:
                    rate = position.tokens / position.epoch_seconds
                    bar.set_postfix_str(f"loss {position.loss / position.tokens:.4f}, {rate:,.0f}/s", refresh=False)
                if interrupted():
                    return
                if self.save is not None and now - self._saved_at >= self.save_seconds:
                    self._save()
                    clock = time.perf_counter()
            record = self._judge(epoch)
            bar.set_postfix_str(self.summary(record))
        if self.after_epoch is not None:
            start = time.perf_counter()
            self.after_epoch(record, self._is_finished())
            self._position.seconds += time.perf_counter() - start

    def _step(self, batch: BatchT) -> None:
        position = self._position
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate()
        self._optimizer.zero_grad(set_to_none=True)
        loss, count = self.loss(batch)
        total = loss.item()
        if not total < _DIVERGED * int(count):
            raise _diverged(total)
        (loss / count).backward()
        if self.config.max_grad_norm:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.max_grad_norm)
        self._optimizer.step()
        position.step += 1
        position.loss += total
        position.tokens += int(count)

    def _judge(self, epoch: int) -> EpochRecord:
        """Close an epoch: its record, and whether it is the best so far."""
        position, start = self._position, time.perf_counter()
        score = None
        if self.score is not None:
            self.network.eval()
            with torch.inference_mode():
                score = self.score()
            if not abs(score) < _DIVERGED:
                raise _diverged(abs(score))
        spent = time.perf_counter() - start
        loss, rate = position.loss / position.tokens, position.tokens / position.epoch_seconds
        seconds = position.epoch_seconds + spent
        self._position = _Position(epoch=epoch, seconds=position.seconds + spent)
        record = EpochRecord(epoch, loss, score, self._rate(), rate, seconds)
        self._result.history.append(record)
        if score is None or score > self._best_score:
            self._result.best_epoch = epoch
        if score is not None and score > self._best_score:
            self._best_score, self._best_weights = score, _copy_of(self.network)
        return record

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

    def _save(self) -> None:
        if self.save is not None:
            self.save(self.checkpoint())
        self._saved_at = time.perf_counter()


def epoch_generator(seed: int, epoch: int) -> torch.Generator:
    """Random numbers for the order of an epoch, which depends on nothing but the seed and the epoch's own number."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


def _diverged(value: float) -> PostaggerError:
    expected = f"a loss below {_DIVERGED:g} a token" if math.isfinite(value) else "a finite loss"
    return PostaggerError(
        f"expected {expected}, got {value:g}; train again with a lower --learning-rate or a --max-grad-norm"
    )


def _copy_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
