"""Gradients worked out by hand against torch's own, on the one-hot rows that they never build."""

import pytest
import torch
from torch import nn

from postagger.models.cells import Cell
from postagger.models.fast_cells import run_layer

TORCH: dict[Cell, type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
B, T, V, H = 3, 6, 5, 4
IDS = torch.tensor([[0, 1, 2, 3, 4, 0], [4, 4, 4, 1, 0, 2], [2, 0, 3, 3, 1, 4]])


def outputs(layer: nn.RNNBase, cell: Cell, *, fast: bool) -> list[torch.Tensor]:
    """Hidden states, final state, and the gradients of a sum that depends on all of them."""
    generator = torch.Generator().manual_seed(3)
    state = tuple(torch.randn(1, B, H, generator=generator) for _ in range(2 if cell == "lstm" else 1))
    leaves = [part.requires_grad_() for part in state]
    if fast:
        hidden, final = run_layer(cell, layer, IDS, state)
    else:
        hidden, after = layer(nn.functional.one_hot(IDS, V).float(), state if cell == "lstm" else state[0])
        final = after if cell == "lstm" else (after,)
    results = [hidden, *final]
    total = sum((one * torch.randn(one.shape, generator=generator)).sum() for one in results)
    assert isinstance(total, torch.Tensor)
    return [*results, *torch.autograd.grad(total, [*leaves, *layer.parameters()])]


@pytest.mark.parametrize("cell", TORCH)
def test_outputs_states_and_gradients_equal_torch(cell: Cell) -> None:
    layer = TORCH[cell](V, H, batch_first=True)
    for ours, theirs in zip(outputs(layer, cell, fast=True), outputs(layer, cell, fast=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cell", TORCH)
def test_in_bfloat16_they_come_near(cell: Cell) -> None:
    layer = TORCH[cell](V, H, batch_first=True)
    exact = outputs(layer, cell, fast=True)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = outputs(layer, cell, fast=True)
    assert any(not torch.equal(one, two) for one, two in zip(exact, rounded, strict=True))
    for one, two in zip(rounded, exact, strict=True):
        assert one.dtype == torch.float32
        torch.testing.assert_close(one, two, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("cell", TORCH)
def test_a_window_equals_its_two_halves(cell: Cell) -> None:
    layer = TORCH[cell](V, H, batch_first=True)
    state = tuple(torch.zeros(1, B, H) for _ in range(2 if cell == "lstm" else 1))
    whole, end = run_layer(cell, layer, IDS, state)
    first, middle = run_layer(cell, layer, IDS[:, :2], state)
    second, also_end = run_layer(cell, layer, IDS[:, 2:], middle)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    for one, two in zip(end, also_end, strict=True):
        torch.testing.assert_close(one, two)
