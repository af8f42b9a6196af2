import torch

from conftest import gradient
from postagger.models.word_encoder import CharacterEncoder, WordEncoder


def test_parts_stand_side_by_side() -> None:
    encoder = WordEncoder(5, 3, feature_vocab_size=4, feature_dim=2, num_features=2)
    token_ids, feature_ids = torch.tensor([[2, 4]]), torch.tensor([[[1, 3], [2, 2]]])
    embedded = encoder(token_ids, feature_ids)
    assert encoder.output_size == 7
    assert embedded.shape == (1, 2, 7)
    assert encoder.features is not None
    words = encoder.get_parameter("words.weight")
    expected = torch.cat([words[4], encoder.features.weight[2], encoder.features.weight[2]])
    assert torch.equal(embedded[0, 1], expected)


def test_words_alone() -> None:
    encoder = WordEncoder(5, 3)
    assert encoder(torch.tensor([[2]]), torch.zeros(1, 1, 0, dtype=torch.long)).shape == (1, 1, 3)


def test_padding_is_zero_and_stays_zero() -> None:
    encoder = WordEncoder(
        3, 2, feature_vocab_size=3, feature_dim=2, num_features=1, character_vocab_size=3, character_dim=2
    )
    ids = torch.zeros(1, 1, dtype=torch.long)
    embedded = encoder(ids, ids[..., None], ids[..., None])
    assert embedded.abs().sum() == 0
    embedded.sum().backward()
    assert gradient(encoder.get_parameter("words.weight")).abs().sum() == 0


def test_padding_characters_change_nothing() -> None:
    encoder = CharacterEncoder(6, 4)
    short = encoder(torch.tensor([[[2, 3]]]))
    long = encoder(torch.tensor([[[2, 3, 0, 0, 0]]]))
    torch.testing.assert_close(short, long)


def test_the_character_encoder_is_a_maximum_over_windows_of_three() -> None:
    encoder = CharacterEncoder(6, 4)
    rows = torch.cat([torch.zeros(1, 4), encoder.embedding(torch.tensor([2, 3, 4])), torch.zeros(1, 4)])
    weight, bias = encoder.convolution.weight, encoder.convolution.bias
    assert bias is not None
    windows = [
        torch.stack([weight[:, :, offset] @ rows[start + offset] for offset in range(3)]).sum(dim=0) + bias
        for start in range(3)
    ]
    expected = torch.relu(torch.stack(windows).amax(dim=0))
    torch.testing.assert_close(encoder(torch.tensor([[[2, 3, 4]]]))[0, 0], expected)
