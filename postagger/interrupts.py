"""Signals that end a long run: first between two steps, then at once."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from postagger.ranks import HERE

_UNTOUCHED: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
if hasattr(signal, "SIGHUP"):  # a terminal that is closed
    _UNTOUCHED[signal.SIGHUP] = signal.SIG_DFL
ALL_SIGNALS = tuple(signal.Signals(number) for number in _UNTOUCHED)


class Interrupted(KeyboardInterrupt):
    """A run was ended by a signal, and what it had is saved. number: of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code(number: int) -> int:
    """What a program that a signal has ended returns, as shells have it: 130 for Ctrl-C, 143 for SIGTERM."""
    return 128 + number


@contextlib.contextmanager
def finish_step_on(*numbers: signal.Signals) -> Iterator[Callable[[], int]]:
    """Let the step at hand be finished on the first of these signals; the second one cuts in as KeyboardInterrupt.

    Not so in one of several processes: they end together, and their launcher, which may send one signal after the
    other, kills those that do not. What it gives tells the number of the first one, or 0.
    """
    caught: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if not caught:
            caught.append(number)
        elif HERE.size == 1:
            raise KeyboardInterrupt

    # Only the main thread may set a handler, and one that somebody else has set is theirs.
    is_main = threading.current_thread() is threading.main_thread()
    ours = [number for number in numbers if is_main and signal.getsignal(number) is _UNTOUCHED[number]]
    for number in ours:
        signal.signal(number, handle)
    try:
        yield lambda: caught[0] if caught else 0
    finally:
        for number in ours:
            signal.signal(number, _UNTOUCHED[number])
