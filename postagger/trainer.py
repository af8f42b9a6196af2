"""The training loop, for taggers and language models alike.

It knows batches only by what its three functions make of them: the batches of an epoch, the loss of a batch (a sum and
a count), and the score on dev (higher is better).
"""

import math
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from postagger.config import TrainingConfig
from postagger.errors import ConfigError, PostaggerError

BatchT = TypeVar("BatchT")


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch brought.

    loss: nats a token, over the epoch's training batches. dev_score: None where there is no dev set.
    learning_rate: at the end of the epoch.
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


@dataclass
class Trainer(Generic[BatchT]):
    """Trains a network in place and leaves the best weights in it.

    batches: the training batches of an epoch, counted from 1; steps_per_epoch: how many there are. loss: sum and count
    over the real tokens of a batch. score: on dev, None where there is no dev set.
    """

    network: nn.Module
    config: TrainingConfig
    batches: Callable[[int], Iterable[BatchT]]
    steps_per_epoch: int
    loss: Callable[[BatchT], tuple[Tensor, Tensor]]
    score: Callable[[], float] | None = None
    show_progress: bool = False

    def fit(self) -> TrainingResult:
        """Run all epochs, or until patience or the user ends them.

        With a dev set the weights of the best epoch are kept, else those at the end of the run, or at its interruption.

        Raises:
            PostaggerError: the loss is no longer a finite number.
        """
        optimizer = make_optimizer(self.network, self.config)
        schedule = make_schedule(optimizer, self.config, self.steps_per_epoch * self.config.num_epochs)
        result = TrainingResult()
        best_score, best_weights = -math.inf, None
        try:
            for epoch in range(1, self.config.num_epochs + 1):
                record = self._epoch(epoch, optimizer, schedule)
                result.history.append(record)
                if record.dev_score is None or record.dev_score > best_score:
                    result.best_epoch = epoch
                if record.dev_score is not None and record.dev_score > best_score:
                    best_score, best_weights = record.dev_score, _copy_of(self.network)
                if self.config.patience and epoch - result.best_epoch >= self.config.patience:
                    break
        except KeyboardInterrupt:
            result.interrupted = True
        if best_weights is not None:
            self.network.load_state_dict(best_weights)
        return result

    def _epoch(
        self, epoch: int, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler
    ) -> EpochRecord:
        start = time.perf_counter()
        total, tokens, steps = 0.0, 0, 0
        self.network.train()
        with tqdm(
            total=self.steps_per_epoch,
            desc=f"epoch {epoch}/{self.config.num_epochs}",
            disable=not self.show_progress,
            unit="batch",
        ) as bar:
            for batch in self.batches(epoch):
                loss, count = self._step(batch, optimizer)
                schedule.step()
                total, tokens, steps = total + loss, tokens + count, steps + 1
                bar.update()
                if steps % 20 == 0:
                    rate = tokens / (time.perf_counter() - start)
                    bar.set_postfix_str(f"loss {total / tokens:.4f}, {rate:,.0f} tokens/s", refresh=False)
            seconds = time.perf_counter() - start
            score = self._judge()
            record = EpochRecord(
                epoch,
                total / tokens,
                score,
                float(schedule.get_last_lr()[0]),
                tokens / seconds,
                time.perf_counter() - start,
            )
            bar.set_postfix_str(_summary(record))
        return record

    def _step(self, batch: BatchT, optimizer: torch.optim.Optimizer) -> tuple[float, int]:
        optimizer.zero_grad(set_to_none=True)
        loss, count = self.loss(batch)
        total = loss.item()
        if not math.isfinite(total):
            raise PostaggerError(
                f"expected a finite loss, got {total}; train again with a lower --learning-rate or a --max-grad-norm"
            )
        (loss / count).backward()
        if self.config.max_grad_norm:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.max_grad_norm)
        optimizer.step()
        return total, int(count)

    def _judge(self) -> float | None:
        if self.score is None:
            return None
        self.network.eval()
        with torch.inference_mode():
            return self.score()


def make_optimizer(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """The optimizer a config names, on all parameters."""
    parameters, rate = network.parameters(), config.learning_rate or 0.0
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, weight_decay=config.weight_decay)
    betas = (0.9, config.beta2)
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=betas, fused=True)
    return torch.optim.AdamW(parameters, lr=rate, betas=betas, weight_decay=config.weight_decay, fused=True)


def make_schedule(
    optimizer: torch.optim.Optimizer, config: TrainingConfig, num_steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """The learning rate over num_steps updates.

    One-cycle: linearly up from a 25th, then down along a cosine (L. Smith, 2018, "A disciplined approach to neural
    network hyper-parameters").
    """
    warmup = max(1, round(config.warmup_fraction * num_steps))

    def factor(step: int) -> float:
        if config.schedule == "constant":
            return 1.0
        if config.schedule == "linear":
            return max(0.0, 1 - step / num_steps)
        if step < warmup:
            return 0.04 + 0.96 * step / warmup
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step - warmup) / max(1, num_steps - warmup)))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def select_device(name: str) -> torch.device:
    """The device of a name; "auto" is cuda, else mps, else cpu.

    Raises:
        ConfigError: the machine has no such device.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in present.items() if there))
    if not present[name]:
        there = " ".join(kind for kind, is_there in present.items() if is_there)
        raise ConfigError(f"--device: expected a device of this machine ({there}), got {name}; use --device auto")
    return torch.device(name)


def autocast(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Mixed precision as a context: bfloat16 products where asked for, or by itself on a GPU that has them."""
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"
    return torch.autocast(device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()


def _copy_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _summary(record: EpochRecord) -> str:
    dev = "" if record.dev_score is None else f"dev {record.dev_score:.4f}, "
    return f"loss {record.loss:.4f}, {dev}{record.tokens_per_second:,.0f} tokens/s"
