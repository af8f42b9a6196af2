"""Masked negative log-likelihood: a sum and a count, so that batches of any size add up before the one division."""

import torch
from torch import Tensor


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
