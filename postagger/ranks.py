"""Which of the processes this is that train together; alone, unless it has joined others that torchrun started."""

import os
from dataclasses import dataclass


@dataclass
class Here:
    """rank: the number of this process, from 0, of so many; the first one alone writes and prints."""

    rank: int = 0
    size: int = 1


HERE = Here()

_NAMES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def launched() -> Here:
    """What a launcher, such as torchrun, has told in the environment: this process, if it told nothing, is alone."""
    rank, size, *_ = values = [os.environ.get(name, "") for name in _NAMES]
    is_told = all(values) and rank.isdecimal() and size.isdecimal()
    return Here(int(rank), int(size)) if is_told and int(size) > 1 else Here()


def local_rank() -> int:
    """The number of this process among those on this machine."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def local_size() -> int:
    """How many of them are on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if HERE.size > 1 else 1
