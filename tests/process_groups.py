"""Several processes that train together, quickly: copies of this one, which has imported everything already."""

import contextlib
import gc
import json
import os
import signal
import socket
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch._dynamo  # noqa: F401 - what DistributedDataParallel imports would be imported in each copy

from postagger.processes import Processes, join, present
from postagger.ranks import launched

_SECONDS = 60


def together(size: int, work: Callable[[Processes], Any], *, may_fail: bool = False) -> list[Any]:
    """What work gives in each of so many processes, by their ranks: plain values, for JSON.

    may_fail: take "ERROR: message" for what it gives where it raises.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(rank) for rank in range(size)]
        pids = [_start(rank, size, port, work, file) for rank, file in enumerate(files)]
        codes = _codes(pids)
        answers = [json.loads(file.read_text()) if file.exists() else None for file in files]
    assert may_fail or codes == [0] * size, answers
    return answers


def _start(rank: int, size: int, port: int, work: Callable[[Processes], Any], file: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "LOCAL_RANK": str(rank)}
        os.environ.update({"RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size), **address})
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        here = launched()
        with join(here.rank, here.size) if here.size > 1 else contextlib.nullcontext():
            processes = present("cpu")
            answer = work(processes)
            gc.collect()
            processes.leave()
        file.write_text(json.dumps(answer))
        code = 0
    except BaseException as error:
        file.write_text(json.dumps(f"{type(error).__name__}: {error}"))
        if os.environ.get("SHOW_TRACEBACKS"):
            traceback.print_exc()
    finally:
        os._exit(code)


def _codes(pids: list[int]) -> list[int]:
    """Their exit codes; whoever takes too long is killed."""
    codes: dict[int, int] = {}
    end = time.monotonic() + _SECONDS
    while len(codes) < len(pids):
        for pid in set(pids) - codes.keys():
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                codes[pid] = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    return [codes[pid] for pid in pids]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
