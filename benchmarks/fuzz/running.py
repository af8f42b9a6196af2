"""Inputs put to a target one after the other, each with its own random numbers and under a limit of time."""

import contextlib
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from .target import Target

SECONDS = 2.0
"""So long an input may take of a processor's time."""
PATIENCE = 10.0
"""So long it may take by the clock, on a machine with other things to do, before it is interrupted."""

_STORED_OF_A_KIND = 3


@dataclass(frozen=True)
class Finding:
    """An input that was not dealt with as it must be. kind: the error and where in the code it came up."""

    target: str
    number: int
    kind: str
    message: str
    data: bytes

    def store(self, folder: Path) -> Path:
        """Write the input to a file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.target.replace(' ', '-').replace('/', '-')}-{self.number}"
        path.write_bytes(self.data)
        return path


@dataclass
class Outcome:
    """What became of a target's inputs; of each kind of finding the first few are kept. slowest: seconds."""

    inputs: int = 0
    accepted: int = 0
    num_bytes: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        """Those of further inputs of the same target."""
        self.inputs += other.inputs
        self.accepted += other.accepted
        self.num_bytes += other.num_bytes
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        for finding in other.findings:
            self.found(finding)
        self.kinds += other.kinds - Counter(one.kind for one in other.findings)  # those that were not kept

    def found(self, finding: Finding) -> None:
        """One more finding."""
        self.kinds[finding.kind] += 1
        if sum(one.kind == finding.kind for one in self.findings) < _STORED_OF_A_KIND:
            self.findings.append(finding)


class TooSlowError(Exception):
    """An input has taken longer than it may."""


def run(target: Target, seed: int, first: int, count: int) -> Outcome:
    """The inputs of these numbers; an input depends on nothing but the seed, the target and its number."""
    outcome, begun = Outcome(), time.perf_counter()
    for number in range(first, first + count):
        data = target.make(Random(f"{seed}/{target.name}/{number}"))
        start = time.process_time()
        try:
            with _limited(PATIENCE):
                outcome.accepted += target.check(data)
            if time.process_time() - start > SECONDS:
                raise TooSlowError(f"{time.process_time() - start:.1f} s")
        except Exception as error:
            outcome.found(Finding(target.name, number, _kind(error), _said(error), data))
        outcome.slowest = max(outcome.slowest, time.process_time() - start)
        outcome.num_bytes += len(data)
    outcome.inputs, outcome.seconds = count, time.perf_counter() - begun
    return outcome


def _kind(error: Exception) -> str:
    """The same for inputs that found the same."""
    frames = [
        one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).name != Path(__file__).name
    ]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
    return f"{type(error).__name__} at {place}"


def _said(error: Exception) -> str:
    return ascii(str(error))[1:-1][:300]


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """An alarm after so many seconds, where the system has such."""
    if sys.platform == "win32":
        yield
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _alarm(_: int, __: FrameType | None) -> None:
    raise TooSlowError(f"more than {PATIENCE:g} s")
