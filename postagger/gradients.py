"""The gradients of a batch, computed in as many parts as memory asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from postagger.divergence import check_loss
from postagger.errors import ConfigError
from postagger.memory_errors import is_out_of_memory, memory_reason

BatchT = TypeVar("BatchT")
Split = Callable[[BatchT, int], Sequence[BatchT]]
"""A batch into so many parts, or into fewer where it has not so many rows."""
Loss = Callable[[BatchT], tuple[Tensor, Tensor]]


@dataclass
class Gradients(Generic[BatchT]):
    """Adds up gradients of the mean loss of a batch, which is halved for as long as it does not fit into memory.

    carried: what the loss function keeps from batch to batch, put back before another try. split: None where a batch
    cannot be divided. tell: told of each halving.
    """

    network: nn.Module
    split: Split[BatchT] | None
    carried: dict[str, Tensor]
    tell: Callable[[str], None]

    def add(self, batch: BatchT, parts: int, loss: Loss[BatchT]) -> tuple[int, float, int]:
        """A batch, at first in so many parts -> (in how many it was, its loss in nats, its count).

        Raises:
            DivergedError: the loss is no finite number.
            ConfigError: not even a row fits into memory.
        """
        while True:
            before, pieces = dict(self.carried), self._pieces(batch, parts)
            try:
                return (parts, *self._of(pieces, loss))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                reason = memory_reason(error)
            # Out here the error is gone, and with it what it held of the batch.
            self._forget(before)
            if len(self._pieces(batch, 2 * parts)) == len(pieces):
                raise ConfigError(
                    f"expected memory for a step of training, got: {reason}; choose a smaller network or --batch-size"
                )
            parts *= 2
            self.tell(f"A batch needs more memory than there is: from now on it is computed in {parts} parts.")

    def close(self) -> None:
        """Nothing is held that anybody waits for."""

    def _pieces(self, batch: BatchT, parts: int) -> Sequence[BatchT]:
        return [batch] if parts == 1 or self.split is None else self.split(batch, parts)

    def _forget(self, carried: dict[str, Tensor]) -> None:
        """All that a failed try has left behind."""
        self.carried.clear()
        self.carried.update(carried)
        self.network.zero_grad(set_to_none=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _of(self, pieces: Sequence[BatchT], loss: Loss[BatchT]) -> tuple[float, int]:
        whole, tokens = 0.0, 0
        for piece in pieces:
            total, count = loss(piece)
            nats, number = total.item(), int(count)
            if not number:  # such as raw text in which no word is hidden
                continue
            check_loss(nats, number)
            # A sum, which is divided by the number of all tokens when that is known.
            (total / count if len(pieces) == 1 else total).backward()
            whole, tokens = whole + nats, tokens + number
        if len(pieces) > 1 and tokens:
            for parameter in self.network.parameters():
                if parameter.grad is not None:
                    parameter.grad /= tokens
        return whole, tokens
