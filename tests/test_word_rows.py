import threading
from collections.abc import Sequence

import numpy as np
import pytest

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.word_rows import WordRows

EXTRACTOR = FeatureExtractor.build(["dog", "cat"], detect_case=True)
ROW = 4


def lengths_of(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
    assert len(words) == len(table)
    return [np.array([len(word) for word in words], dtype=np.int32)]


def test_every_word_is_described_once() -> None:
    asked: list[str] = []

    def describe(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        asked.extend(words)
        return [*lengths_of(words, table), table.token_ids]

    words = WordRows(EXTRACTOR, describe, 1 << 20)
    rows, columns = words.encode([["The", "dog"], [], ["The", "cattle"]])
    assert columns[0][rows].tolist() == [3, 3, 3, 6]
    assert columns[1][rows].tolist() == [1, EXTRACTOR.token_id("dog"), 1, 1]
    again, columns = words.encode([("dog", "The", "new")])
    assert columns[0][again].tolist() == [3, 3, 3]
    assert rows[1] == again[0]
    assert asked == ["The", "dog", "cattle", "new"]


def test_a_word_has_another_row_where_capitals_say_nothing() -> None:
    features = WordRows(EXTRACTOR, lambda words, table: [table.feature_ids], 1 << 20)
    rows, (ids,) = features.encode([["Dogs", "bark"], ["dogs", "bark"], ["We", "bark"]])
    assert rows[1] == rows[5] != rows[3]
    assert ids[rows[3]].tolist() == EXTRACTOR.table(["bark"], [True]).feature_ids[0].tolist()
    assert ids[rows[1]].tolist() == EXTRACTOR.table(["bark"], [False]).feature_ids[0].tolist()


def test_it_is_full_when_it_holds_so_many_bytes_and_still_takes_more() -> None:
    words = WordRows(EXTRACTOR, lengths_of, 3 * ROW)
    words.encode([["The", "dog"]])
    full = [words.is_full]
    words.encode([["barked"]])
    assert [*full, words.is_full] == [False, True]
    rows, (lengths,) = words.encode([["The", "x" * 9, *(str(number) for number in range(100))]])
    assert lengths[rows].tolist()[:2] == [3, 9]
    assert lengths[rows].tolist()[2:] == [1] * 10 + [2] * 90


def test_no_sentence_and_no_word() -> None:
    rows, (lengths,) = WordRows(EXTRACTOR, lengths_of, 100).encode([])
    assert rows.tolist() == []
    assert lengths.dtype == np.int32


def test_what_could_not_be_described_is_described_the_next_time() -> None:
    broken = True

    def describe(words: Sequence[str], table: WordTable) -> list[np.ndarray]:
        if broken:
            raise MemoryError
        return lengths_of(words, table)

    words = WordRows(EXTRACTOR, describe, 1 << 20)
    with pytest.raises(MemoryError):
        words.encode([["The", "dog"]])
    broken = False
    rows, (lengths,) = words.encode([["dogs", "The"]])
    assert lengths[rows].tolist() == [4, 3]


def test_threads_may_share_it() -> None:
    words = WordRows(EXTRACTOR, lengths_of, 1 << 20)
    wrong: list[int] = []

    def work(seed: int) -> None:
        for number in range(200):
            tokens = ["x" * (1 + (seed * number + place) % 50) + str(place % 7) for place in range(20)]
            rows, (lengths,) = words.encode([tokens])
            wrong.extend(set(lengths[rows].tolist()) ^ set(map(len, tokens)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
