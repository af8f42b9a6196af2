"""Every cell x depth x direction x implementation: padding is inert, a batch equals a loop without padding."""

import itertools

import pytest
import torch
from torch import nn

from conftest import gradient
from postagger.models.cells import Cell, Implementation
from postagger.models.recurrent import Recurrent

B, T, E, H = 4, 6, 3, 5
LENGTHS = torch.tensor([6, 1, 4, 2])
ALL = list(itertools.product(["rnn", "gru", "lstm"], [1, 2], [False, True], ["torch", "from-scratch"]))


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "implementation"), ALL)
def test_a_padded_batch_equals_a_loop_without_padding(
    cell: Cell, num_layers: int, bidirectional: bool, implementation: Implementation
) -> None:
    network = Recurrent(cell, E, H, num_layers=num_layers, bidirectional=bidirectional, implementation=implementation)
    inputs = torch.randn(B, T, E)
    hidden = network(inputs, LENGTHS)
    assert hidden.shape == (B, T, network.output_size)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = network(inputs[row : row + 1, :length], torch.tensor([length]))
        torch.testing.assert_close(hidden[row, :length], alone[0], rtol=0.0, atol=1e-6)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "implementation"), ALL)
def test_padding_moves_neither_output_nor_gradient(
    cell: Cell, num_layers: int, bidirectional: bool, implementation: Implementation
) -> None:
    network = Recurrent(cell, E, H, num_layers=num_layers, bidirectional=bidirectional, implementation=implementation)
    mask = (torch.arange(T) < LENGTHS[:, None])[..., None]
    real = torch.randn(B, T, E)
    results = []
    for padding, extra in [(0.0, 0), (1e3, 0), (-7.0, 3)]:
        inputs = torch.where(mask, real, padding)
        inputs = torch.cat([inputs, torch.full((B, extra, E), padding)], dim=1).requires_grad_()
        network.zero_grad()
        hidden = network(inputs, LENGTHS)[:, :T] * mask
        hidden.square().sum().backward()
        assert inputs.grad is not None
        assert (inputs.grad[:, :T] * ~mask).abs().sum() == 0
        results.append([hidden, *(gradient(parameter) for parameter in network.parameters())])
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_equals_torch_with_packed_sequences(cell: Cell) -> None:
    ours = Recurrent(cell, E, H, num_layers=2, bidirectional=True)
    theirs: nn.RNNBase = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](
        E, H, num_layers=2, bidirectional=True, batch_first=True
    )
    with torch.no_grad():
        for ours_parameter, theirs_parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
            ours_parameter.copy_(theirs_parameter)
    inputs = torch.randn(B, T, E)
    packed = nn.utils.rnn.pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    expected, _ = nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
    mask = (torch.arange(T) < LENGTHS[:, None])[..., None]
    torch.testing.assert_close(ours(inputs, LENGTHS) * mask, expected, rtol=0.0, atol=1e-6)


def test_states_carry_a_window_into_the_next() -> None:
    for cell in ("rnn", "gru", "lstm"):
        network = Recurrent(cell, E, H, num_layers=2)
        inputs = torch.randn(B, T, E)
        whole, final = network.forward_from(inputs)
        first, state = network.forward_from(inputs[:, :2])
        second, state = network.forward_from(inputs[:, 2:], state)
        torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
        for one, other in zip(state, final, strict=True):
            torch.testing.assert_close(one, other)


def test_dropout_stands_between_layers_only() -> None:
    inputs = torch.ones(1, 2, E)
    lengths = torch.tensor([2])
    one = Recurrent("gru", E, H, num_layers=1, dropout=0.9)
    assert torch.equal(one(inputs, lengths), one(inputs, lengths))
    two = Recurrent("gru", E, H, num_layers=2, dropout=0.9)
    assert not torch.equal(two(inputs, lengths), two(inputs, lengths))
    two.eval()
    assert torch.equal(two(inputs, lengths), two(inputs, lengths))


def test_the_mirror_has_the_right_gradient() -> None:
    network = Recurrent("rnn", 2, 2, bidirectional=True).double()
    inputs = torch.randn(2, 3, 2, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda values: network(values, torch.tensor([3, 2])), inputs)
