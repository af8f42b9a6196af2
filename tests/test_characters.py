"""Text to codes to ids to windows."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.characters import (
    Alphabet,
    Codes,
    Symbols,
    consecutive_windows,
    num_consecutive,
    num_random,
    random_windows,
    visible,
)
from postagger.data_prep.text_files import text_of
from postagger.errors import CorpusError

COUNTING = np.arange(30, dtype=np.uint8)
BYTES = Alphabet(None)
SYMBOLS: list[Symbols] = ["characters", "bytes"]


def test_consecutive_windows_as_the_lessons_define_them() -> None:
    # 30 symbols in two rows of 15, six steps at a time; the targets stand one further.
    batches = list(consecutive_windows(COUNTING, BYTES, 2, 6))
    assert [batch.inputs.tolist() for batch in batches] == [
        [[0, 1, 2, 3, 4, 5], [15, 16, 17, 18, 19, 20]],
        [[6, 7, 8, 9, 10, 11], [21, 22, 23, 24, 25, 26]],
    ]
    assert [batch.targets.tolist() for batch in batches] == [
        [[1, 2, 3, 4, 5, 6], [16, 17, 18, 19, 20, 21]],
        [[7, 8, 9, 10, 11, 12], [22, 23, 24, 25, 26, 27]],
    ]
    assert num_consecutive(30, 2, 6) == 2


def test_random_windows_as_the_lessons_define_them() -> None:
    # (30 - 1) // 6 = 4 windows, which begin at 0, 6, 12, 18; two batches of two, in an order of chance.
    batches = list(random_windows(COUNTING, BYTES, 2, 6, torch.Generator().manual_seed(1)))
    assert [batch.inputs.shape for batch in batches] == [(2, 6), (2, 6)]
    starts = [row[0] for batch in batches for row in batch.inputs.tolist()]
    assert sorted(starts) == [0, 6, 12, 18]
    assert starts != sorted(starts)
    for batch in batches:
        for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
            assert inputs == list(range(inputs[0], inputs[0] + 6))
            assert targets == [symbol + 1 for symbol in inputs]
    again = random_windows(COUNTING, BYTES, 2, 6, torch.Generator().manual_seed(1))
    assert [batch.inputs.tolist() for batch in again] == [batch.inputs.tolist() for batch in batches]
    assert num_random(30, 2, 6) == 2


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 7))
def test_as_many_windows_as_said(length: int, batch_size: int, steps: int) -> None:
    codes: Codes = np.zeros(length, dtype=np.uint8)
    assert len(list(consecutive_windows(codes, BYTES, batch_size, steps))) == num_consecutive(length, batch_size, steps)
    generator = torch.Generator()
    assert len(list(random_windows(codes, BYTES, batch_size, steps, generator))) == num_random(
        length, batch_size, steps
    )


def test_the_alphabet_is_in_the_order_of_counts_then_code_points() -> None:
    alphabet = Alphabet.build(text_of("", "cabbage bee").codes)
    assert alphabet.characters == ("b", "e", "a", " ", "c", "g")
    assert len(alphabet) == 7
    assert Alphabet.build(text_of("", "cabbage bee").codes, min_count=3).characters == ("b", "e")
    with pytest.raises(ValueError, match="expected different characters"):
        Alphabet("aa")


@given(st.text(min_size=1))
def test_what_is_known_comes_back(text: str) -> None:
    for symbols in SYMBOLS:
        read = text_of("", text, symbols=symbols)
        alphabet = Alphabet.build(read.codes)
        assert alphabet.decode(alphabet.encode(text).tolist()) == text
        assert alphabet.unknown(text) == []
        assert torch.equal(alphabet.ids(read.codes), alphabet.encode(text))


@given(st.text(), st.text(min_size=1))
def test_what_is_unknown_is_named_and_has_the_unknown_id(text: str, known: str) -> None:
    alphabet = Alphabet.build(text_of("", known).codes)
    unknown = [character for character in dict.fromkeys(text) if character not in known]
    assert alphabet.unknown(text) == [visible(character) for character in unknown]
    ids = alphabet.encode(text).tolist()
    assert [number == Alphabet.unk_id for number in ids] == [character not in known for character in text]


def test_characters_without_a_shape_are_shown_as_code_points() -> None:
    assert [visible(character) for character in "a \n漢\u0301"] == ["a", "␣", "U+000A", "漢", "U+0301"]


def test_the_held_out_part_stands_at_the_end() -> None:
    text = text_of("ten", "0123456789")
    train, held_out = text.split(0.2)
    assert (train.tolist(), held_out.tolist()) == ([*map(ord, "01234567")], [ord("8"), ord("9")])
    assert len(text.split(0.0)[1]) == 0
    with pytest.raises(CorpusError, match="ten: expected enough characters to hold 1% out, got 10; give more text"):
        text.split(0.01)
