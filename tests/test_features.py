import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.features import MAX_CHARACTERS, FeatureExtractor, normalize, surface_features, word_shape


def test_normalize() -> None:
    assert normalize("The-1990s") == "the-0000s"


@pytest.mark.parametrize(
    ("word", "shape"),
    [("", ""), ("iPhone6", "xXxxxxd"), ("U.S.", "X.X."), ("Élan", "Xxxx"), ("abcdefghij", "xxxxxxxx")],
)
def test_word_shape(word: str, shape: str) -> None:
    assert word_shape(word) == shape


def test_surface_features_of_a_short_word_have_gaps() -> None:
    assert surface_features("an", 3) == ["a^", "an^", "", "$n", "$an", "", "shape=xx", "flags=---"]


def test_exact_ids() -> None:
    extractor = FeatureExtractor.build(["ab", "ab", "ac"], max_affix_length=1, min_affix_count=2)
    assert extractor.words.symbols == ("ab", "ac")
    # Both words share these three; the suffixes b and c have one word each.
    assert extractor.features.symbols == ("a^", "flags=---", "shape=xx")
    table = extractor.table(["ac", "zb"])
    assert table.token_ids.tolist() == [3, 1]
    assert table.feature_ids.tolist() == [[2, 1, 4, 3], [1, 1, 4, 3]]
    assert table.character_ids is None
    assert table.padded().token_ids.tolist() == [0, 3, 1]
    assert table.padded().feature_ids.tolist() == [[0, 0, 0, 0], [2, 1, 4, 3], [1, 1, 4, 3]]


def test_words_as_they_are_spelt() -> None:
    extractor = FeatureExtractor.build(["The", "1st", "the"], normalize_words=False)
    assert extractor.words.symbols == ("1st", "The", "the")
    assert extractor.table(["THE", "The"]).token_ids.tolist() == [1, 3]


def test_affixes_count_word_types_not_tokens() -> None:
    extractor = FeatureExtractor.build(["dog"] * 9, max_affix_length=1, min_affix_count=2)
    assert extractor.features.symbols == ()


def test_character_ids() -> None:
    extractor = FeatureExtractor.build(["aab", "a"], use_characters=True)
    table = extractor.table(["ba", "", "xa"])
    assert table.character_ids is not None
    assert table.character_ids.tolist() == [[3, 2], [0, 0], [1, 2]]
    padded = table.padded().character_ids
    assert padded is not None
    assert padded.tolist() == [[0, 0], [3, 2], [0, 0], [1, 2]]


def test_a_token_of_100000_characters_has_features_of_the_usual_size() -> None:
    extractor = FeatureExtractor.build(["dog"], use_characters=True)
    table = extractor.table(["x" * 99_999 + "g"])
    assert table.feature_ids.shape == (1, 10)
    assert table.character_ids is not None
    assert table.character_ids.shape == (1, MAX_CHARACTERS)
    assert extractor.characters is not None
    assert table.character_ids[0, -1] == extractor.characters.encode("g")


def test_no_words_and_no_features() -> None:
    extractor = FeatureExtractor.build([], max_affix_length=0)
    assert extractor.num_features == 0
    assert extractor.table([]).feature_ids.shape == (0, 0)
    assert extractor.table(["a"]).feature_ids.shape == (1, 0)


@given(st.text(), st.integers(1, 6))
def test_every_word_has_the_same_number_of_features(word: str, length: int) -> None:
    assert len(surface_features(word, length)) == 2 * length + 2


@given(st.lists(st.text(max_size=6), max_size=20))
def test_known_words_are_known(words: list[str]) -> None:
    extractor = FeatureExtractor.build(words)
    ids = extractor.table(words).token_ids.tolist()
    assert all(number >= 2 for number in ids)
    assert len(extractor.words) == 2 + len(Counter(map(normalize, words)))


def test_caseless_words_have_the_same_features_in_any_case() -> None:
    features = [surface_features(word, 3, caseless=True) for word in ("McRae-7", "mcrae-7", "MCRAE-7")]
    assert features[0] == features[1] == features[2]
    assert features[0][-2:] == ["shape=lllll-d", "flags=?dh"]
    assert surface_features("mcrae-7", 3)[-2:] == ["shape=xxxxx-d", "flags=-dh"]


def test_foreign_words_give_their_features_and_no_more() -> None:
    extractor = FeatureExtractor.build(["ab", "ab"], foreign=["xb", "yb"], max_affix_length=1, min_affix_count=2)
    assert extractor.words.symbols == ("ab",)
    assert "$b" in extractor.features
    assert "x^" not in extractor.features


def test_the_case_of_a_sentence_decides_which_features_its_words_have() -> None:
    extractor = FeatureExtractor.build(["The", "the", "dog", "Dog"], min_affix_count=1, detect_case=True)
    plain, caseless = extractor.table(["The", "The"], [False, True]).feature_ids
    assert plain[:-2].tolist() == caseless[:-2].tolist()
    assert extractor.features.decode(int(plain[-1])) == "flags=C--"
    assert extractor.features.decode(int(caseless[-1])) == "flags=?--"


@given(st.lists(st.text("aAzZß1²-$^='٣ªǅ", max_size=7), max_size=12), st.integers(1, 6), st.booleans())
def test_the_ids_are_those_of_the_features_spelt_out(words: list[str], length: int, caseless: bool) -> None:
    extractor = FeatureExtractor.build(words, max_affix_length=length, min_affix_count=1, detect_case=True)
    others = [*words, *(word[::-1] for word in words), "shape=x^", "$flags=-"]
    table = extractor.table(others, [caseless] * len(others))
    for word, ids in zip(others, table.feature_ids.tolist(), strict=True):
        names = surface_features(word, length, caseless=caseless)
        assert ids == [extractor.features.encode(name) if name else 0 for name in names]


@given(st.text("aAzZß1²-$^='٣ªǅ", max_size=12))
def test_shapes_and_keys_are_the_same_by_either_way(word: str) -> None:
    assert normalize(word) == re.sub(r"\d", "0", word.lower())
    assert word_shape(word) == "".join(word_shape(character) for character in word[:8])
