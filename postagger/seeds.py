"""Random numbers that depend on the seed and on where a run is, but not on how it got there."""

import hashlib

import torch


def epoch_generator(seed: int, epoch: int) -> torch.Generator:
    """Random numbers for the order of an epoch, which depends on nothing but the seed and the epoch's own number."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


def step_seed(*numbers: int) -> int:
    """Of a step of one of several processes: by the seed of the run, epoch, step and rank."""
    digest = hashlib.sha256(repr(numbers).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
