"""Batches of a streamed corpus against the sentences they must hold, and against themselves after a halt."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import SMALL
from postagger.config import TaggerConfig
from postagger.data_prep.batching import Batch
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.streamed_corpus import StreamedCorpus, stream_corpus
from postagger.data_prep.training_sentences import TrainingSentences
from postagger.data_prep.training_words import TrainingWords
from postagger.tagger_batches import TaggerBatches
from postagger.tagger_training import _prepared

WORDS = [first + second for first in "abcdefghij" for second in "klmnopqrst"]


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """23 sentences of 1 to 4 tokens, none like another, in two files."""
    sentences = [" ".join(f"{word}/T{len(word)}" for word in WORDS[4 * n : 4 * n + 1 + n % 4]) for n in range(23)]
    for name, part in (("a", sentences[:9]), ("b", sentences[9:])):
        (tmp_path / f"{name}.tagged").write_text("\n".join(part))
    return [str(tmp_path / f"{name}.tagged") for name in ("a", "b")]


def config(**settings: Any) -> TaggerConfig:
    parts = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    return TaggerConfig.from_settings({**parts, "batch_size": 2, **settings})


def batches(corpus: Corpus | StreamedCorpus, **settings: Any) -> TaggerBatches:
    return _prepared(corpus, config(**settings), None, {})[1]


def streamed(paths: Sequence[str], shuffle_buffer: int) -> StreamedCorpus:
    return stream_corpus(paths, shuffle_buffer=shuffle_buffer)


def words_of(corpus: StreamedCorpus, batch: Batch) -> Counter[str]:
    """The words of a batch in which none is hidden."""
    extractor = _prepared(corpus, config(), None, {})[0].extractor
    return Counter(extractor.words.decode(int(number)) for number in batch.token_ids[batch.mask])


def equal(one: Batch, other: Batch) -> bool:
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("token_ids", "feature_ids", "tag_ids", "mask"))
    return all(torch.equal(*pair) for pair in pairs)


def test_blocks_come_in_the_order_of_the_files_and_their_sentences_in_another_each_time(paths: list[str]) -> None:
    corpus = streamed(paths, 6)
    made = batches(corpus, unknown_word_rate=0.0)
    orders = []
    for epoch in (1, 2):
        found = [words_of(corpus, batch) for batch in made.after(epoch, 0)]
        for number in range(4):  # of 6, 6, 6 and 5 sentences, 2 in a batch
            expected = Counter(token for one in corpus.train.read(number) for token in one.tokens)
            assert sum(found[3 * number : 3 * number + 3], Counter()) == expected
        orders.append([sorted(words) for words in found])
    assert orders[0] != orders[1]


@pytest.mark.parametrize("settings", [{}, {"augmentation": 0.5}, {"r_drop": 0.5}], ids=str)
def test_one_block_is_as_good_as_memory(paths: list[str], settings: dict[str, Any]) -> None:
    one, other = batches(streamed(paths, 23), **settings), batches(load_corpus(paths, test=0), **settings)
    for epoch in (1, 2):
        pairs = list(zip(one.after(epoch, 0), other.after(epoch, 0), strict=True))
        assert all(itertools.starmap(equal, pairs))
    assert one.number_per_epoch() == other.number_per_epoch() == len(pairs)
    assert (one.carried, other.carried) == ({}, {})


@pytest.mark.parametrize("settings", [{}, {"augmentation": 0.5}], ids=str)
def test_after_a_halt_no_block_is_read_twice_but_the_one_at_hand(paths: list[str], settings: dict[str, Any]) -> None:
    corpus = streamed(paths, 6)
    whole = batches(corpus, **settings)
    expected, places = [], []
    for batch in whole.after(2, 0):
        expected.append(batch)
        places.append(dict(whole.carried))
    assert len(expected) == whole.number_per_epoch()
    for steps, place in enumerate(places, start=1):
        read: list[int] = []
        sentences = TrainingSentences.of(corpus)
        again = batches(corpus, **settings)
        again._sentences = replace(sentences, read=_noted(sentences, read))
        again.carried.update(place)
        pairs = list(zip(again.after(2, steps), expected[steps:], strict=True))
        assert all(itertools.starmap(equal, pairs))
        assert read == list(range(int(place["block"]), 4))


def _noted(sentences: TrainingSentences, read: list[int]) -> Any:
    def note(number: int) -> Sequence[Sentence]:
        read.append(number)
        return sentences.read(number)

    return note


@pytest.mark.parametrize(("augmentation", "long"), [(0.0, False), (0.3, False), (0.0, True)])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 16])
def test_the_number_of_batches_is_known_before(
    paths: list[str], batch_size: int, long: bool, augmentation: float
) -> None:
    if long:  # a sentence that is cut, and one that leaves little room for others
        Path(paths[0]).write_text("a/X " * 16_400 + "\nb/Y\n" + "c/Z " * 1000)
    for size in (5, 7, 100):
        made = batches(streamed(paths, size), batch_size=batch_size, augmentation=augmentation)
        assert made.number_per_epoch() == pytest.approx(sum(1 for _ in made.after(1, 0)), abs=3 * long)


def test_words_of_all_blocks_and_of_their_copies(paths: list[str]) -> None:
    corpus = streamed(paths, 6)
    sentences = TrainingSentences.of(corpus)
    words = TrainingWords.of(sentences, 0.5, "1 0", ())
    copies = list(_copies(sentences))
    assert len(copies) == 22  # half of each block in lower case, and half with other signs
    assert words.copied == Counter(token for one in copies for token in one.tokens)
    tagger, _ = _prepared(corpus, config(), None, {})
    expected = [0] * len(tagger.extractor.words)
    for one in (*corpus.part("train"), *copies):
        for token in one.tokens:
            expected[tagger.extractor.token_id(token)] += 1
    assert words.frequency(tagger.extractor).tolist() == expected


def _copies(sentences: TrainingSentences) -> Iterator[Sentence]:
    for number, size in enumerate(sentences.sizes):
        yield from sentences.augmented(number, 0.5, "1 0", ())[size.sentences :]
