import itertools
import math
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from postagger.checkpoint import Checkpoint
from postagger.config import TrainingConfig
from postagger.errors import DivergedError, PostaggerError
from postagger.interrupts import ALL_SIGNALS
from postagger.save_interval import SaveInterval
from postagger.trainer import Trainer, after_steps
from postagger.training_result import TrainingResult


def config(**settings: Any) -> TrainingConfig:
    return TrainingConfig(**{"schedule": "constant", "max_grad_norm": 0.0, "num_epochs": 3, **settings})


class Line(nn.Module):
    """y = slope * x."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(0.0))


def trainer(network: Line, settings: TrainingConfig, scores: list[float] | None = None) -> Trainer[float]:
    """Each epoch has the batches 1.0 and 2.0; the loss is the squared distance to y = 3 x, the count is 2."""
    remaining = iter(scores or [])

    def batches(_: int) -> Iterator[float]:
        return iter([1.0, 2.0])

    def loss(x: float) -> tuple[Tensor, Tensor]:
        return (network.slope * x - 3 * x) ** 2, torch.tensor(2)

    score = None if scores is None else lambda: next(remaining)
    return Trainer(network, settings, after_steps(batches), 2, loss, score)


def test_two_steps_by_hand() -> None:
    network = Line()
    result = trainer(network, config(optimizer="sgd", learning_rate=0.1, weight_decay=0.0, num_epochs=1)).fit()
    # Half the squared error has the slope x^2 (s - 3): 0 -> 0.3 at x = 1, then 0.3 + 0.1 * 4 * 2.7 = 1.38.
    assert network.slope.item() == pytest.approx(1.38)
    assert result.history[0].loss == pytest.approx((9 + 4 * 2.7**2) / 4)
    assert result.history[0].dev_score is None
    assert result.best_epoch == 1


def test_clipping_shortens_the_gradient() -> None:
    network = Line()
    settings = config(optimizer="sgd", learning_rate=0.1, weight_decay=0.0, num_epochs=1, max_grad_norm=0.5)
    trainer(network, settings).fit()
    assert network.slope.item() == pytest.approx(0.1, abs=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_every_optimizer_learns(optimizer: str) -> None:
    network = Line()
    trainer(network, config(optimizer=optimizer, learning_rate=0.1, weight_decay=0.0, num_epochs=60)).fit()
    assert network.slope.item() == pytest.approx(3.0, abs=0.05)


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    slopes = []
    network = Line()
    run = trainer(network, config(learning_rate=0.1), [0.5, 0.9, 0.7])
    judge = run.score
    assert judge is not None

    def score() -> float:
        slopes.append(network.slope.item())
        return judge()

    run.score = score
    result = run.fit()
    assert result.best_epoch == 2
    assert network.slope.item() == slopes[1] != slopes[2]
    assert [record.dev_score for record in result.history] == [0.5, 0.9, 0.7]


def test_patience_ends_the_run() -> None:
    result = trainer(Line(), config(num_epochs=9, patience=2), [0.5, 0.9, 0.8, 0.7, 0.99]).fit()
    assert len(result.history) == 4
    assert result.best_epoch == 2


def test_ctrl_c_keeps_the_best_weights_so_far() -> None:
    network = Line()
    run = trainer(network, config(num_epochs=9), [0.9, 0.5])
    step, calls = run.loss, 0

    def interrupted(batch: float) -> tuple[Tensor, Tensor]:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise KeyboardInterrupt
        return step(batch)

    run.loss = interrupted
    result: TrainingResult = run.fit()
    assert result.interrupted
    assert [record.epoch for record in result.history] == [1, 2]
    after_one = Line()
    trainer(after_one, config(num_epochs=1)).fit()
    assert network.slope.item() == after_one.slope.item()


@pytest.mark.parametrize("number", ALL_SIGNALS, ids=str)
def test_the_first_signal_lets_the_step_be_finished_and_saves(number: signal.Signals) -> None:
    network = Line()
    saved: list[Checkpoint] = []
    run = trainer(network, config(num_epochs=9, learning_rate=0.1))
    step, calls = run.loss, 0

    def interrupted(batch: float) -> tuple[Tensor, Tensor]:
        nonlocal calls
        calls += 1
        if calls == 4:
            os.kill(os.getpid(), number)
        return step(batch)

    run.loss, run.save = interrupted, saved.append
    before = signal.getsignal(number)
    assert run.fit().interrupted_by == number
    assert signal.getsignal(number) is before
    (checkpoint,) = saved
    assert (checkpoint.state["position"]["epoch"], checkpoint.state["position"]["step"]) == (1, 2)
    whole, resumed = Line(), Line()
    trainer(whole, config(num_epochs=9, learning_rate=0.1)).fit()
    again = trainer(resumed, config(num_epochs=9, learning_rate=0.1))
    again.restore(checkpoint)
    result = again.fit()
    assert not result.interrupted
    assert [record.epoch for record in result.history] == list(range(1, 10))
    assert resumed.slope.item() == whole.slope.item()


def test_the_second_ctrl_c_cuts_in_at_once() -> None:
    run = trainer(Line(), config(num_epochs=9))

    def interrupted(_: float) -> tuple[Tensor, Tensor]:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("unreachable")

    run.loss = interrupted
    result = run.fit()
    assert result.interrupted
    assert result.history == []


def test_the_clock_ends_the_run_in_the_middle_of_an_epoch() -> None:
    run = trainer(Line(), config(num_epochs=1, minutes=0.005, schedule="linear"))
    endless = itertools.repeat(1.0)
    run.batches = lambda *_: endless
    result = run.fit()
    assert len(result.history) == 1
    assert 0.3 < result.history[0].seconds < 3
    assert result.history[0].learning_rate == 0.0


def test_a_run_that_saves_nothing_leaves_sigterm_alone() -> None:
    run = trainer(Line(), config(num_epochs=1))
    handlers = []
    step = run.loss

    def look(batch: float) -> tuple[Tensor, Tensor]:
        handlers.append(signal.getsignal(signal.SIGTERM))
        return step(batch)

    run.loss = look
    run.fit()
    assert set(handlers) == {signal.SIG_DFL}


def test_the_state_is_saved_every_so_many_steps_and_at_the_end() -> None:
    run = trainer(Line(), config(num_epochs=4))
    saved: list[Checkpoint] = []
    run.save, run.every = saved.append, SaveInterval(steps=3)
    run.fit()
    places = [(saving.state["position"]["epoch"], saving.state["position"]["step"]) for saving in saved]
    assert places == [(1, 1), (2, 2), (4, 0)]


def diverging(scores: list[float] | None, at: int, value: float) -> tuple[Line, Trainer[float]]:
    """A run whose loss is of such a value in the step with this number."""
    network = Line()
    run = trainer(network, config(num_epochs=9, learning_rate=0.1), scores)
    step, calls = run.loss, 0

    def loss(batch: float) -> tuple[Tensor, Tensor]:
        nonlocal calls
        calls += 1
        total, count = step(batch)
        return (total * value if calls == at else total), count

    run.loss = loss
    return network, run


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e9])
@pytest.mark.parametrize("scores", [None, [0.5, 0.9, 0.7, 0.6]])
def test_a_loss_that_is_no_number_keeps_the_last_good_state(scores: list[float] | None, value: float) -> None:
    network, run = diverging(scores, 8, value)  # in the fourth epoch
    saved: list[Checkpoint] = []
    run.save, run.every = saved.append, SaveInterval(steps=1)
    result = run.fit()
    assert result.diverged.startswith("expected a ")
    assert "train again with a lower --learning-rate or a --max-grad-norm" in result.diverged
    assert [record.epoch for record in result.history] == [1, 2, 3]
    assert result.best_epoch == (3 if scores is None else 2)
    whole = Line()
    again = trainer(whole, config(num_epochs=9, learning_rate=0.1), scores)
    for _ in range(result.best_epoch):
        again.run_epoch()
    assert network.slope.item() == whole.slope.item()
    with pytest.raises(DivergedError, match="train again"):
        result.check()
    # What is on disk is from before, and finite.
    assert (saved[-1].state["position"]["epoch"], saved[-1].state["position"]["step"]) == (3, 1)
    assert saved[-1].tensors["network.slope"].isfinite()


def test_a_run_that_diverges_after_it_was_resumed_falls_back_to_the_same_epoch() -> None:
    network, run = diverging(None, 8, math.nan)
    saved: list[Checkpoint] = []
    run.save, run.every = saved.append, SaveInterval(steps=1)
    run.fit()
    again, resumed = diverging(None, 1, math.nan)  # the eighth step of the whole run
    resumed.restore(saved[-1])
    assert resumed.fit().best_epoch == 3
    assert again.slope.item() == network.slope.item()


def test_batches_with_nothing_to_count_cost_a_run_nothing() -> None:
    run = trainer(Line(), config(num_epochs=1))
    step = run.loss
    run.loss = lambda x: step(x) if x > 1 else (torch.zeros((), requires_grad=True), torch.tensor(0))
    result = run.fit()
    assert result.history[0].loss == pytest.approx(36 / 2)  # of the second batch alone, whose slope is still 0
    run.loss = lambda x: (torch.zeros((), requires_grad=True), torch.tensor(0))
    assert trainer_of(run).fit().history[0].loss == 0.0


def trainer_of(run: Trainer[float]) -> Trainer[float]:
    fresh = trainer(Line(), config(num_epochs=1))
    fresh.loss = run.loss
    return fresh


def test_a_copy_that_memory_does_not_hold_costs_no_run() -> None:
    run = trainer(Line(), config(num_epochs=2))
    told: list[str] = []

    def save(_: Checkpoint) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    run.save, run.tell, run.every = save, told.append, SaveInterval(steps=1)
    assert len(run.fit().history) == 2
    assert set(told) == {"no checkpoint: expected memory for a copy of the state, got too little"}


def test_weights_that_are_no_numbers_are_never_saved() -> None:
    network = Line()
    run = trainer(network, config(num_epochs=9))
    step, calls = run.loss, 0

    def loss(batch: float) -> tuple[Tensor, Tensor]:
        nonlocal calls
        calls += 1
        total, count = step(batch)
        if calls == 5:  # a loss that is finite, with a gradient that is not
            total = total + (network.slope - network.slope).abs().sqrt() * 0
        return total, count

    run.loss = loss
    saved: list[Checkpoint] = []
    run.save, run.every = saved.append, SaveInterval(steps=1)
    result = run.fit()
    assert result.diverged.startswith("expected a finite loss, got nan")
    assert all(saving.tensors["network.slope"].isfinite() for saving in saved)
    assert network.slope.isfinite()


def test_denormals_are_flushed_in_training_and_only_there() -> None:
    tiny = torch.tensor(1e-39)
    seen: list[float] = []
    run = trainer(Line(), config(num_epochs=1))
    step = run.loss

    def look(batch: float) -> tuple[Tensor, Tensor]:
        seen.append((tiny * 1).item())
        return step(batch)

    run.loss = look
    run.fit()
    assert (tiny * 1).item() > 0
    assert seen == [0.0, 0.0]


def test_a_loss_that_is_no_number_says_what_to_do() -> None:
    run = trainer(Line(), config())
    run.loss = lambda _: (torch.tensor(math.nan), torch.tensor(1))
    with pytest.raises(
        PostaggerError, match="expected a finite loss, got nan; train again with a lower --learning-rate"
    ):
        run.fit()
