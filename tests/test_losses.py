import pytest
import torch
from torch import nn

from postagger.models import losses
from postagger.models.losses import linear_nll_loss, masked_nll_loss, r_drop_loss


def test_worked_by_hand_and_against_torch() -> None:
    log_probs = torch.randn(3, 4, 5).log_softmax(-1)
    targets = torch.randint(5, (3, 4))
    mask = torch.tensor([[True, True, True, True], [True, False, False, False], [True, True, False, False]])
    by_hand = -sum(log_probs[b, t, targets[b, t]] for b in range(3) for t in range(4) if mask[b, t])
    by_torch = torch.nn.functional.nll_loss(
        log_probs.flatten(end_dim=1), targets.masked_fill(~mask, -100).flatten(), reduction="sum", ignore_index=-100
    )
    total, count = masked_nll_loss(log_probs, targets, mask)
    torch.testing.assert_close(total, torch.as_tensor(by_hand))
    torch.testing.assert_close(total, by_torch)
    assert count == 7


def test_masked_positions_bring_no_loss_and_no_gradient_whatever_stands_there() -> None:
    mask = torch.tensor([[True, False]])
    results = []
    for masked_target, masked_score in [(0, 1.0), (-1, float("nan")), (99, float("-inf"))]:
        scores = torch.tensor([[[0.3, 0.7], [masked_score, 2.0]]], requires_grad=True)
        total, count = masked_nll_loss(scores, torch.tensor([[1, masked_target]]), mask)
        total.backward()
        assert scores.grad is not None
        results.append((round(total.item(), 6), count.item(), scores.grad.tolist()))
    assert results == [(-0.7, 1, [[[0.0, -1.0], [0.0, 0.0]]])] * 3


def test_r_drop_against_torchs_divergence() -> None:
    log_probs = torch.randn(4, 3, 5).log_softmax(-1)
    targets = torch.randint(5, (2, 3)).repeat(2, 1)
    mask = torch.tensor([[True, True, True], [True, False, False]]).repeat(2, 1)
    divergence = nn.KLDivLoss(reduction="none", log_target=True)
    one, other = log_probs[:2], log_probs[2:]
    both = ((divergence(one, other) + divergence(other, one)).sum(dim=-1) * mask[:2]).sum()
    likelihood, _ = masked_nll_loss(log_probs, targets, mask)
    total, count = r_drop_loss(log_probs, targets, mask, 0.7)
    torch.testing.assert_close(total, likelihood + 0.7 * both / 2)
    assert count == 8
    torch.testing.assert_close(
        r_drop_loss(one.repeat(2, 1, 1), targets, mask, 0.7)[0], 2 * masked_nll_loss(one, targets[:2], mask[:2])[0]
    )


@pytest.mark.parametrize("scores_at_once", [1, 12, 1 << 21])
def test_the_linear_loss_is_that_of_all_log_probs(scores_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "_MOST_SCORES", scores_at_once)
    layer = nn.Linear(3, 5)
    hidden = torch.randn(2, 4, 3, requires_grad=True)
    targets = torch.tensor([[0, 1, 2, 3], [4, 4, 0, 1]])
    results = []
    for linear in (True, False):
        if linear:
            total, count = linear_nll_loss(hidden, layer.weight, layer.bias, targets)
        else:
            log_probs = layer(hidden).log_softmax(dim=-1)
            total, count = masked_nll_loss(log_probs, targets, torch.ones_like(targets, dtype=torch.bool))
        assert count.item() == 8
        results.append([total, *torch.autograd.grad(total / count, [hidden, layer.weight, layer.bias])])
    for one, two in zip(*results, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-6)


def test_a_probability_too_small_for_a_float_still_has_a_logarithm() -> None:
    weight = torch.tensor([[300.0], [0.0]])
    total, _ = linear_nll_loss(torch.ones(1, 1, 1), weight, torch.zeros(2), torch.tensor([[1]]))
    assert total.item() == pytest.approx(300.0)
