import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset, Vocabulary


def test_order_is_by_falling_count_then_by_the_symbol() -> None:
    vocabulary = Vocabulary.build({"b": 2, "c": 5, "a": 2, "d": 1})
    assert vocabulary.symbols == ("c", "a", "b", "d")
    assert [vocabulary.encode(symbol) for symbol in "cabd"] == [2, 3, 4, 5]


def test_rare_symbols_are_unknown() -> None:
    vocabulary = Vocabulary.build({"often": 3, "once": 1}, min_count=2)
    assert vocabulary.encode("once") == Vocabulary.unk_id == 1
    assert "once" not in vocabulary
    assert len(vocabulary) == 3


def test_a_word_spelt_like_a_special_symbol_is_a_word() -> None:
    vocabulary = Vocabulary.build({"<pad>": 1, "<unk>": 1})
    assert [vocabulary.encode("<pad>"), vocabulary.encode("<unk>")] == [2, 3]
    assert vocabulary.decode(0) == "<pad>" == vocabulary.decode(2)


def test_negative_and_too_large_ids_are_refused() -> None:
    for number in (-1, 3):
        with pytest.raises(IndexError):
            Vocabulary(["a"]).decode(number)


def test_the_same_symbol_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="some twice"):
        Vocabulary(["a", "a"])
    with pytest.raises(ValueError, match="some twice"):
        Tagset(["NN", "NN"])


@given(st.dictionaries(st.text(), st.integers(1, 9)))
def test_encode_and_decode_undo_each_other(counts: dict[str, int]) -> None:
    vocabulary = Vocabulary.build(counts)
    assert [vocabulary.decode(vocabulary.encode(symbol)) for symbol in counts] == list(counts)
    assert Vocabulary(vocabulary.symbols) == vocabulary


def test_a_tagset_has_no_special_ids() -> None:
    tagset = Tagset.build(["VB", "NN", "VB"])
    assert list(tagset) == ["NN", "VB"]
    assert [tagset.encode("NN"), tagset.encode("VB"), tagset.encode("??")] == [0, 1, UNKNOWN_TAG_ID]
    assert tagset.decode(1) == "VB"
    assert len(tagset) == 2
    assert "??" not in tagset
