"""Which of the processes this is that train together, as their launcher (torchrun) says in the environment."""

import os

_NAMES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def world_size() -> int:
    """How many processes train together; 1 where this one was started by itself."""
    numbers = [os.environ.get(name, "") for name in _NAMES[:2]]
    is_launched = all(os.environ.get(name) for name in _NAMES) and all(map(str.isdecimal, numbers))
    return max(1, int(numbers[1])) if is_launched else 1


def rank() -> int:
    """The number of this process among them, from 0; the first one alone writes and prints."""
    return int(os.environ["RANK"]) if world_size() > 1 else 0


def local_rank() -> int:
    """The number of this process among those on this machine."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def local_world_size() -> int:
    """How many of them are on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if world_size() > 1 else 1
