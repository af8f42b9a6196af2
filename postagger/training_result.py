"""What a training run brought, epoch by epoch and in the end."""

from dataclasses import dataclass, field
from typing import Any

from postagger.errors import DivergedError
from postagger.interrupts import Interrupted


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

    def __str__(self) -> str:
        dev = "" if self.dev_score is None else f"dev {self.dev_score:.4f}, "
        return f"loss {self.loss:.4f}, {dev}{self.tokens_per_second:,.0f} tokens/s"


@dataclass
class TrainingResult:
    """The records of the finished epochs, and the best of them (the last, without a dev set).

    interrupted_by: the number of the signal that cut in, or 0. diverged: what was wrong with the loss of a later epoch,
    or nothing; then the weights are those of the best epoch before it. processes: how many trained together.
    """

    history: list[EpochRecord] = field(default_factory=list)
    best_epoch: int = 0
    interrupted_by: int = 0
    diverged: str = ""
    processes: int = 1

    @property
    def interrupted(self) -> bool:
        """Whether a signal cut in."""
        return self.interrupted_by > 0

    @property
    def is_complete(self) -> bool:
        """Whether the run has come to a good end, so that nobody will go on with it."""
        return not self.interrupted and not self.diverged

    def check(self) -> None:
        """For whoever has no use for half a training.

        Raises:
            Interrupted: a signal cut in.
            DivergedError: the loss was no longer a number.
        """
        if self.interrupted:
            raise Interrupted(self.interrupted_by)
        if self.diverged:
            raise DivergedError(self.diverged)

    def facts(self) -> dict[str, Any]:
        """What config.json tells of the run."""
        seconds = round(sum(record.seconds for record in self.history), 3)
        ended = {"interrupted": self.interrupted, "diverged": bool(self.diverged)}
        return {"best_epoch": self.best_epoch, **ended, "seconds": seconds, "processes": self.processes}
