"""A folder in which one process at a time works; the system lets go of it when the process ends, however that is."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from postagger.errors import OutputError


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Nobody else gets in as long as the context is open. Where the system has no such locks, everybody does.

    Raises:
        OutputError: somebody is inside.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"{folder}: expected to be alone here, got another run at work; wait for it, or choose another --output"
            ) from None
        except OSError:  # some file systems have no locks
            pass
        yield
    finally:
        os.close(descriptor)
