"""Measured processes from outside: started when nobody else is at work, with one thread, and asked for figures."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from rivals import MissingRivalError

from .measurement import READY
from .rounds import Figures

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """A process that has loaded its model and waits. A context: the process ends with it.

    request: what measurement.Request has.

    Raises:
        MissingRivalError: the contestant's package is not installed.
        RuntimeError: the process has failed; it has said why on standard error.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        command = [sys.executable, "-m", "speed_parts.measurement", json.dumps(request)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def wait_until_ready(self) -> None:
        """Return when the model is loaded."""
        line = self._line()
        if line != READY:
            raise MissingRivalError(json.loads(line)["missing"])

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def figures(self) -> Figures:
        """What it measured, when it has done so."""
        figures: Figures = json.loads(self._line())
        return figures

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"expected figures from a measured process, got its end (code {self._process.wait()})")
        return line.strip()


def measured(request: Mapping[str, Any]) -> Figures:
    """One process from its start to its figures."""
    with Process(request) as process:
        process.wait_until_ready()
        process.go()
        return process.figures()


def measured_together(requests: Sequence[Mapping[str, Any]]) -> Figures:
    """Two processes at work at the same time: their tokens, from the first start to the last end."""
    first, second = requests
    with Process(first) as one, Process(second) as other:
        both = one, other
        for process in both:
            process.wait_until_ready()
        for process in both:
            process.go()
        figures = [process.figures() for process in both]
    return {
        "start": min(one["start"] for one in figures),
        "end": max(one["end"] for one in figures),
        "tokens": sum(one["tokens"] for one in figures),
    }


def program_figures(module: str, *arguments: str) -> Figures:
    """What another program of speed_parts prints."""
    command = [sys.executable, "-m", f"speed_parts.{module}", *arguments]
    figures: Figures = json.loads(subprocess.check_output(command, env=environment()))
    return figures


def seconds_of(command: Sequence[str], text: str = "") -> float:
    """How long a whole Python process takes, given its arguments and its input."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command], input=text.encode(), stdout=subprocess.PIPE, env=environment(), check=True
    )
    return time.perf_counter() - start


def environment() -> dict[str, str]:
    """One thread for all libraries, and the benchmarks' own modules."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **threads, "PYTHONPATH": path}
