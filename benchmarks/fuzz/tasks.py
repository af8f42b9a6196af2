"""Tasks: what a process is told to do, and does with targets of its own."""

import tempfile
from pathlib import Path

import torch

from .all_targets import all_targets
from .running import Outcome, run
from .small_tagger import small_tagger
from .target import Target

Task = tuple[str, int, int, int]
"""Target, seed, first number, count."""

_targets: dict[str, Target] = {}


def prepare(folder: Path) -> dict[str, Target]:
    """Make the targets of this process, which write to a folder of its own in this one."""
    torch.set_num_threads(1)
    _targets.update(all_targets(small_tagger(), Path(tempfile.mkdtemp(dir=folder))))
    return _targets


def run_task(task: Task) -> Outcome:
    """Some of a target's inputs."""
    name, seed, first, count = task
    return run(_targets[name], seed, first, count)
