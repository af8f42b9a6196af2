"""One thread inside numpy's products: several are often slower, and other cores are for other workers."""

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

ONE_THREAD = dict.fromkeys(
    ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS"], "1"
)
"""The environment of a process whose BLAS has one thread for ever."""

_lock = threading.Lock()
_controller: Any = None
_inside = 0
_limits: Any = None


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit the BLAS of numpy to one thread for as long as anybody is inside; afterwards all is as it was."""
    global _controller, _inside, _limits
    if ONE_THREAD.items() <= os.environ.items():
        yield
        return
    with _lock:
        if _controller is None:
            from threadpoolctl import ThreadpoolController

            _controller = ThreadpoolController()
        if _inside == 0:
            _limits = _controller.limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limits.restore_original_limits()
