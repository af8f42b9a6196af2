"""Negative log-likelihoods: a sum and a count, so that batches of any size add up before the one division."""

from typing import Any

import torch
from torch import Tensor

_MOST_SCORES = 1 << 21  # held at once, so that large alphabets need no more memory


def masked_nll_loss(log_probs: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The negative log-likelihood of the targets where the mask is True.

    log_probs [B, T, K], targets [B, T] from 0 to K - 1, mask [B, T] -> (sum in nats [], count of True []).

    >>> log_probs = torch.tensor([[[0.5, 0.5], [0.25, 0.75]]]).log()
    >>> loss, count = masked_nll_loss(log_probs, torch.tensor([[1, 0]]), torch.tensor([[True, False]]))
    >>> round(loss.item(), 4), count.item()
    (0.6931, 1)
    """
    # A masked target may be any number: 0 stands in for it, and its loss is dropped.
    safe_targets = torch.where(mask, targets, 0)
    picked = log_probs.gather(-1, safe_targets[..., None]).squeeze(-1)  # [B, T]
    return -torch.where(mask, picked, 0.0).sum(), mask.sum()


def r_drop_loss(log_probs: Tensor, targets: Tensor, mask: Tensor, weight: float) -> tuple[Tensor, Tensor]:
    """masked_nll_loss of sentences that a batch holds twice, and how far what is said of the two copies differs.

    log_probs [2 B, T, K], targets and mask [2 B, T]: the second half repeats the sentences of the first, and what was
    hidden or dropped differs. The difference is the Kullback-Leibler divergence, the mean of both directions, times
    weight -> (sum in nats [], count []). After X. Liang et al., 2021, "R-Drop: Regularized Dropout for Neural
    Networks".

    >>> log_probs = torch.tensor([[[0.5, 0.5]], [[0.25, 0.75]]]).log()
    >>> loss, count = r_drop_loss(log_probs, torch.tensor([[0], [0]]), torch.ones(2, 1, dtype=torch.bool), weight=2.0)
    >>> round(loss.item(), 4), count.item()  # log 2 + log 4, and 0.25 log 2 + 0.25 log 1.5
    (2.3541, 2)
    """
    loss, count = masked_nll_loss(log_probs, targets, mask)
    first, second = log_probs.chunk(2)
    both_directions = ((first.exp() - second.exp()) * (first - second)).sum(dim=-1)  # [B, T]
    return loss + weight / 2 * torch.where(mask.chunk(2)[0], both_directions, 0.0).sum(), count


def linear_nll_loss(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The negative log-likelihood of the targets under a linear layer and a softmax, where nothing is padding.

    hidden [B, T, H], weight [V, H], bias [V], targets [B, T] from 0 to V - 1 -> (sum in nats [], count []). The same as
    masked_nll_loss of all log_probs, in half the time on a CPU: some rows at a time are scored, and their gradients
    taken at once.
    """
    loss: Tensor = _LinearNll.apply(hidden.flatten(end_dim=1), weight, bias, targets.flatten())  # type: ignore[no-untyped-call]
    return loss, torch.tensor(targets.numel(), device=targets.device)


class _LinearNll(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        device = hidden.device.type
        # bfloat16 under autocast, for the products alone.
        kind = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        hidden, weight_operand, bias_operand = hidden.to(kind), weight.to(kind), bias.to(kind)
        loss = torch.zeros((), device=hidden.device)
        d_hidden = torch.empty_like(hidden)
        d_weight, d_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        rows_at_once = max(1, _MOST_SCORES // len(weight))
        for start in range(0, len(hidden), rows_at_once):
            rows = slice(start, start + rows_at_once)
            picked = targets[rows, None]
            logits = (hidden[rows] @ weight_operand.t()).add_(bias_operand)  # [N, V]
            probs = logits.softmax(dim=1, dtype=torch.float32)
            at_target = probs.gather(1, picked)
            log_probs = at_target.log()
            if (at_target == 0).any():
                # Too small for a float; then the logarithm is the distance to the largest logit.
                far = logits.gather(1, picked).float() - logits.amax(dim=1, keepdim=True).float()
                log_probs = torch.where(at_target > 0, log_probs, far)
            loss -= log_probs.sum()
            # The gradient of the logits: the probabilities, less 1 at the target.
            d_logits = probs.scatter_add_(1, picked, torch.full_like(at_target, -1.0))
            operand = d_logits.to(kind)
            d_bias += d_logits.sum(dim=0)
            d_hidden[rows] = operand @ weight_operand
            d_weight += operand.t() @ hidden[rows]
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        return loss

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        d_hidden, d_weight, d_bias = ctx.saved_tensors
        (d_loss,) = gradients
        return d_hidden * d_loss, d_weight * d_loss, d_bias * d_loss, None
