r"""The three recurrent cells in elementary tensor operations, with their equations.

x_t [B, E] is the input of time step t, h_t [B, H] the hidden state, c_t [B, H] the memory of the LSTM; * is the
product element by element, sigma the logistic function. Weights have torch.nn's names and order of gates, so that
a model trained with one implementation runs with the other.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from postagger.models.cells import Cell

State = tuple[Tensor, ...]
"""(h,) for the rnn and the gru, (h, c) for the lstm; each [B, H]."""


def rnn_step(projected: Tensor, state: State, weight_hh: Tensor, bias_hh: Tensor) -> State:
    """One time step of the simple recurrent network (J. L. Elman, 1990, "Finding Structure in Time").

    h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)

    projected: W_ih x_t + b_ih [B, H].
    """
    (hidden,) = state
    return (torch.tanh(projected + hidden @ weight_hh.T + bias_hh),)


def gru_step(projected: Tensor, state: State, weight_hh: Tensor, bias_hh: Tensor) -> State:
    """One time step of the gated recurrent unit.

    K. Cho et al., 2014, "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
    Translation", with the reset gate after the product, as torch and cuDNN have it:

    r_t = sigma(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)             reset
    z_t = sigma(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)             update
    n_t = tanh(W_in x_t + b_in + r_t * (W_hn h_{t-1} + b_hn))      new
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}

    projected: W_i. x_t + b_i. of the gates r, z, n, side by side [B, 3H].
    """
    (hidden,) = state
    input_reset, input_update, input_new = projected.chunk(3, dim=1)
    hidden_reset, hidden_update, hidden_new = (hidden @ weight_hh.T + bias_hh).chunk(3, dim=1)
    reset = torch.sigmoid(input_reset + hidden_reset)
    update = torch.sigmoid(input_update + hidden_update)
    new = torch.tanh(input_new + reset * hidden_new)
    return ((1 - update) * new + update * hidden,)


def lstm_step(projected: Tensor, state: State, weight_hh: Tensor, bias_hh: Tensor) -> State:
    """One time step of the long short-term memory.

    S. Hochreiter and J. Schmidhuber, 1997, "Long Short-Term Memory"; with the forget gate of F. Gers,
    J. Schmidhuber and F. Cummins, 2000, "Learning to Forget":

    i_t = sigma(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi)             input
    f_t = sigma(W_if x_t + b_if + W_hf h_{t-1} + b_hf)             forget
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)              candidate
    o_t = sigma(W_io x_t + b_io + W_ho h_{t-1} + b_ho)             output
    c_t = f_t * c_{t-1} + i_t * g_t
    h_t = o_t * tanh(c_t)

    projected: W_i. x_t + b_i. of the gates i, f, g, o, side by side [B, 4H].
    """
    hidden, memory = state
    gates = projected + hidden @ weight_hh.T + bias_hh  # [B, 4H]
    input_gate, forget_gate, candidate, output_gate = gates.chunk(4, dim=1)
    memory = torch.sigmoid(forget_gate) * memory + torch.sigmoid(input_gate) * torch.tanh(candidate)
    return torch.sigmoid(output_gate) * torch.tanh(memory), memory


_STEPS: dict[Cell, Callable[[Tensor, State, Tensor, Tensor], State]] = {
    "rnn": rnn_step,
    "gru": gru_step,
    "lstm": lstm_step,
}
_NUM_GATES: dict[Cell, int] = {"rnn": 1, "gru": 3, "lstm": 4}


def project(inputs: Tensor, weight_ih: Tensor, bias_ih: Tensor) -> Tensor:
    """W_ih x_t + b_ih: inputs [B, T, E], or ids [B, T] of one-hot rows -> [B, T, G * H], G gates.

    The product of the weights with a row that is 1 in one place is the column at that place.
    """
    if inputs.dtype == torch.long:
        return nn.functional.embedding(inputs, weight_ih.T.contiguous()).add_(bias_ih)
    return nn.functional.linear(inputs, weight_ih, bias_ih)


class FromScratchLayer(nn.Module):
    """One layer in one direction: a cell, stepped along time. It stands in for nn.RNN, nn.GRU or nn.LSTM.

    Parameters are named and drawn as in torch.nn: uniformly from -1/sqrt(H) to 1/sqrt(H).
    """

    def __init__(self, cell: Cell, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.cell = cell
        self.hidden_size = hidden_size
        bound = 1 / math.sqrt(hidden_size)
        rows = _NUM_GATES[cell] * hidden_size
        self.weight_ih_l0 = nn.Parameter(torch.empty(rows, input_size).uniform_(-bound, bound))
        self.weight_hh_l0 = nn.Parameter(torch.empty(rows, hidden_size).uniform_(-bound, bound))
        self.bias_ih_l0 = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))
        self.bias_hh_l0 = nn.Parameter(torch.empty(rows).uniform_(-bound, bound))

    def forward(self, inputs: Tensor, initial_state: Tensor | State) -> tuple[Tensor, Tensor | State]:
        """Inputs [B, T, E] and the state before the first step -> hidden [B, T, H] and the state after the last.

        Inputs may be ids [B, T] that stand for one-hot rows. A state has torch.nn's layout: h [1, B, H], for the lstm
        (h, c).
        """
        return run_steps(self.cell, self, inputs, initial_state)


def run_steps(
    cell: Cell, layer: nn.Module, inputs: Tensor, initial_state: Tensor | State
) -> tuple[Tensor, Tensor | State]:
    """Step a cell along time with the weights of a layer, this one's or torch.nn's; see FromScratchLayer.forward."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weight_ih, weight_hh, bias_ih, bias_hh = (layer.get_parameter(name) for name in names)
    # The product with the input weights needs no earlier step, so it is taken for all steps at once.
    projected = project(inputs, weight_ih, bias_ih)
    parts = (initial_state,) if isinstance(initial_state, Tensor) else initial_state
    state = tuple(part[0] for part in parts)
    hidden = []
    for time in range(inputs.shape[1]):
        state = _STEPS[cell](projected[:, time], state, weight_hh, bias_hh)
        hidden.append(state[0])
    final = tuple(part[None] for part in state)
    return torch.stack(hidden, dim=1), final if cell == "lstm" else final[0]
