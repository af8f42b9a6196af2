"""The processes that train one model together, and what they say to each other."""

import contextlib
import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from postagger.device import select_device
from postagger.errors import ConfigError, LostProcessError, PostaggerError, ProcessError
from postagger.ranks import local_rank, local_world_size, rank, world_size

_PATIENCE = timedelta(days=1)  # with a process that reads, or judges; of one that has ended the others hear at once
_SIGNS = ("gloo", "nccl", "connection", "peer", "socket", "store")  # what torch says of others that are gone


@dataclass(eq=False)
class Processes:
    """This process is number rank of so many, the first being 0. What they say, all of them must say, in one order.

    Numbers and weights on a CPU go through gloo, gradients on GPUs through NCCL.

    Raises:
        LostProcessError: by all that talks: another one has ended.
    """

    rank: int = 0
    size: int = 1
    _talks: bool = True

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes and prints."""
        return self.rank == 0

    def sums(self, values: Sequence[float]) -> list[float]:
        """Of each value the sum over all processes."""
        return self._reduced(values, "SUM")

    def greatest(self, values: Sequence[float]) -> list[float]:
        """Of each value the greatest that a process has."""
        return self._reduced(values, "MAX")

    def first_of(self, values: Sequence[float]) -> list[float]:
        """The values of the first process, whatever the others have."""
        if self.size == 1:
            return list(values)
        told = torch.tensor(list(values), dtype=torch.float64)
        self._ask(lambda: dist.broadcast(told, 0))
        return told.tolist()

    def first_tensors(self, tensors: Mapping[str, Tensor] | None) -> dict[str, Tensor]:
        """The first process's tensors; the others may have none."""
        from safetensors.torch import load, save

        if self.size == 1:
            return dict(tensors or {})
        kept = {name: value.cpu().contiguous() for name, value in (tensors or {}).items()}
        return load(self.first_bytes(save(kept) if self.is_first else b""))

    def first_bytes(self, content: bytes) -> bytes:
        """The first process's bytes."""
        if self.size == 1:
            return content
        (count,) = self.first_of([len(content)])
        told = torch.empty(int(count), dtype=torch.uint8)
        if self.is_first and content:
            told = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        if count:
            self._ask(lambda: dist.broadcast(told, 0))
        return told.numpy().tobytes()

    def summed(self, value: Tensor) -> Tensor:
        """The sum of all processes' tensors of this shape, on the CPU."""
        whole = value.detach().to("cpu", copy=True).contiguous()
        if self.size > 1:
            self._ask(lambda: dist.all_reduce(whole))
        return whole

    @contextlib.contextmanager
    def in_turn(self) -> Iterator[None]:
        """The first process alone, and when it is through all the others: they need not fail where it does."""
        if self.is_first:
            yield
            self._meet()
        else:
            self._meet()
            yield

    @contextlib.contextmanager
    def side_by_side(self) -> Iterator[None]:
        """All at the same time, what takes too long to do it in turn; where the first fails, the others are silent."""
        failed: PostaggerError | None = None
        try:
            yield
        except PostaggerError as error:
            failed = error
        (first_failed,) = self.first_of([failed is not None])
        if failed is not None and (self.is_first or not first_failed):
            raise failed
        if first_failed:
            raise LostProcessError("expected the first process to go on, got its end; see what it says")

    def let_go(self) -> None:
        """Talk no more, from here on; whoever was in the middle of something has not been heard to the end."""
        self._talks = False

    def leave(self) -> None:
        """The end of what is done together, when all have come so far; nothing of it may be in use any more."""
        if self.size == 1 or not dist.is_initialized():
            return
        gc.collect()  # a group that is taken apart while gradients still know it may crash
        if self._talks:
            self._meet()
            dist.destroy_process_group()

    def _reduced(self, values: Sequence[float], how: str) -> list[float]:
        if self.size == 1:
            return list(values)
        whole = torch.tensor(list(values), dtype=torch.float64)
        self._ask(lambda: dist.all_reduce(whole, getattr(dist.ReduceOp, how)))
        return whole.tolist()

    def _meet(self) -> None:
        self.greatest([0])

    def _ask(self, talk: Callable[[], Any]) -> None:
        with heard():
            talk()


ALONE = Processes()
"""The one process of a run that was not started by torchrun."""


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """What goes wrong between processes, in a word of ours.

    Raises:
        LostProcessError: another process has ended.
    """
    try:
        yield
    except RuntimeError as error:
        if not any(sign in str(error).lower() for sign in _SIGNS):
            raise
        reason = str(error).splitlines()[0]
        raise LostProcessError(
            f"expected all processes of the run to go on, got the end of one ({reason}); see what that one says"
        ) from None


@contextlib.contextmanager
def joined(device: str) -> Iterator[Processes]:
    """The processes that torchrun has started, this one among them; where it has not, this one alone.

    device: where they compute, as in the settings; on GPUs each has its own.

    Raises:
        ConfigError: there are not as many GPUs, or the device is none that several processes can use.
        ProcessError: whatever goes wrong in another process than the first, which alone prints.
    """
    if world_size() == 1:
        yield ALONE
        return
    kind = _own_device(device)
    with heard():
        dist.init_process_group("cpu:gloo,cuda:nccl" if kind == "cuda" else "gloo", timeout=_PATIENCE)
    processes = Processes(rank(), world_size())
    try:
        yield processes
    except PostaggerError as error:
        processes.let_go()
        if processes.is_first or isinstance(error, LostProcessError):
            raise
        raise ProcessError(f"process {processes.rank}: {error}") from None
    except BaseException:
        processes.let_go()
        raise
    finally:
        processes.leave()


def threads_each(threads: int) -> int:
    """How many threads each process of a run may have, which asks for so many: not more than there are cores."""
    return max(1, min(threads, (os.cpu_count() or 1) // local_world_size())) if world_size() > 1 else threads


def _own_device(name: str) -> str:
    """The kind of the device; of several GPUs each process on a machine takes its own."""
    kind = select_device(name).type
    if kind not in ("cpu", "cuda"):
        raise ConfigError(f"--device: expected cpu or cuda for several processes, got {kind}; add --device cpu")
    if kind == "cuda":
        if local_rank() >= torch.cuda.device_count():
            raise ConfigError(
                f"expected a GPU for each process, got {torch.cuda.device_count()} for {local_world_size()}; "
                f"start fewer, or add --device cpu"
            )
        torch.cuda.set_device(local_rank())
    return kind
