import numpy as np

from postagger.compact_weights import compress, expand

WEIGHTS = {
    "word_encoder.words.weight": np.random.default_rng(1).normal(size=(300, 4)).astype(np.float32),
    "recurrent.layers.0.weight_ih_l0": np.array([[0.1, -2.0]], np.float32),
    "count": np.array([3]),
}
WEIGHTS["word_encoder.words.weight"][0] = 0.0


def test_tables_take_a_byte_a_number_and_the_rest_two() -> None:
    stored = compress(WEIGHTS)
    assert {name: weight.dtype for name, weight in stored.items()} == {
        "word_encoder.words.weight": np.int8,
        "word_encoder.words.weight.scale": np.float16,
        "recurrent.layers.0.weight_ih_l0": np.float16,
        "count": np.int64,
    }


def test_what_comes_back_is_close() -> None:
    back = expand(compress(WEIGHTS))
    assert set(back) == set(WEIGHTS)
    table, again = WEIGHTS["word_encoder.words.weight"], back["word_encoder.words.weight"]
    assert again[0].tolist() == [0.0] * 4
    assert (abs(table - again) <= 0.51 / 127 * abs(table).max(axis=1, keepdims=True) + 1e-6).all()
    assert np.allclose(back["recurrent.layers.0.weight_ih_l0"], [[0.1, -2.0]], rtol=1e-3)
    assert all(weight.dtype in (np.float32, np.int64) for weight in back.values())


def test_compressing_again_changes_nothing() -> None:
    once = compress(WEIGHTS)
    twice = compress(expand(once))
    assert all(np.array_equal(once[name], twice[name]) for name in once)


def test_weights_that_were_never_compressed_stay() -> None:
    assert all(np.array_equal(expand(WEIGHTS)[name], weight) for name, weight in WEIGHTS.items())
