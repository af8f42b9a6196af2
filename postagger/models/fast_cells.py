r"""The three recurrent cells with gradients worked out by hand, for the CPU.

Equations, names of weights and order of gates are those of from_scratch.py. Faster than torch.nn's rnn and
gru there, because the gradient of the state's weights is one product over all time steps instead of one a step; and
faster than its lstm, too, where inputs are one-hot: their product with the weights is looked up and not multiplied.

Legend: T steps, B windows, G gates, H hidden. Time comes first, so that a step is one block of memory.
"""

from typing import Any

import torch
from torch import Tensor, nn

from postagger.models.cells import Cell
from postagger.models.from_scratch import State, project


def run_layer(cell: Cell, layer: nn.RNNBase, ids: Tensor, initial_state: State) -> tuple[Tensor, State]:
    """Step a layer of torch.nn along time, on one-hot rows given as ids [B, T].

    initial_state: (h,) or (h, c), each [1, B, H] -> hidden [B, T, H] and the state after the last step.
    """
    projected = project(ids.t(), layer.get_parameter("weight_ih_l0"), _outer_bias(cell, layer))  # [T, B, G * H]
    return _run_projected(cell, layer, projected, initial_state)


def run_dense_layer(cell: Cell, layer: nn.RNNBase, inputs: Tensor, initial_state: State) -> tuple[Tensor, State]:
    """As run_layer, on inputs [B, T, E] of any kind."""
    weight = layer.get_parameter("weight_ih_l0")
    projected = nn.functional.linear(inputs.transpose(0, 1), weight, _outer_bias(cell, layer))
    return _run_projected(cell, layer, projected.to(initial_state[0].dtype), initial_state)


def _run_projected(cell: Cell, layer: nn.RNNBase, projected: Tensor, initial_state: State) -> tuple[Tensor, State]:
    """Step along time on what the inputs' product with the weights has made, biases added [T, B, G * H]."""
    weight, bias = layer.get_parameter("weight_hh_l0"), layer.get_parameter("bias_hh_l0")
    before = tuple(part[0] for part in initial_state)
    if cell == "lstm" and not torch.is_grad_enabled():
        hidden, *after = _lstm_without_gradients(projected, before[0], before[1], weight)
    elif cell == "gru":
        hidden, *after = _Gru.apply(projected, *before, weight, bias[2 * layer.hidden_size :])  # type: ignore[no-untyped-call]
    else:
        function = _Lstm if cell == "lstm" else _Rnn
        hidden, *after = function.apply(projected, *before, weight)  # type: ignore[no-untyped-call]
    return hidden.transpose(0, 1), tuple(part[None] for part in after)


def _outer_bias(cell: Cell, layer: nn.RNNBase) -> Tensor:
    """Both biases in one; but one of a gru's stands inside a product, and is not in it."""
    bias_ih, bias = layer.get_parameter("bias_ih_l0"), layer.get_parameter("bias_hh_l0")
    if cell != "gru":
        return bias_ih + bias
    size = layer.hidden_size
    return bias_ih + torch.cat([bias[: 2 * size], bias.new_zeros(size)])


def _product_type(weight: Tensor) -> torch.dtype:
    """bfloat16 under autocast: worth its conversions where a product is large enough."""
    return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else weight.dtype


def _lstm_without_gradients(projected: Tensor, h: Tensor, c: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The lstm of _Lstm where nothing must be kept: half of the time goes into the product alone."""
    size, transposed = h.shape[1], weight.t()
    hidden = torch.empty(*projected.shape[:2], size)
    c = c.clone()
    for inputs, after in zip(projected.unbind(), hidden.unbind(), strict=True):
        gates = torch.addmm(inputs, h, transposed)
        # tanh(a) = 2 sigma(2 a) - 1, and on a CPU sigma takes a fourth of tanh's time.
        input_gate, forget_gate, candidate, output_gate = gates.split(size, dim=1)
        candidate.mul_(2)
        gates.sigmoid_()
        c.mul_(forget_gate).addcmul_(input_gate, candidate.mul_(2).sub_(1))
        h = torch.mul(torch.mul(c, 2).sigmoid_().mul_(2).sub_(1), output_gate, out=after)
    return hidden, h.clone(), c


class _Rnn(torch.autograd.Function):
    """h_t = tanh(x_t + W h_{t-1})."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        hidden = _with_first(projected.shape[0], h)  # [T + 1, B, H]
        before, transposed = h, weight.t()
        for inputs, after in zip(projected.unbind(), hidden[1:].unbind(), strict=True):
            before = torch.addmm(inputs, before, transposed, out=after).tanh_()
        ctx.save_for_backward(hidden, weight)
        ctx.kind = _product_type(weight)
        return hidden[1:], before.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden, weight = ctx.saved_tensors
        d_hidden = gradients[0].contiguous()
        d_projected = torch.empty_like(d_hidden)
        d_h = gradients[1] + d_hidden[-1]
        steps = list(zip(d_projected.unbind(), hidden[1:].unbind(), strict=True))
        for t in reversed(range(len(steps))):
            d_step, after = steps[t]
            torch.ops.aten.tanh_backward.grad_input(d_h, after, grad_input=d_step)
            if t:
                torch.addmm(d_hidden[t - 1], d_step, weight, out=d_h)
        first = torch.mm(d_projected[0], weight)
        return d_projected, first, _weight_gradient(d_projected, hidden[:-1].to(ctx.kind))


class _Gru(torch.autograd.Function):
    """With p = W h_{t-1}: r, z = sigma(x + p); n = tanh(x_n + r (p_n + b)); h_t = n + z (h_{t-1} - n)."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        size, kind = h.shape[1], _product_type(weight)
        weight = weight.to(kind)
        hidden = _with_first(projected.shape[0], h)  # [T + 1, B, H]
        operands = hidden.to(kind)  # the same in the number format of the products
        gates = torch.empty_like(projected)  # r, z, n
        products = torch.empty_like(hidden[1:])  # p_n + b
        steps = zip(_parts(projected, 2 * size), _parts(gates, 2 * size), products.unbind(), strict=True)
        states, transposed = hidden.unbind(), weight.t()
        for t, ((inputs_gate, inputs_new), (gate, new), product_new) in enumerate(steps):
            product_gate, product = (operands[t] @ transposed).split((2 * size, size), dim=1)
            torch.add(product, bias, out=product_new)
            torch.add(inputs_gate, product_gate, out=gate).sigmoid_()
            reset, update = gate.split(size, dim=1)
            torch.addcmul(inputs_new, reset, product_new, out=new).tanh_()
            torch.lerp(new, states[t], update, out=states[t + 1])
            if kind != hidden.dtype:
                operands[t + 1] = states[t + 1]
        ctx.save_for_backward(hidden, operands, gates, products, weight)
        return hidden[1:], hidden[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        hidden, operands, gates, products, weight = ctx.saved_tensors
        d_hidden, d_h = gradients[0].contiguous(), gradients[1].clone()
        size = d_h.shape[1]
        d_projected = torch.empty_like(gates)
        d_products = torch.empty_like(gates, dtype=weight.dtype)
        d_gate = torch.empty_like(gates[0, :, : 2 * size])
        d_reset, d_update = d_gate.split(size, dim=1)
        steps = zip(
            hidden[:-1].unbind(),
            _parts(gates, 2 * size),
            products.unbind(),
            d_hidden.unbind(),
            _parts(d_projected, 2 * size),
            _parts(d_products, 2 * size),
            d_products.unbind(),
            strict=True,
        )
        for before, (gate, new), product, d_out, d_parts, d_product_parts, d_product in reversed(list(steps)):
            (d_both, d_new), (d_both_product, d_new_product) = d_parts, d_product_parts
            reset, update = gate.split(size, dim=1)
            d_h += d_out
            torch.addcmul(d_h, d_h, update, value=-1, out=d_new)
            torch.ops.aten.tanh_backward.grad_input(d_new, new, grad_input=d_new)
            torch.mul(d_new, product, out=d_reset)
            torch.sub(before, new, out=d_update).mul_(d_h)
            torch.ops.aten.sigmoid_backward.grad_input(d_gate, gate, grad_input=d_both)
            d_both_product.copy_(d_both)
            torch.mul(d_new, reset, out=d_new_product)
            d_h.mul_(update).add_(d_product @ weight)
        d_bias = d_products[:, :, 2 * size :].sum(dim=(0, 1), dtype=d_h.dtype)
        return d_projected, d_h, _weight_gradient(d_products, operands[:-1]), d_bias


class _Lstm(torch.autograd.Function):
    """With a = x_t + W h_{t-1}: i, f, o = sigma(a); g = tanh(a_g); c_t = f c_{t-1} + i g; h_t = o tanh(c_t)."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, c: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        size, kind = h.shape[1], _product_type(weight)
        weight = weight.to(kind)
        hidden, memory = _with_first(projected.shape[0], h), _with_first(projected.shape[0], c)  # [T + 1, B, H]
        operands = hidden.to(kind)  # hidden in the number format of the products
        gates = torch.empty_like(projected)  # i, f, g, o
        squashed = torch.empty_like(hidden[1:])  # tanh(c_t)
        states, memories, transposed = hidden.unbind(), memory.unbind(), weight.t()
        steps = zip(projected.unbind(), gates.unbind(), squashed.unbind(), strict=True)
        for t, (inputs, step, squash) in enumerate(steps):
            torch.add(inputs, operands[t] @ transposed, out=step)
            both, candidate, output_gate = step.split((2 * size, size, size), dim=1)
            input_gate, forget_gate = both.sigmoid_().split(size, dim=1)
            torch.mul(memories[t], forget_gate, out=memories[t + 1]).addcmul_(input_gate, candidate.tanh_())
            torch.tanh(memories[t + 1], out=squash)
            torch.mul(squash, output_gate.sigmoid_(), out=states[t + 1])
            if kind != hidden.dtype:
                operands[t + 1] = states[t + 1]
        ctx.save_for_backward(operands, memory, gates, squashed, weight)
        return hidden[1:], hidden[-1].clone(), memory[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        operands, memory, gates, squashed, weight = ctx.saved_tensors
        d_hidden, d_h, d_c = gradients[0].contiguous(), gradients[1].clone(), gradients[2].clone()
        size = d_h.shape[1]
        d_projected = torch.empty_like(gates)
        d_step, d_squash = torch.empty_like(gates[0]), torch.empty_like(d_h)
        d_input, d_forget, d_candidate, d_output = d_step.split(size, dim=1)
        steps = zip(
            memory[:-1].unbind(),
            gates.unbind(),
            squashed.unbind(),
            d_hidden.unbind(),
            d_projected.unbind(),
            d_projected[:, :, 2 * size : 3 * size].unbind(),
            strict=True,
        )
        for before, step, squash, d_out, d_inputs, d_candidate_inputs in reversed(list(steps)):
            input_gate, forget_gate, candidate, output_gate = step.split(size, dim=1)
            d_h += d_out
            torch.mul(d_h, output_gate, out=d_squash)
            d_c += torch.ops.aten.tanh_backward.grad_input(d_squash, squash, grad_input=d_squash)
            torch.mul(d_c, candidate, out=d_input)
            torch.mul(d_c, before, out=d_forget)
            torch.mul(d_c, input_gate, out=d_candidate)
            torch.mul(d_h, squash, out=d_output)
            torch.ops.aten.sigmoid_backward.grad_input(d_step, step, grad_input=d_inputs)
            # The candidate is no gate: its columns get the gradient of a tanh.
            torch.ops.aten.tanh_backward.grad_input(d_candidate, candidate, grad_input=d_candidate_inputs)
            d_c *= forget_gate
            d_h.copy_(d_inputs.to(weight.dtype) @ weight)
        return d_projected, d_h, d_c, _weight_gradient(d_projected, operands[:-1])


def _parts(values: Tensor, first: int) -> list[tuple[Tensor, Tensor]]:
    """Of each step of values [T, B, G * H]: its first columns, so many, and the others."""
    return list(zip(values[:, :, :first].unbind(), values[:, :, first:].unbind(), strict=True))


def _with_first(num_steps: int, first: Tensor) -> Tensor:
    """Room for a state before and after each of T steps [T + 1, B, H], with the one before the first."""
    states = first.new_empty(num_steps + 1, *first.shape)
    states[0] = first
    return states


def _weight_gradient(d_products: Tensor, operands: Tensor) -> Tensor:
    """Of W_hh [G * H, H], from its products' gradients [T, B, G * H] and the states [T, B, H] they were made of."""
    d_products = d_products.flatten(end_dim=1).to(operands.dtype)
    gradient = d_products.t() @ operands.flatten(end_dim=1)
    return gradient.float() if gradient.dtype == torch.bfloat16 else gradient
