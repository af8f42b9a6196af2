"""The processes that train one model together, and what they say to each other."""

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from postagger.device import select_device
from postagger.errors import ConfigError, LostProcessError, PostaggerError, ProcessError
from postagger.memory_errors import is_out_of_memory
from postagger.ranks import HERE, local_rank, local_size
from postagger.stored_files import one_line

_RENDEZVOUS = timedelta(minutes=10)
_PATIENCE = timedelta(days=1)  # with a process that reads, or judges; of one that has ended the others hear at once
_MOMENT = timedelta(seconds=3)
_SIGNS = ("gloo", "nccl", "connection", "peer", "socket")  # what torch says of others that are gone
_FIRST_ERROR = "postagger/error"


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

    def is_same(self, digest: str) -> bool:
        """Whether all processes have this digest, a hexadecimal number."""
        number = int(digest[:12], 16)  # which a float holds
        high, low = self.greatest([number, -number])
        return high == -low

    @contextlib.contextmanager
    def in_turn(self) -> Iterator[None]:
        """First one process on each machine, and when it is through the others: it may have to download something."""
        is_early = self.size == 1 or local_rank() == 0
        if not is_early:
            self._meet()
        yield
        if is_early:
            self._meet()

    def check_sources(self, flag: str, sources: Sequence[str]) -> None:
        """Refuse what only one process could read.

        Raises:
            ConfigError: a source is standard input, or a pipe.
        """
        for source in sources if self.size > 1 else ():
            if source == "-" or Path(source).is_fifo():
                raise ConfigError(f"{flag}: expected files that {self.size} processes can read, got {source}; save it")

    def let_go(self) -> None:
        """Talk no more, from here on; whoever was in the middle of something has not been heard to the end."""
        self._talks = self.size == 1

    def leave(self) -> None:
        """The end of what is done together, when all have come so far."""
        if self.size == 1 or not self._talks:
            return
        self._talks = False
        with contextlib.suppress(LostProcessError):  # whoever has gone already has heard all that it needed
            self._meet()
        if _backend() != "gloo":  # NCCL wants to be ended; to end gloo now and then ends the process, see end
            gc.collect()  # nothing may know the group any more
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
        if is_out_of_memory(error) or not any(sign in str(error).lower() for sign in _SIGNS):
            raise
        raise LostProcessError(
            "expected all processes of the run to go on, got the end of one; see what that one says, and go on with "
            "--resume"
        ) from None


@contextlib.contextmanager
def join(rank: int, size: int) -> Iterator[None]:
    """Be one of the processes of a run, until its end.

    Raises:
        ConfigError: the others do not come.
        ProcessError: what goes wrong here, and not in the first process, which prints what goes wrong everywhere.
        SystemExit: the first process says what is to be said.
    """
    try:
        store, _, _ = next(rendezvous("env://", timeout=_RENDEZVOUS))
        dist.init_process_group(_backend(), store=store, rank=rank, world_size=size, timeout=_PATIENCE)
    except RuntimeError:
        raise ConfigError(
            f"expected {size} processes at {os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}, got fewer within "
            f"{_RENDEZVOUS}; start them with torchrun, or unset RANK and WORLD_SIZE"
        ) from None
    except ValueError as error:
        raise ConfigError(
            f"expected MASTER_ADDR and MASTER_PORT as torchrun sets them, got: {one_line(error)}; start with torchrun, "
            f"or unset RANK and WORLD_SIZE"
        ) from None
    HERE.rank, HERE.size = rank, size
    try:
        yield
    except PostaggerError as error:
        _say(store, rank, error)
    except KeyboardInterrupt:
        if not rank:
            raise
        raise SystemExit(end(0)) from None  # an end with an error would have the first one killed before it has saved
    finally:
        HERE.rank, HERE.size = 0, 1


def present(device: str) -> Processes:
    """The processes of this run; device: where they compute, as in the settings. On GPUs each takes its own.

    Raises:
        ConfigError: there are not as many GPUs, or the device is none that several processes can use.
    """
    if HERE.size == 1:
        return ALONE
    kind = select_device(device).type
    if kind not in ("cpu", "cuda"):
        raise ConfigError(f"--device: expected cpu or cuda for several processes, got {kind}; add --device cpu")
    if kind == "cuda":
        if local_rank() >= torch.cuda.device_count():
            raise ConfigError(
                f"expected a GPU for each process, got {torch.cuda.device_count()} for {local_size()}; start fewer, or "
                f"add --device cpu"
            )
        torch.cuda.set_device(local_rank())
    return Processes(HERE.rank, HERE.size)


def end(code: int) -> int:
    """An exit code, with which a process that trained along with others ends here and now.

    What Python does at its end takes their group apart, some threads of which then may call std::terminate.
    """
    if not dist.is_available() or not dist.is_initialized():
        return code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def threads_each(threads: int) -> int:
    """How many threads each process of a run may have, which asks for so many: not more than there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(threads, cores // local_size())) if HERE.size > 1 else threads


def _backend() -> str:
    has_gpus = torch.cuda.is_available() and dist.is_nccl_available()
    return "cpu:gloo,cuda:nccl" if has_gpus else "gloo"


def _say(store: Any, rank: int, error: PostaggerError) -> NoReturn:
    """Raise an error, if it is not the one that the first process raises, too."""
    said = str(error)
    if rank == 0:
        with contextlib.suppress(RuntimeError):  # nobody listens any more
            store.set(_FIRST_ERROR, said)
        raise error
    if isinstance(error, LostProcessError):
        raise SystemExit(end(2))
    try:
        store.wait([_FIRST_ERROR], _MOMENT)
        is_said = store.get(_FIRST_ERROR).decode() == said
    except dist.DistNetworkError:
        is_said = True  # it has ended, and the store with it
    except RuntimeError:
        is_said = False
    if is_said:
        raise SystemExit(end(2))
    raise ProcessError(f"process {rank}: {error}")
