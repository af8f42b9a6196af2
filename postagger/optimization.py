"""Optimizers by name, and the learning rate over a run."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from postagger.config import TrainingConfig


def make_optimizer(network: nn.Module, config: TrainingConfig) -> "torch.optim.Optimizer | AdamW":
    """The optimizer a config names, on all parameters."""
    parameters, rate = network.parameters(), config.learning_rate or 0.0
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, weight_decay=config.weight_decay)
    betas = (0.9, config.beta2)
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=betas, fused=True)
    return AdamW(parameters, rate, betas=betas, weight_decay=config.weight_decay)


class AdamW:
    """torch.optim.AdamW, by the same kernel and with the same numbers, without torch's compiler.

    The first step of an optimizer of torch.optim imports that compiler, which takes a second and then is not used.
    After I. Loshchilov and F. Hutter, 2019, "Decoupled Weight Decay Regularization".
    """

    def __init__(
        self, parameters: Iterable[Tensor], rate: float, *, betas: tuple[float, float], weight_decay: float
    ) -> None:
        self._parameters = list(parameters)
        self._betas, self._weight_decay = betas, weight_decay
        self._state: dict[int, dict[str, Tensor]] = {}
        self.param_groups: list[dict[str, Any]] = [{"lr": rate}]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """One update of every parameter that has a gradient."""
        numbers = [number for number, parameter in enumerate(self._parameters) if parameter.grad is not None]
        for number in numbers:
            if number not in self._state:
                like = self._parameters[number]
                moments = {name: torch.zeros_like(like) for name in ("exp_avg", "exp_avg_sq")}
                self._state[number] = {"step": torch.zeros((), device=like.device), **moments}
        states = [self._state[number] for number in numbers]
        adamw(
            [self._parameters[number] for number in numbers],
            [gradient for number in numbers if (gradient := self._parameters[number].grad) is not None],
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            [],
            [state["step"] for state in states],
            fused=True,
            amsgrad=False,
            beta1=self._betas[0],
            beta2=self._betas[1],
            lr=self.param_groups[0]["lr"],
            weight_decay=self._weight_decay,
            eps=1e-8,
            maximize=False,
        )

    def state_dict(self) -> dict[str, Any]:
        """As torch.optim's."""
        return {"state": self._state, "param_groups": self.param_groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As torch.optim's."""
        self._state = dict(state_dict["state"])


def moments(optimizer: "torch.optim.Optimizer | AdamW") -> dict[str, Tensor]:
    """What an optimizer remembers of the gradients so far, as NUMBER.NAME by the number of the parameter."""
    states = optimizer.state_dict()["state"]
    return {f"{number}.{name}": value for number, state in states.items() for name, value in state.items()}


def load_moments(
    optimizer: "torch.optim.Optimizer | AdamW", stored: Mapping[str, Tensor], parameters: Sequence[Tensor]
) -> None:
    """Give a fresh optimizer of these parameters what another one remembered."""
    state = optimizer.state_dict()
    for name, value in stored.items():
        number, _, rest = name.partition(".")
        like = parameters[int(number)]
        # Laid out in memory as its parameter is: the fused optimizers take that for granted.
        is_like = value.shape == like.shape
        laid_out = torch.empty_like(like, dtype=value.dtype).copy_(value) if is_like else value.to(like.device)
        state["state"].setdefault(int(number), {})[rest] = laid_out
    optimizer.load_state_dict(state)


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
