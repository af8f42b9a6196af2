"""The handlers of signals, kept: an engine that starts sets its own, but it is the command that ends a run."""

import contextlib
import signal
import threading
from collections.abc import Iterator

from postagger.interrupts import ALL_SIGNALS


@contextlib.contextmanager
def kept_handlers() -> Iterator[None]:
    """What handled the signals before handles them afterwards."""
    is_main = threading.current_thread() is threading.main_thread()  # no other may set any
    before = {number: signal.getsignal(number) for number in ALL_SIGNALS} if is_main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
