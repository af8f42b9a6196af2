"""TrainingPosition: how far a training run has come."""

from dataclasses import dataclass


@dataclass
class TrainingPosition:
    """Where a run is. epoch, step: finished ones; loss, tokens, epoch_seconds: of the epoch at hand.

    seconds: of the whole run. parts: in how many a batch is computed, because all of it does not fit into memory.
    """

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    tokens: int = 0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    parts: int = 1

    @property
    def mean_loss(self) -> float:
        """Nats a token, in the epoch at hand."""
        return self.loss / max(1, self.tokens)
