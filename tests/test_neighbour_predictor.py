import pytest
import torch

from postagger.models.neighbour_predictor import NeighbourPredictor
from postagger.models.recurrent import Recurrent
from postagger.models.word_encoder import WordEncoder


def predictor(*, bidirectional: bool = True) -> NeighbourPredictor:
    torch.manual_seed(1)
    return NeighbourPredictor(WordEncoder(8, 3), Recurrent("lstm", 3, 4, bidirectional=bidirectional), 5).eval()


def loss_of(
    network: NeighbourPredictor,
    ids: list[list[int]],
    lengths: list[int],
    classes: list[list[int]],
    hidden: list[list[int]],
) -> tuple[float, int]:
    token_ids = torch.tensor(ids)
    features = torch.zeros(*token_ids.shape, 0, dtype=torch.long)
    total, count = network(
        token_ids, features, None, torch.tensor(lengths), torch.tensor(classes), torch.tensor(hidden, dtype=torch.bool)
    )
    return total.item(), int(count)


def test_the_loss_is_that_of_a_loop_over_the_words() -> None:
    network = predictor()
    ids, classes, hidden = [2, 1, 4], [3, 0, 2], [0, 1, 0]
    total, count = loss_of(network, [ids], [3], [classes], [hidden])
    assert count == 2 + 2 + 1
    states = network.recurrent(network.word_encoder.words(torch.tensor([ids])), torch.tensor([3]))[0]
    expected = 0.0
    assert network.previous_words is not None
    for place in range(3):
        forward, backward = states[place, :4], states[place, 4:]
        if place < 2:
            expected -= network.next_words(forward).log_softmax(-1)[classes[place + 1]].item()
        if place > 0:
            expected -= network.previous_words(backward).log_softmax(-1)[classes[place - 1]].item()
        if hidden[place]:
            expected -= network.hidden_words(states[place]).log_softmax(-1)[classes[place]].item()
    assert total == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_padding_is_inert(bidirectional: bool) -> None:
    network = predictor(bidirectional=bidirectional)
    one, count = loss_of(network, [[2, 3, 4]], [3], [[1, 2, 3]], [[0, 1, 0]])
    other, more = loss_of(network, [[5, 6, 0]], [2], [[4, 1, 0]], [[1, 0, 0]])
    both, together = loss_of(
        network, [[2, 3, 4, 0], [5, 6, 0, 0]], [3, 2], [[1, 2, 3, 4], [4, 1, 2, 2]], [[0, 1, 0, 0], [1, 0, 0, 0]]
    )
    assert both == pytest.approx(one + other, rel=1e-5)
    assert together == count + more


def test_a_single_word_that_is_not_hidden_teaches_nothing() -> None:
    assert loss_of(predictor(), [[2]], [1], [[1]], [[0]]) == (0.0, 0)
