import torch

from conftest import gradient
from postagger.models.losses import masked_nll_loss
from postagger.models.recurrent import Recurrent
from postagger.models.sequence_tagger import SequenceTagger
from postagger.models.word_encoder import WordEncoder

K = 4
TOKEN_IDS = torch.tensor([[2, 3, 4], [5, 0, 0]])
FEATURE_IDS = torch.tensor([[[1, 2], [2, 3], [3, 1]], [[2, 2], [0, 0], [0, 0]]])
TAG_IDS = torch.tensor([[0, 1, 2], [3, 0, 0]])
LENGTHS = torch.tensor([3, 1])
MASK = torch.tensor([[True, True, True], [True, False, False]])


def tagger(**dropout: float) -> SequenceTagger:
    encoder = WordEncoder(6, 5, feature_vocab_size=4, feature_dim=3, num_features=2)
    recurrent = Recurrent("lstm", encoder.output_size, 6, bidirectional=True)
    return SequenceTagger(encoder, recurrent, K, **dropout)


def loss_and_gradients(network: SequenceTagger, token_ids: torch.Tensor, extra: int) -> list[torch.Tensor]:
    def pad(values: torch.Tensor) -> torch.Tensor:
        return torch.cat([values, values.new_zeros(2, extra, *values.shape[2:])], dim=1)

    network.zero_grad()
    log_probs = network(pad(token_ids), pad(FEATURE_IDS), None, LENGTHS)
    total, count = masked_nll_loss(log_probs, pad(TAG_IDS), pad(MASK))
    (total / count).backward()
    return [total, *(gradient(parameter) for parameter in network.parameters())]


def test_log_probabilities_of_all_tags() -> None:
    log_probs = tagger()(TOKEN_IDS, FEATURE_IDS, None, LENGTHS)
    assert log_probs.shape == (2, 3, K)
    torch.testing.assert_close(log_probs.exp().sum(dim=-1), torch.ones(2, 3))


def test_padding_columns_and_padded_ids_move_neither_loss_nor_gradient() -> None:
    network = tagger()
    expected = loss_and_gradients(network, TOKEN_IDS, extra=0)
    # Ids of real words at the padded places; their embeddings must get no gradient from there.
    changed = torch.where(MASK, TOKEN_IDS, 3)
    for token_ids, extra in [(TOKEN_IDS, 4), (changed, 0), (changed, 2)]:
        for one, other in zip(expected, loss_and_gradients(network, token_ids, extra), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


def test_one_step_moves_every_weight() -> None:
    network = tagger()
    before = [parameter.detach().clone() for parameter in network.parameters()]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    loss_and_gradients(network, TOKEN_IDS, extra=0)
    optimizer.step()
    for old, new in zip(before, network.parameters(), strict=True):
        assert not torch.equal(old, new)


def test_dropout_acts_in_training_only() -> None:
    network = tagger(input_dropout=0.5, output_dropout=0.5)
    arguments = (TOKEN_IDS, FEATURE_IDS, None, LENGTHS)
    assert not torch.equal(network(*arguments), network(*arguments))
    network.eval()
    assert torch.equal(network(*arguments), network(*arguments))
