r"""The three recurrent cells with gradients worked out by hand, for the CPU.

Equations, names of weights and order of gates are those of from_scratch.py. What makes these faster than elementary
operations under autograd, and than torch.nn on a CPU: the gradient of the weights is one product over all time steps
at once instead of one a step; everything else works in place on tensors that stay in the cache; and
tanh(x) = 2 sigma(2x) - 1, because torch's sigma takes a fifth of the time of its tanh.

Legend: T steps, B windows, G gates, H hidden. Time comes first, so that a step is one block of memory. Products are
taken in the number format of the projected inputs (bfloat16 under autocast), everything else in float32.
"""

from typing import Any

import torch
from torch import Tensor, nn

from postagger.models.from_scratch import Cell, State, project


def run_layer(cell: Cell, layer: nn.RNNBase, inputs: Tensor, initial_state: State) -> tuple[Tensor, State]:
    """Step a layer of torch.nn along time: inputs [B, T, E], or ids [B, T] of one-hot rows -> as the layer itself.

    initial_state: (h,) or (h, c), each [1, B, H] -> hidden [B, T, H] and the state after the last step.
    """
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weight_ih, weight, bias_ih, bias = (layer.get_parameter(name) for name in names)
    before = tuple(part[0] for part in initial_state)
    # The GRU's bias of the state stands inside a product; the others' can be added at once.
    outer = bias_ih if cell == "gru" else bias_ih + bias
    projected = project(inputs, weight_ih, outer).transpose(0, 1).to(_product_type()).contiguous()
    if cell == "gru":
        hidden, *after = _Gru.apply(projected, *before, weight, bias)  # type: ignore[no-untyped-call]
    else:
        function = _Lstm if cell == "lstm" else _Rnn
        hidden, *after = function.apply(projected, *before, weight)  # type: ignore[no-untyped-call]
    return hidden.transpose(0, 1), tuple(part[None] for part in after)


def _product_type() -> torch.dtype:
    return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32


class _Rnn(torch.autograd.Function):
    """h_t = tanh(a_t), a_t = x_t + W h_{t-1}."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        hidden = _with_first(projected.shape[0], h)  # [T + 1, B, H]
        weight, h = weight.to(projected.dtype), h.to(projected.dtype)
        for t, inputs in enumerate(projected):
            _tanh_(hidden[t + 1].copy_(torch.addmm(inputs, h, weight.t())))
            h = hidden[t + 1].to(projected.dtype)
        ctx.save_for_backward(hidden, weight)
        return hidden[1:], hidden[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden, weight = ctx.saved_tensors
        d_hidden, d_h = gradients[0], gradients[1].clone()
        d_projected = torch.empty_like(hidden[1:], dtype=weight.dtype)
        for t in reversed(range(len(d_projected))):
            d_h += d_hidden[t]
            d_projected[t] = torch.ops.aten.tanh_backward(d_h, hidden[t + 1])
            d_h.copy_(d_projected[t] @ weight)
        return d_projected, d_h, _weight_gradient(d_projected, hidden)


class _Gru(torch.autograd.Function):
    """With p = W h_{t-1} + b: r, z = sigma(x + p); n = tanh(x_n + r p_n); h_t = n + z (h_{t-1} - n)."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        size = h.shape[1]
        kind = projected.dtype
        weight, bias = weight.to(kind), bias.to(kind)
        hidden = _with_first(projected.shape[0], h)  # [T + 1, B, H]
        gates = torch.empty(projected.shape)  # r, z, n
        products = torch.empty_like(hidden[1:])  # p_n
        h = h.to(kind)
        for t, inputs in enumerate(projected):
            product = torch.addmm(bias, h, weight.t())
            reset_update, new = gates[t, :, : 2 * size], gates[t, :, 2 * size :]
            torch.add(inputs[:, : 2 * size], product[:, : 2 * size], out=reset_update).sigmoid_()
            products[t] = product[:, 2 * size :]
            _tanh_(torch.addcmul(inputs[:, 2 * size :].float(), reset_update[:, :size], products[t], out=new))
            torch.sub(hidden[t], new, out=hidden[t + 1]).mul_(reset_update[:, size:]).add_(new)
            h = hidden[t + 1].to(kind)
        ctx.save_for_backward(hidden, gates, products, weight)
        return hidden[1:], hidden[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        hidden, gates, products, weight = ctx.saved_tensors
        d_hidden, d_h = gradients[0], gradients[1].clone()
        size = d_h.shape[1]
        kind = weight.dtype
        d_projected = torch.empty_like(gates, dtype=kind)
        d_products = torch.empty_like(d_projected)
        d_gates = torch.empty_like(gates[0])
        for t in reversed(range(len(gates))):
            reset, update, new = gates[t].split(size, dim=1)
            d_h += d_hidden[t]
            d_new = torch.ops.aten.tanh_backward(torch.addcmul(d_h, d_h, update, value=-1), new)
            torch.mul(d_new, products[t], out=d_gates[:, :size])
            torch.sub(hidden[t], new, out=d_gates[:, size : 2 * size]).mul_(d_h)
            d_both = torch.ops.aten.sigmoid_backward(d_gates[:, : 2 * size], gates[t, :, : 2 * size])
            d_projected[t, :, : 2 * size] = d_both
            d_projected[t, :, 2 * size :] = d_new
            d_products[t, :, : 2 * size] = d_both
            d_products[t, :, 2 * size :] = d_new.mul_(reset)
            d_h.mul_(update).add_(d_products[t] @ weight)
        d_bias = d_products.sum(dim=(0, 1), dtype=torch.float32)
        return d_projected, d_h, _weight_gradient(d_products, hidden), d_bias


class _Lstm(torch.autograd.Function):
    """With a = x_t + W h_{t-1}: i, f, o = sigma(a); g = tanh(a_g); c_t = f c_{t-1} + i g; h_t = o tanh(c_t)."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, h: Tensor, c: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        size = h.shape[1]
        kind = projected.dtype
        weight = weight.to(kind)
        hidden, memory = _with_first(projected.shape[0], h), _with_first(projected.shape[0], c)  # [T + 1, B, H]
        gates = torch.empty(projected.shape)  # i, f, g, o
        squashed = torch.empty_like(hidden[1:])  # tanh(c_t)
        h = h.to(kind)
        for t, inputs in enumerate(projected):
            step = gates[t].copy_(torch.addmm(inputs, h, weight.t()))
            candidate = step[:, 2 * size : 3 * size]
            candidate.mul_(2)
            step.sigmoid_()
            candidate.mul_(2).sub_(1)
            torch.mul(memory[t], step[:, size : 2 * size], out=memory[t + 1]).addcmul_(step[:, :size], candidate)
            _tanh_(squashed[t].copy_(memory[t + 1]))
            torch.mul(squashed[t], step[:, 3 * size :], out=hidden[t + 1])
            h = hidden[t + 1].to(kind)
        ctx.save_for_backward(hidden, memory, gates, squashed, weight)
        return hidden[1:], hidden[-1].clone(), memory[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        hidden, memory, gates, squashed, weight = ctx.saved_tensors
        d_hidden, d_h, d_c = gradients[0], gradients[1].clone(), gradients[2].clone()
        size = d_h.shape[1]
        d_projected = torch.empty_like(gates, dtype=weight.dtype)
        d_gates = torch.empty_like(gates[0])
        for t in reversed(range(len(gates))):
            step = gates[t]
            input_gate, forget_gate, candidate, output_gate = step.split(size, dim=1)
            d_h += d_hidden[t]
            d_c += torch.ops.aten.tanh_backward(d_h * output_gate, squashed[t])
            torch.mul(d_c, candidate, out=d_gates[:, :size])
            torch.mul(d_c, memory[t], out=d_gates[:, size : 2 * size])
            torch.mul(d_h, squashed[t], out=d_gates[:, 3 * size :])
            d_candidate = torch.ops.aten.tanh_backward(d_c * input_gate, candidate)
            d_projected[t] = torch.ops.aten.sigmoid_backward(d_gates, step)
            d_projected[t, :, 2 * size : 3 * size] = d_candidate
            d_c *= forget_gate
            d_h.copy_(d_projected[t] @ weight)
        return d_projected, d_h, d_c, _weight_gradient(d_projected, hidden)


def _with_first(num_steps: int, first: Tensor) -> Tensor:
    """Room for a state before and after each of T steps [T + 1, B, H], with the one before the first."""
    states = torch.empty(num_steps + 1, *first.shape)
    states[0] = first
    return states


def _tanh_(values: Tensor) -> Tensor:
    return values.mul_(2).sigmoid_().mul_(2).sub_(1)


def _weight_gradient(d_products: Tensor, hidden: Tensor) -> Tensor:
    """Of W_hh [G * H, H], from the gradients of its products [T, B, G * H] and the states [T + 1, B, H] before each."""
    before = hidden[:-1].to(d_products.dtype).flatten(end_dim=1)
    return (d_products.flatten(end_dim=1).t() @ before).float()
