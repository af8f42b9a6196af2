r"""The three recurrent cells in numpy, for tagging: all directions of a layer step by step over packed sentences.

The equations are those of models/from_scratch.py, arranged so that one tanh serves all gates of a step:
sigma(a) = (1 + tanh(a / 2)) / 2. Halves and doubles go into the weights beforehand, which rounds nothing.

Legend: D directions, N packed tokens, n tokens of a step, G gates, H hidden, R rows of a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from postagger.models.cells import Cell
from postagger.scoring.workspace import Workspace

_LOOKED_UP_AT_ONCE = 256  # tokens; the rows of more would leave the cache before they are read

Multiply = Callable[[np.ndarray, np.ndarray], object]
"""States [D, n, H] times recurrent weights [D, H, G * H], written into [D, n, G * H]."""


@dataclass(frozen=True)
class LayerWeights:
    """The weights of all directions of a layer, as run_layer wants them.

    input_weight [E, D * G * H], input_bias [D * G * H], recurrent_weight [D, H, G * H]; product_bias [D, 1, H], which
    stands inside a product, only for a gru. output_scale: what the layer's states must be multiplied by.
    """

    input_weight: np.ndarray
    input_bias: np.ndarray
    recurrent_weight: np.ndarray
    product_bias: np.ndarray | None
    output_scale: float


def layer_weights(cell: Cell, directions: Sequence[Sequence[np.ndarray]], input_scale: float) -> LayerWeights:
    """From the weights as torch.nn has them: of each direction W_ih [G * H, E], W_hh [G * H, H], b_ih and b_hh [G * H].

    input_scale: the output_scale of the layer below.
    """
    size = directions[0][1].shape[1]
    # The lstm's candidate moves behind the gates, so that these stand together; and its states are twice the true ones.
    order = {"rnn": [0], "gru": [0, 1, 2], "lstm": [0, 1, 3, 2]}[cell]
    halves = {"rnn": [1.0], "gru": [0.5, 0.5, 1.0], "lstm": [0.5, 0.5, 0.5, 1.0]}[cell]
    columns = np.concatenate([np.arange(gate * size, (gate + 1) * size) for gate in order])
    scale = np.repeat(np.array(halves, np.float32), size)
    output_scale = 0.5 if cell == "lstm" else 1.0
    inputs, biases, recurrent, inner = [], [], [], []
    for weight_ih, weight_hh, bias_ih, bias_hh in directions:
        product_bias = bias_hh.copy()
        if cell == "gru":
            bias_hh = bias_hh.copy()
            bias_hh[2 * size :] = 0
        product_scale = scale * np.float32(output_scale)
        if cell == "gru":
            product_scale[2 * size :] = 0.5  # r = (1 + tanh) / 2 stands before it
        inputs.append((weight_ih[columns] * (scale * np.float32(input_scale))[:, None]).T)
        biases.append((bias_ih + bias_hh)[columns] * scale)
        recurrent.append((weight_hh[columns] * product_scale[:, None]).T)
        inner.append(product_bias[None, 2 * size :] * np.float32(0.5))
    return LayerWeights(
        np.ascontiguousarray(np.concatenate(inputs, axis=1)),
        np.concatenate(biases),
        np.ascontiguousarray(recurrent),
        np.stack(inner) if cell == "gru" else None,
        output_scale,
    )


def run_layer(
    cell: Cell,
    weights: LayerWeights,
    table: np.ndarray,
    rows: np.ndarray,
    counts: Sequence[int],
    workspace: Workspace,
    multiply: Multiply,
    name: str,
) -> np.ndarray:
    """Step all directions over packed sentences.

    table [R, G * H]: inputs times input weights, biases added. rows [D, N]: what each direction reads, in its own order
    of steps. counts: the tokens of each step, none more than the step before has. multiply: by the layer's recurrent
    weights -> states [D, N, H], before output_scale, in the workspace's array of that name.
    """
    (num_directions, size, _), most = weights.recurrent_weight.shape, counts[0]
    states = workspace.array(name, num_directions, rows.shape[1], size)
    memory = np.zeros((num_directions, most, size), np.float32)
    before = np.zeros_like(memory)
    found = table.take(rows, axis=0) if rows.shape[1] <= _LOOKED_UP_AT_ONCE else None
    start, count_before = 0, 0
    for count in counts:
        if count != count_before:
            memory, before, count_before = memory[:, :count], before[:, :count], count
            looked_up, multiplied, step = _prepared(cell, weights, memory, workspace)
        end = start + count
        if found is None:
            np.take(table, rows[:, start:end], axis=0, out=looked_up, mode="clip")
        else:
            looked_up[:] = found[:, start:end]
        multiply(before, multiplied)
        after = states[:, start:end]
        step(before, after)
        start, before = end, after
    return states


def _prepared(
    cell: Cell, weights: LayerWeights, memory: np.ndarray, workspace: Workspace
) -> "tuple[np.ndarray, np.ndarray, Step]":
    """Where the inputs and the product [D, n, G * H] of a step are to be written, and the step."""
    (num_directions, count, size), width = memory.shape, weights.recurrent_weight.shape[2]
    num_gates = width // size
    # The gates stand apart, so that each is one block of memory; look-up and product have them side by side.
    gates = workspace.array("gates", num_gates, num_directions, count, size)
    looked_up, multiplied = (workspace.array(name, num_directions, count, width) for name in ("inputs", "product"))
    inputs, product = (
        array.reshape(num_directions, count, num_gates, size).transpose(2, 0, 1, 3) for array in (looked_up, multiplied)
    )
    return looked_up, multiplied, _CELLS[cell](inputs, product, gates, memory, weights.product_bias)


Step = Callable[[np.ndarray, np.ndarray], object]
"""The states before a step, and where those after it are to be written, [D, n, H]."""

# Scalars as arrays, which need no conversion.
_ONE, _HALF = np.full((), 1, np.float32), np.full((), 0.5, np.float32)


def _rnn(inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, _memory: np.ndarray, _bias: object) -> Step:
    """The next state: tanh(x + p). Inputs, product and gates are [G, D, n, H], here and below."""

    def step(_before: np.ndarray, after: np.ndarray) -> None:
        np.add(inputs, product, gates)
        np.tanh(gates[0], after)

    return step


def _gru(
    inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, _memory: np.ndarray, bias: np.ndarray | None
) -> Step:
    """The next state: r, z = sigma(x + p); n = tanh(x_n + r (p_n + b)); h' = n + z (h - n)."""
    both_inputs, both_product, both = inputs[:2], product[:2], gates[:2]
    new_inputs, new_product, (reset, update, new) = inputs[2], product[2], gates
    added = np.zeros((), np.float32) if bias is None else bias

    def step(before: np.ndarray, after: np.ndarray) -> None:
        np.add(both_inputs, both_product, both)
        np.tanh(both, both)
        np.add(new_product, added, new)
        np.add(both, _ONE, both)
        np.multiply(new, reset, new)
        np.add(new, new_inputs, new)
        np.tanh(new, new)
        np.subtract(before, new, reset)
        np.multiply(update, reset, update)
        np.multiply(update, _HALF, update)
        np.add(update, new, after)

    return step


def _lstm(inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, memory: np.ndarray, _bias: object) -> Step:
    """With a = x + p: i, f, o = sigma(a); g = tanh(a_g); c' = f c + i g; h' = o tanh(c'), kept as 2 h'."""
    sigmoids, (added, forget, output, candidate) = gates[:3], gates

    def step(_before: np.ndarray, after: np.ndarray) -> None:
        np.add(inputs, product, gates)
        np.tanh(gates, gates)
        np.add(sigmoids, _ONE, sigmoids)
        np.multiply(added, candidate, added)
        np.multiply(memory, forget, memory)
        np.add(memory, added, memory)
        np.multiply(memory, _HALF, memory)
        np.tanh(memory, candidate)
        np.multiply(candidate, output, after)

    return step


_CELLS: dict[Cell, Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None], Step]] = {
    "rnn": _rnn,
    "gru": _gru,
    "lstm": _lstm,
}
