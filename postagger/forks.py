"""What threads and forks need: one lock, and what to do in a process that begins as a copy of another.

A fork copies one thread only. What another was changing at that moment stays as it is, and what it had locked is locked
for ever.
"""

import os
import sys
import threading

LOCK = threading.RLock()
"""Held for a moment by whoever changes what the threads of a process share.

A fork waits for it, so in the new process nothing is half changed, and no module half imported, for which it would wait
for ever. It is one for all, as several would have to be locked in one order everywhere.
"""


def _keep_torch_to_one_thread() -> None:
    """In a new process, where torch would wait for ever for OpenMP's other threads, which are not there."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)
    os.register_at_fork(after_in_child=_keep_torch_to_one_thread)
