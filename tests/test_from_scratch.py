"""Our own equations against torch.nn's kernels, for every cell, depth and direction."""

import itertools

import pytest
import torch
from torch import Tensor, nn

from postagger.models.cells import Cell
from postagger.models.from_scratch import State
from postagger.models.recurrent import Recurrent

TORCH = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
B, T, E, H = 3, 7, 5, 4
TOLERANCE = 1e-6


def twins(cell: Cell, num_layers: int, bidirectional: bool) -> tuple[Recurrent, nn.RNNBase]:
    """Ours and torch's, with the same weights."""
    ours = Recurrent(cell, E, H, num_layers=num_layers, bidirectional=bidirectional, implementation="from-scratch")
    theirs: nn.RNNBase = TORCH[cell](E, H, num_layers, bidirectional=bidirectional, batch_first=True)
    with torch.no_grad():
        for ours_parameter, theirs_parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
            ours_parameter.copy_(theirs_parameter)
    return ours, theirs


def as_tuple(state: Tensor | State) -> State:
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize(
    ("cell", "num_layers", "bidirectional"), list(itertools.product(TORCH, [1, 2, 3], [False, True]))
)
def test_outputs_final_states_and_gradients_equal_torch(cell: Cell, num_layers: int, bidirectional: bool) -> None:
    ours, theirs = twins(cell, num_layers, bidirectional)
    size = (num_layers * (2 if bidirectional else 1), B, H)
    initial = tuple(torch.randn(size) for _ in range(2 if cell == "lstm" else 1))
    results = []
    for network in (ours, theirs):
        inputs = torch.randn(B, T, E, generator=torch.Generator().manual_seed(1)).requires_grad_()
        if isinstance(network, Recurrent):
            hidden, final = network.forward_from(inputs, initial)
        else:
            hidden, state = network(inputs, initial if cell == "lstm" else initial[0])
            final = as_tuple(state)
        loss = hidden.square().mean() + sum(part.sin().mean() for part in final)
        loss.backward()
        gradients = [parameter.grad for parameter in (inputs, *network.parameters())]
        results.append([hidden, *final, *gradients])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=0.0, atol=TOLERANCE)


@pytest.mark.parametrize("cell", list(TORCH))
def test_weights_go_from_one_implementation_to_the_other(cell: Cell) -> None:
    ours = Recurrent(cell, E, H, num_layers=2, bidirectional=True, implementation="from-scratch")
    theirs = Recurrent(cell, E, H, num_layers=2, bidirectional=True, implementation="torch")
    theirs.load_state_dict(ours.state_dict())
    inputs, lengths = torch.randn(B, T, E), torch.tensor([7, 3, 1])
    mask = (torch.arange(T) < lengths[:, None])[..., None]
    torch.testing.assert_close(ours(inputs, lengths) * mask, theirs(inputs, lengths) * mask, rtol=0.0, atol=TOLERANCE)


def test_one_step_of_the_rnn_by_hand() -> None:
    ours = Recurrent("rnn", 1, 1, implementation="from-scratch")
    with torch.no_grad():
        for parameter, value in zip(ours.parameters(), [0.5, 0.25, 0.1, 0.2], strict=True):
            parameter.fill_(value)
    hidden, _ = ours.forward_from(torch.tensor([[[1.0], [2.0]]]))
    first = torch.tanh(torch.tensor(0.5 * 1 + 0.1 + 0.2))
    second = torch.tanh(0.5 * 2 + 0.1 + 0.25 * first + 0.2)
    torch.testing.assert_close(hidden[0, :, 0], torch.stack([first, second]))
