"""The gradients of a batch, of which each of several processes computes a part."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from postagger.divergence import check_loss
from postagger.errors import ConfigError
from postagger.memory_errors import is_out_of_memory, memory_reason
from postagger.processes import Processes, heard

_BUFFER_OPTIONS = ("forward_sync_buffers", "broadcast_buffers")  # of torch from 2.13 on, and before
_KNOWN = inspect.signature(DistributedDataParallel).parameters
_BUFFERS_STAY: dict[str, Any] = {next(name for name in _BUFFER_OPTIONS if name in _KNOWN): False}
"""Buffers, such as the vectors of raw text, never change, and need not be sent with every step."""

BatchT = TypeVar("BatchT")
Loss = Callable[[BatchT], tuple[Tensor, Tensor]]


class SharedGradients(Generic[BatchT]):
    """Adds up gradients of the mean loss of a batch over the tokens of all processes, whoever has how many of them.

    DistributedDataParallel (S. Li et al., 2020, "PyTorch Distributed: Experiences on Accelerating Data Parallel
    Training") takes the mean over processes, each of which gives the sum over its tokens; so what it gives is
    multiplied by the number of processes and divided by that of all tokens.
    """

    def __init__(
        self, network: nn.Module, split: Callable[[BatchT, int], Sequence[BatchT]], processes: Processes
    ) -> None:
        self._network, self._split, self._processes = network, split, processes
        self._part: _Part[BatchT] = _Part(network)
        with heard():
            self._reduced: nn.Module | None = DistributedDataParallel(self._part, **_BUFFERS_STAY)
            # Once, so that what it learns from its first step on the order of gradients is always the same: the sums
            # of a run that is resumed are then those of one that was left alone.
            self._reduced(None, None)[0].backward()
        network.zero_grad(set_to_none=True)

    def add(self, batch: BatchT, parts: int, loss: Loss[BatchT]) -> tuple[int, float, int]:
        """A batch -> (parts, its loss in nats, its count), all of it, in every process alike.

        Raises:
            DivergedError: the loss is no finite number.
            ConfigError: this process's part does not fit into memory.
            LostProcessError: another process has ended.
        """
        assert self._reduced is not None
        mine = self._own(batch)
        try:
            with heard():
                total, count = self._reduced(mine, loss)
            nats, tokens = self._processes.sums([total.item(), int(count)])
            if tokens:
                check_loss(nats, int(tokens))
            with heard():
                total.backward()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise ConfigError(
                f"expected memory for a step of training, got: {memory_reason(error)}; choose a smaller network or "
                f"--batch-size, or more processes"
            ) from None
        gradients = [parameter.grad for parameter in self._network.parameters() if parameter.grad is not None]
        if tokens:
            torch._foreach_mul_(gradients, self._processes.size / tokens)
        return parts, nats, int(tokens)

    def close(self) -> None:
        """Let go of the other processes."""
        self._reduced = None

    def _own(self, batch: BatchT) -> BatchT | None:
        """This process's rows; None where there are fewer of them than processes."""
        shares = self._split(batch, self._processes.size)
        return shares[self._processes.rank] if self._processes.rank < len(shares) else None


class _Part(nn.Module, Generic[BatchT]):
    """The loss of a part of a batch, as the module that gradients are taken of."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: BatchT | None, loss: Loss[BatchT] | None) -> tuple[Tensor, Tensor]:
        """The sum and the count over a part of a batch; of no part, zeros that every weight has a share in."""
        if batch is not None and loss is not None:
            return loss(batch)
        weights = list(self.network.parameters())
        return torch.stack([weight.sum() * 0.0 for weight in weights]).sum(), torch.tensor(0, device=weights[0].device)
