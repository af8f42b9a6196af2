"""One-hot or embedding -> recurrent layers -> log-probabilities of the next character."""

import itertools

import pytest
import torch
from torch import nn

from conftest import gradient
from postagger.models.cells import Cell, Implementation
from postagger.models.language_model import LanguageModel, WindowDropout, start_small
from postagger.models.losses import masked_nll_loss
from postagger.models.recurrent import Recurrent

B, T, V, E, H = 2, 6, 5, 3, 4
CELLS: list[Cell] = ["rnn", "gru", "lstm"]
IMPLEMENTATIONS: list[Implementation] = ["torch", "from-scratch"]
ALL = list(itertools.product(CELLS, [1, 2], [0, E], IMPLEMENTATIONS))


def network(cell: Cell, num_layers: int, embedding_dim: int, implementation: Implementation) -> LanguageModel:
    recurrent = Recurrent(cell, embedding_dim or V, H, num_layers=num_layers, implementation=implementation)
    return LanguageModel(V, embedding_dim, recurrent)


@pytest.mark.parametrize(("cell", "num_layers", "embedding_dim", "implementation"), ALL)
def test_two_windows_with_the_state_carried_equal_one(
    cell: Cell, num_layers: int, embedding_dim: int, implementation: Implementation
) -> None:
    model = network(cell, num_layers, embedding_dim, implementation)
    ids = torch.randint(V, (B, T))
    whole, end = model(ids)
    assert whole.shape == (B, T, V)
    torch.testing.assert_close(whole.exp().sum(dim=-1), torch.ones(B, T))
    first, state = model(ids[:, :2])
    second, also_end = model(ids[:, 2:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    for one, two in zip(end, also_end, strict=True):
        torch.testing.assert_close(one, two)


@pytest.mark.parametrize(("cell", "num_layers", "embedding_dim", "implementation"), ALL)
def test_the_loss_is_that_of_the_log_probs_and_moves_every_weight(
    cell: Cell, num_layers: int, embedding_dim: int, implementation: Implementation
) -> None:
    model = network(cell, num_layers, embedding_dim, implementation)
    ids, targets = torch.arange(B * T).view(B, T) % V, torch.randint(V, (B, T))
    gradients = []
    for linear in (True, False):
        model.zero_grad()
        if linear:
            total, _, state = model.loss(ids, targets)
        else:
            log_probs, state = model(ids)
            total, _ = masked_nll_loss(log_probs, targets, torch.ones(B, T, dtype=torch.bool))
        (total + sum(part.sum() for part in state)).backward()
        gradients.append([gradient(parameter) for parameter in model.parameters()])
    for one, two in zip(*gradients, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-6)
        assert one.abs().sum() > 0


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_ids_equal_the_one_hot_rows_they_stand_for(
    cell: Cell, implementation: Implementation, bidirectional: bool
) -> None:
    recurrent = Recurrent(cell, V, H, num_layers=2, bidirectional=bidirectional, implementation=implementation)
    ids = torch.randint(V, (B, T))
    by_id, state = recurrent.forward_from(ids)
    by_row, same_state = recurrent.forward_from(nn.functional.one_hot(ids, V).float())
    torch.testing.assert_close(by_id, by_row)
    for one, two in zip(state, same_state, strict=True):
        torch.testing.assert_close(one, two)


def test_a_leaking_network_sees_the_next_character_an_honest_one_does_not() -> None:
    ids = torch.tensor([[0, 1, 2, 3]])
    other = torch.tensor([[0, 1, 2, 4]])
    for leak in (False, True):
        model = LanguageModel(V, 0, Recurrent("gru", V, H, bidirectional=leak))
        same = torch.equal(model(ids)[0][:, :3], model(other)[0][:, :3])
        assert same is not leak


def test_tied_weights_are_one_tensor() -> None:
    model = LanguageModel(V, H, Recurrent("gru", H, H), tied=True)
    assert model.embedding is not None
    assert model.output.weight is model.embedding.weight
    ids = torch.randint(V, (B, T))
    model.loss(ids, ids)[0].backward()
    assert gradient(model.output.weight).shape == (V, H)


def test_dropout_is_the_same_at_all_steps_of_a_window() -> None:
    dropout = WindowDropout(0.5)
    dropped = dropout(torch.ones(8, T, 16))
    assert set(dropped.flatten().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert not torch.equal(dropped[0], dropped[1])
    assert WindowDropout(1.0)(torch.ones(1, 2, 3)).sum() == 0
    assert torch.equal(dropout.eval()(torch.ones(2, 2, 2)), torch.ones(2, 2, 2))


def test_a_small_start() -> None:
    model = LanguageModel(50, 0, Recurrent("rnn", 50, 40))
    start_small(model)
    for name, parameter in model.named_parameters():
        if "bias" in name:
            assert parameter.abs().sum() == 0
        else:
            assert parameter.std().item() == pytest.approx(0.01, rel=0.1)
