"""How a Python process is started that works for this one."""

import os
import sys
from pathlib import Path

from postagger.scoring.threads import ONE_THREAD


def worker_command(module: str) -> list[str]:
    """The command that calls main of a module; -P keeps out what lies in the folder where the user happens to be."""
    return [sys.executable, "-P", "-c", f"from {module} import main; main()"]


def worker_environment() -> dict[str, str]:
    """The environment: one thread inside products, and what this process can import, this package in any case."""
    places = [*filter(None, sys.path), str(Path(__file__).parent.parent)]
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}
