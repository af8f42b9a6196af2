import threading
from collections.abc import Sequence

import numpy as np
import pytest

from postagger import met_words
from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.met_words import MetWords
from postagger.tagger import Tagger


class Lengths:
    """A scorer that knows of a word how long it is."""

    def describe(self, table: WordTable) -> list[np.ndarray]:
        return [table.token_ids]


def new_words(tags: Sequence[str] = ("NN", "XX")) -> MetWords:
    extractor = FeatureExtractor.build([f"w{number}" for number in range(1000)], normalize_words=False)
    return MetWords(Lengths(), extractor, Tagset(tags), Lexicon({}, "NN"))  # type: ignore[arg-type]


def test_rows_lengths_and_columns_of_sentences() -> None:
    met = new_words()
    with met.look_up([["w3", "w5"], [], ["w3"]]) as found:
        assert found.lengths.tolist() == [2, 0, 1]
        assert found.columns[0][found.rows].tolist() == [found.columns[0][0], found.columns[0][1], found.columns[0][0]]
        assert found.certain.tolist() == [UNKNOWN_TAG_ID] * 3


def test_threads_get_the_rows_of_their_words_while_others_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met_words, "_MOST_WORDS", 60)
    met = new_words()
    id_of = FeatureExtractor.build([f"w{number}" for number in range(1000)], normalize_words=False).token_id
    wrong: list[str] = []

    def work(seed: int) -> None:
        for number in range(200):
            tokens = [f"w{(seed * 131 + number * 7 + place) % 1000}" for place in range(20)]
            with met.look_up([tokens]) as found:
                threading.Event().wait(0.0001)
                ids = found.columns[0][found.rows].tolist()
            wrong.extend(token for token, one in zip(tokens, ids, strict=True) if one != id_of(token))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(met._words._columns[0]) <= 200


def test_one_group_of_far_more_words_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met_words, "_MOST_WORDS", 10)
    met = new_words()
    for start in (0, 500, 0):
        tokens = [f"w{number}" for number in range(start, start + 500)]
        with met.look_up([tokens]) as found:
            assert len(set(found.columns[0][found.rows].tolist())) == 500


def test_tags_are_the_same_however_few_words_are_remembered(
    small_tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = [["the", "dog", f"w{number % 40}", "barks", f"v{number}"] for number in range(3000)]
    right = small_tagger.tag_sents(sentences)
    monkeypatch.setattr(met_words, "_MOST_WORDS", 3)
    small_tagger._met = None
    assert [small_tagger.tag(tokens) for tokens in sentences] == right
    monkeypatch.undo()
    small_tagger._met = None
