import torch

from postagger.models.losses import masked_nll_loss


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
