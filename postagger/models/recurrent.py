"""RNN, GRU and LSTM in layers and directions; padding is inert.

Each layer and direction is a module of its own. A backward direction reads every sentence from its own last token,
by an index and not by packed sequences: the outputs are the same, the fast kernels of every device stay open,
and training on a CPU takes about half the time.
"""

from typing import Any

import torch
from torch import Tensor, nn

from postagger.models.cells import Cell, Implementation
from postagger.models.dropout import Dropout
from postagger.models.fast_cells import run_dense_layer, run_layer
from postagger.models.from_scratch import FromScratchLayer, State, run_steps


class Recurrent(nn.Module):
    """Stacked recurrent layers in one or two directions.

    The two directions of a layer stand side by side in its output: H forward, H backward (M. Schuster and
    K. Paliwal, 1997, "Bidirectional Recurrent Neural Networks"). Dropout stands between layers only, as in W. Zaremba,
    I. Sutskever and O. Vinyals, 2014, "Recurrent Neural Network Regularization".
    """

    def __init__(
        self,
        cell: Cell,
        input_size: int,
        hidden_size: int,
        *,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        implementation: Implementation = "torch",
    ) -> None:
        super().__init__()
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_directions = 2 if bidirectional else 1
        self.output_size = self.num_directions * hidden_size
        sizes = [input_size] + [self.output_size] * (num_layers - 1)
        # Layer by layer, and in each layer forward before backward, as torch.nn numbers them.
        self.layers = nn.ModuleList(
            _layer(cell, size, hidden_size, implementation) for size in sizes for _ in range(self.num_directions)
        )
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Whole sentences, each on its own: inputs [B, T, E], lengths [B] -> hidden [B, T, D * H].

        What stands at a padded position, in or out, touches no real one.
        """
        return self._run(inputs, _reversal(lengths, inputs.shape[1]), self._zeros(len(inputs)))[0]

    def forward_from(self, inputs: Tensor, initial_state: State | None = None) -> tuple[Tensor, State]:
        """Windows without padding, from a state to a state: inputs [B, T, E] -> (hidden [B, T, D * H], final state).

        Inputs may also be ids [B, T], which stand for rows that are 1 at the id and 0 elsewhere (one-hot); these rows
        are never built on a CPU: their product with the weights is one column of these.
        States have torch.nn's layout: (h,) or, for the lstm, (h, c), each [L * D, B, H].
        """
        lengths = torch.full((inputs.shape[0],), inputs.shape[1], device=inputs.device)
        state = self._zeros(len(inputs)) if initial_state is None else initial_state
        return self._run(inputs, _reversal(lengths, inputs.shape[1]), state)

    def store_columns_together(self) -> None:
        """For one-hot input: lay the first layer's input weights out so that a column is one block of memory."""
        for layer in self.layers[: self.num_directions]:
            weight = layer.get_parameter("weight_ih_l0")
            weight.data = weight.data.t().contiguous().t()

    def _run(self, inputs: Tensor, reversal: Tensor, initial_state: State) -> tuple[Tensor, State]:
        finals: list[State] = []
        hidden = inputs
        for first in range(0, len(self.layers), self.num_directions):
            if first:
                hidden = self.dropout(hidden)
            outputs = []
            for backward in range(self.num_directions):
                layer = self.layers[first + backward]
                before = tuple(part[first + backward : first + backward + 1] for part in initial_state)
                source = _reorder(hidden, reversal) if backward else hidden
                output, after = self._run_layer(layer, source, before)
                outputs.append(_reorder(output, reversal) if backward else output)
                finals.append(after)
            hidden = torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0]
        # In the weights' number format, also where autocast computed in another.
        kind = initial_state[0].dtype
        return hidden, tuple(torch.cat(parts).to(kind) for parts in zip(*finals, strict=True))

    def _run_layer(self, layer: nn.Module, inputs: Tensor, before: State) -> tuple[Tensor, State]:
        if inputs.dtype == torch.long and isinstance(layer, nn.RNNBase):
            if inputs.device.type == "cpu":
                return run_layer(self.cell, layer, inputs, before)
            inputs = nn.functional.one_hot(inputs, layer.input_size).to(before[0].dtype)
        on_cpu, steps = inputs.device.type == "cpu", inputs.shape[1]
        if self.cell != "lstm" and on_cpu and isinstance(layer, nn.RNNBase) and steps > 1:
            return run_dense_layer(self.cell, layer, inputs, before)  # torch has a fast lstm there, and no other cell
        first = before if self.cell == "lstm" else before[0]
        if steps == 1 and on_cpu and not torch.is_grad_enabled():
            # Character by character: torch.nn lays its weights out anew in every call.
            output, after = run_steps(self.cell, layer, inputs, first)
        else:
            output, after = layer(inputs, first)
        return output, after if isinstance(after, tuple) else (after,)

    def _zeros(self, batch_size: int) -> State:
        weight = next(self.parameters())
        shape = (len(self.layers), batch_size, self.hidden_size)
        return tuple(weight.new_zeros(shape) for _ in range(2 if self.cell == "lstm" else 1))


def _layer(cell: Cell, input_size: int, hidden_size: int, implementation: Implementation) -> nn.Module:
    if implementation == "from-scratch":
        return FromScratchLayer(cell, input_size, hidden_size)
    kinds: dict[Cell, type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]]
    kinds = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    return kinds[cell](input_size, hidden_size, batch_first=True)


def _reversal(lengths: Tensor, width: int) -> Tensor:
    """For each position where its mirror image stands within its own sentence; padding stays where it is. [B, T].

    >>> _reversal(torch.tensor([3, 1]), 3).tolist()
    [[2, 1, 0], [0, 1, 2]]
    """
    steps = torch.arange(width, device=lengths.device)
    mirrored = lengths[:, None] - 1 - steps
    return torch.where(mirrored >= 0, mirrored, steps)


def _reorder(values: Tensor, reversal: Tensor) -> Tensor:
    """Mirror values [B, T, E] or ids [B, T] along time, each sentence within itself, by its reversal [B, T]."""
    if values.dtype == torch.long:
        return values.gather(1, reversal)
    rows = reversal + torch.arange(len(reversal), device=reversal.device)[:, None] * reversal.shape[1]
    reordered: Tensor = _Mirror.apply(values, rows.flatten())  # type: ignore[no-untyped-call]
    return reordered


class _Mirror(torch.autograd.Function):
    """Rows in mirrored order. A mirror undoes itself, so the gradient needs no slow scattered addition."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, rows: Tensor) -> Tensor:
        ctx.save_for_backward(rows)
        return values.flatten(end_dim=1).index_select(0, rows).view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (rows,) = ctx.saved_tensors
        (gradient,) = gradients
        return gradient.flatten(end_dim=1).index_select(0, rows).view_as(gradient), None
