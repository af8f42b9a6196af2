"""One thread inside numpy's products: several are often slower, and other cores are for other workers."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from postagger.forks import LOCK

ONE_THREAD = dict.fromkeys(
    ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS"], "1"
)
"""The environment of a process whose BLAS has one thread for ever."""

_controller: Any = None
_inside, _process = 0, os.getpid()
_limits: Any = None


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit the BLAS of numpy to one thread for as long as anybody is inside; afterwards all is as it was."""
    global _controller, _inside, _process, _limits
    if ONE_THREAD.items() <= os.environ.items():
        yield
        return
    with LOCK:
        if _controller is None:
            from threadpoolctl import ThreadpoolController

            _controller = ThreadpoolController()
        if _process != os.getpid():  # a fork, in which nobody is inside
            if _inside:
                _limits.restore_original_limits()
            _inside, _process = 0, os.getpid()
        if _inside == 0:
            _limits = _controller.limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with LOCK:
            _inside -= 1
            if _inside == 0:
                _limits.restore_original_limits()
