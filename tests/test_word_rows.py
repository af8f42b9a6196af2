from collections.abc import Sequence

import numpy as np
import pytest

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.word_rows import WordRows

EXTRACTOR = FeatureExtractor.build(["dog", "cat"], detect_case=True)
ROW = 4
ENOUGH = {"most_words": 1000, "most_bytes": 1 << 20}


def lengths_of(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
    assert len(words) == len(table)
    return [np.array([len(word) for word in words], dtype=np.int32)]


def test_every_word_is_described_once() -> None:
    asked: list[str] = []

    def describe(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        asked.extend(words)
        return [*lengths_of(words, table), table.token_ids]

    words = WordRows(EXTRACTOR, describe, **ENOUGH)
    rows, columns = words.encode([["The", "dog"], [], ["The", "cattle"]])
    assert columns[0][rows].tolist() == [3, 3, 3, 6]
    assert columns[1][rows].tolist() == [1, EXTRACTOR.token_id("dog"), 1, 1]
    again, columns = words.encode([("dog", "The", "new")])
    assert columns[0][again].tolist() == [3, 3, 3]
    assert rows[1] == again[0]
    assert asked == ["The", "dog", "cattle", "new"]


def test_a_word_has_another_row_where_capitals_say_nothing() -> None:
    features = WordRows(EXTRACTOR, lambda words, table: [table.feature_ids], **ENOUGH)
    rows, (ids,) = features.encode([["Dogs", "bark"], ["dogs", "bark"], ["We", "bark"]])
    assert rows[1] == rows[5] != rows[3]
    assert ids[rows[3]].tolist() == EXTRACTOR.table(["bark"], [True]).feature_ids[0].tolist()
    assert ids[rows[1]].tolist() == EXTRACTOR.table(["bark"], [False]).feature_ids[0].tolist()


def test_whoever_knows_the_kind_of_a_sentence_tells_it() -> None:
    words = WordRows(EXTRACTOR, lengths_of, **ENOUGH)
    usual, _ = words.encode([["bark", "Dogs"]])
    caseless, _ = words.encode([["bark", "bark"]])
    assert usual[0] != caseless[0]
    told, _ = words.encode([["bark", "Dogs"], ["bark"]], [True, False])
    assert told.tolist() == [caseless[0], told[1], usual[0]]
    assert told[1] != usual[1]


def test_it_is_full_when_it_holds_so_many_bytes_and_still_takes_more() -> None:
    words = WordRows(EXTRACTOR, lengths_of, most_words=9, most_bytes=3 * ROW)
    words.encode([["The", "dog"]])
    full = [words.is_full]
    words.encode([["barked"]])
    assert [*full, words.is_full] == [False, True]
    rows, (lengths,) = words.encode([["The", "x" * 9, *(str(number) for number in range(100))]])
    assert lengths[rows].tolist()[:2] == [3, 9]
    assert lengths[rows].tolist()[2:] == [1] * 10 + [2] * 90


def test_no_sentence_and_no_word() -> None:
    rows, (lengths,) = WordRows(EXTRACTOR, lengths_of, **ENOUGH).encode([])
    assert rows.tolist() == []
    assert lengths.dtype == np.int32


def test_what_could_not_be_described_is_described_the_next_time() -> None:
    broken = True

    def describe(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        if broken:
            raise MemoryError
        return lengths_of(words, table)

    words = WordRows(EXTRACTOR, describe, **ENOUGH)
    with pytest.raises(MemoryError):
        words.encode([["The", "dog"]])
    broken = False
    rows, (lengths,) = words.encode([["dogs", "The"]])
    assert lengths[rows].tolist() == [4, 3]


def test_it_is_full_when_it_holds_so_many_words() -> None:
    words = WordRows(EXTRACTOR, lengths_of, most_words=2, most_bytes=1 << 20)
    assert not words.is_full
    words.encode([["The"]])
    assert not words.is_full
    words.encode([["dog"]])
    assert words.is_full


def test_what_was_met_less_often_is_forgotten_and_its_rows_are_used_again() -> None:
    asked: list[str] = []

    def describe(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        asked.extend(words)
        return lengths_of(words, table)

    words = WordRows(EXTRACTOR, describe, most_words=4, most_bytes=1 << 20)
    words.encode([["The", "zebra", "dogs", "cattle"]])
    rows, _ = words.encode([["dogs", "The"]])
    words.forget_rare()
    assert not words.is_full
    asked.clear()
    again, (lengths,) = words.encode([["The", "dogs", "quokka", "a", "sheep", "zebra"]])
    assert asked == ["quokka", "a", "sheep", "zebra"]
    assert lengths[again].tolist() == [3, 4, 6, 1, 5, 5]
    assert again.tolist() == [rows[1], rows[0], 1, 3, 4, 5]


def test_one_text_of_very_many_words_leaves_it_as_full_as_it_should_be() -> None:
    words = WordRows(EXTRACTOR, lengths_of, most_words=4, most_bytes=1 << 20)
    words.encode([[f"w{number}" for number in range(100)]])
    full = [words.is_full]
    words.forget_rare()
    assert [*full, words.is_full] == [True, False]
    rows, (lengths,) = words.encode([[f"w{number}" for number in (99, 5, 98)]])
    assert lengths[rows].tolist() == [3, 2, 3]
    assert (rows[0], rows[2]) == (99, 98)


def test_a_long_text_is_described_as_it_should_in_bounded_memory() -> None:
    words = WordRows(EXTRACTOR, lengths_of, most_words=50, most_bytes=1 << 20)
    sizes = set()
    for number in range(300):
        tokens = ["x" * (1 + (7 * number + place) % 90) + str(place % 7) for place in range(20)]
        rows, (lengths,) = words.encode([tokens, ["often", "met"]])
        assert lengths[rows].tolist() == [*map(len, tokens), 5, 3]
        sizes.add(len(lengths))
        if words.is_full:
            words.forget_rare()
    assert len(sizes) == 1 < max(sizes) <= 80
