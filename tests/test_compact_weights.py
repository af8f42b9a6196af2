import torch

from postagger.compact_weights import compress, expand

WEIGHTS = {
    "word_encoder.words.weight": torch.randn(300, 4, generator=torch.Generator().manual_seed(1)),
    "recurrent.layers.0.weight_ih_l0": torch.tensor([[0.1, -2.0]]),
    "count": torch.tensor([3]),
}
WEIGHTS["word_encoder.words.weight"][0] = 0.0


def test_tables_take_a_byte_a_number_and_the_rest_two() -> None:
    stored = compress(WEIGHTS)
    assert {name: weight.dtype for name, weight in stored.items()} == {
        "word_encoder.words.weight": torch.int8,
        "word_encoder.words.weight.scale": torch.float16,
        "recurrent.layers.0.weight_ih_l0": torch.float16,
        "count": torch.int64,
    }


def test_what_comes_back_is_close() -> None:
    back = expand(compress(WEIGHTS))
    assert set(back) == set(WEIGHTS)
    table, again = WEIGHTS["word_encoder.words.weight"], back["word_encoder.words.weight"]
    assert again[0].tolist() == [0.0] * 4
    assert ((table - again).abs() <= 0.51 / 127 * table.abs().amax(dim=1, keepdim=True) + 1e-6).all()
    assert torch.allclose(back["recurrent.layers.0.weight_ih_l0"], torch.tensor([[0.1, -2.0]]), rtol=1e-3)
    assert all(weight.dtype in (torch.float32, torch.int64) for weight in back.values())


def test_compressing_again_changes_nothing() -> None:
    once = compress(WEIGHTS)
    twice = compress(expand(once))
    assert all(torch.equal(once[name], twice[name]) for name in once)


def test_weights_that_were_never_compressed_stay() -> None:
    assert all(torch.equal(expand(WEIGHTS)[name], weight) for name, weight in WEIGHTS.items())
