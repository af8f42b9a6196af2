"""Optimizers by name, and the learning rate over a run."""

import math

import torch
from torch import nn

from postagger.config import TrainingConfig


def make_optimizer(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """The optimizer a config names, on all parameters."""
    parameters, rate = network.parameters(), config.learning_rate or 0.0
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, weight_decay=config.weight_decay)
    betas = (0.9, config.beta2)
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=betas, fused=True)
    return torch.optim.AdamW(parameters, lr=rate, betas=betas, weight_decay=config.weight_decay, fused=True)


def learning_rate(config: TrainingConfig, done: float, whole: float) -> float:
    """The rate of the next update, when so much of the whole run is done; both in updates, or both in milliseconds.

    One-cycle: linearly up from a 25th, then down along a cosine (L. Smith, 2018, "A disciplined approach to neural
    network hyper-parameters").
    """
    highest = config.learning_rate or 0.0
    if config.schedule == "constant":
        return highest
    if config.schedule == "linear":
        return highest * max(0.0, 1 - done / whole)
    warmup = max(1, round(config.warmup_fraction * whole))
    if done < warmup:
        return highest * (0.04 + 0.96 * done / warmup)
    return highest * (0.5 + 0.5 * math.cos(math.pi * min(1.0, (done - warmup) / max(1, whole - warmup))))
