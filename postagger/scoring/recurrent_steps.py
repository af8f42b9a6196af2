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
) -> np.ndarray:
    """Step all directions over packed sentences.

    table [R, G * H]: inputs times input weights, biases added. rows [D, N]: what each direction reads, in its own order
    of steps. counts: the tokens of each step, none more than the step before has -> states [D, N, H], before
    output_scale.
    """
    (num_directions, size, width), most = weights.recurrent_weight.shape, counts[0]
    states = np.empty((num_directions, rows.shape[1], size), np.float32)
    update = _UPDATES[cell]
    bias = 0.0 if weights.product_bias is None else weights.product_bias
    memory = np.zeros((num_directions, most, size), np.float32)
    before = np.zeros_like(memory)
    start, count_before = 0, 0
    for count in counts:
        if count != count_before:
            # The gates stand apart, so that each is one block of memory; look-up and product have them side by side.
            gates = workspace.array("gates", width // size, num_directions, count, size)
            looked_up, multiplied = (
                workspace.array(name, num_directions, count, width) for name in ("inputs", "product")
            )
            inputs, product = (
                array.reshape(num_directions, count, width // size, size).transpose(2, 0, 1, 3)
                for array in (looked_up, multiplied)
            )
            memory, before, count_before = memory[:, :count], before[:, :count], count
        end = start + count
        np.take(table, rows[:, start:end], axis=0, out=looked_up, mode="clip")
        np.matmul(before, weights.recurrent_weight, out=multiplied)
        after = states[:, start:end]
        update(inputs, product, gates, _Step(before, memory, after, bias))
        start, before = end, after
    return states


@dataclass(slots=True)
class _Step:
    """What a cell reads and writes: the states before and after, and what it remembers beside them [D, n, H]."""

    before: np.ndarray
    memory: np.ndarray
    after: np.ndarray
    product_bias: np.ndarray | float


def _rnn(inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, step: _Step) -> None:
    """The next state: tanh(x + p). Inputs, product and gates are [G, D, n, H], here and below."""
    np.add(inputs, product, out=gates)
    np.tanh(gates[0], out=step.after)


def _gru(inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, step: _Step) -> None:
    """The next state: r, z = sigma(x + p); n = tanh(x_n + r (p_n + b)); h' = n + z (h - n)."""
    np.add(inputs[:2], product[:2], out=gates[:2])
    np.tanh(gates[:2], out=gates[:2])
    reset, update, new = gates
    np.add(product[2], step.product_bias, out=new)
    reset += 1
    new *= reset
    new += inputs[2]
    np.tanh(new, out=new)
    difference = np.subtract(step.before, new, out=reset)
    update *= difference
    update += new
    update += step.before
    np.multiply(update, np.float32(0.5), out=step.after)


def _lstm(inputs: np.ndarray, product: np.ndarray, gates: np.ndarray, step: _Step) -> None:
    """With a = x + p: i, f, o = sigma(a); g = tanh(a_g); c' = f c + i g; h' = o tanh(c'), kept as 2 h'."""
    np.add(inputs, product, out=gates)
    np.tanh(gates, out=gates)
    gates[:3] += 1
    added, forget, output, candidate = gates
    added *= candidate
    memory = step.memory
    memory *= forget
    memory += added
    memory *= np.float32(0.5)
    np.tanh(memory, out=candidate)
    np.multiply(candidate, output, out=step.after)


_UPDATES: dict[Cell, Callable[[np.ndarray, np.ndarray, np.ndarray, _Step], None]] = {
    "rnn": _rnn,
    "gru": _gru,
    "lstm": _lstm,
}
