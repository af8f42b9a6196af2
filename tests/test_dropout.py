import pytest
import torch

from postagger.models.dropout import Dropout


@pytest.mark.parametrize("probability", [0.25, 0.5, 0.8])
def test_so_many_values_are_dropped_and_the_mean_stays(probability: float) -> None:
    dropped = Dropout(probability)(torch.ones(1001, 1003))
    kept = dropped[dropped != 0]
    share = round(probability * 256) / 256
    assert torch.allclose(kept, torch.tensor(1 / (1 - share)))
    assert 1 - kept.numel() / dropped.numel() == pytest.approx(share, abs=2e-3)
    # Of each draw's eight bytes none is different from the others.
    assert (dropped.flatten()[:1_000_000].view(-1, 8) == 0).float().mean(dim=0) == pytest.approx(share, abs=6e-3)


def test_gradients_pass_where_values_do() -> None:
    values = torch.randn(50, requires_grad=True)
    dropped = Dropout(0.5)(values)
    dropped.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad * values.detach(), dropped.detach())


def test_the_ends() -> None:
    values = torch.randn(5, 3)
    assert torch.equal(Dropout(0.0)(values), values)
    assert torch.equal(Dropout(0.7).eval()(values), values)
    assert not Dropout(1.0)(values).any()
    assert Dropout(0.5)(torch.empty(0, 3)).shape == (0, 3)


def test_equal_seeds_drop_the_same() -> None:
    dropped = []
    for _ in range(2):
        torch.manual_seed(7)
        dropped.append(Dropout(0.5)(torch.ones(100)))
    assert torch.equal(*dropped)
