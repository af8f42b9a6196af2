import numpy as np
import pytest
import torch

from conftest import SENTENCES
from postagger.data_prep.batching import (
    EncodedSentences,
    batches_by_length,
    bucket,
    collate,
    encode,
    hide_words,
    training_batches,
)
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.vocabulary import Tagset

TOKENS = [sentence.tokens for sentence in SENTENCES]
TAGS = [sentence.tags for sentence in SENTENCES]


def encoded() -> EncodedSentences:
    extractor = FeatureExtractor.build(token for tokens in TOKENS for token in tokens)
    return encode(TOKENS, extractor, TAGS, Tagset.build(tag for tags in TAGS for tag in tags))


def test_exact_ids_and_mask() -> None:
    # Counted, lower-cased: dog, the and "." twice... sorted by count, then by the word.
    extractor = FeatureExtractor.build(token for tokens in TOKENS for token in tokens)
    assert extractor.words.symbols == (".", "dog", "the", "!", "at", "bark", "barks", "dogs", "old", "run")
    tagset = Tagset.build(tag for tags in TAGS for tag in tags)
    assert tagset.tags == (".", "DT", "IN", "JJ", "NN", "NNS", "VB", "VBP", "VBZ")
    batch = collate(encode(TOKENS, extractor, TAGS, tagset), [2, 0])
    assert batch.token_ids.tolist() == [[11, 5, 0, 0], [4, 3, 8, 2]]
    assert batch.tag_ids is not None
    assert batch.tag_ids.tolist() == [[6, 0, 0, 0], [1, 4, 8, 0]]
    assert batch.lengths.tolist() == [2, 4]
    assert batch.mask.tolist() == [[True, True, False, False], [True, True, True, True]]
    assert batch.feature_ids.shape == (2, 4, 10)
    assert batch.feature_ids[0, 2:].abs().sum() == 0


def test_tags_never_seen_in_training_have_an_id_that_is_always_wrong() -> None:
    extractor = FeatureExtractor.build(["a"])
    batch = collate(encode([["a"]], extractor, [["XYZ"]], Tagset(["NN"])), [0])
    assert batch.tag_ids is not None
    assert batch.tag_ids.tolist() == [[-1]]


def test_without_tags_nothing_is_said_of_them() -> None:
    assert collate(encode([["a"]], FeatureExtractor.build("a")), [0]).tag_ids is None


def test_bucket_keeps_both_limits() -> None:
    lengths = np.array([1, 1, 1, 4, 4, 30])
    assert bucket(lengths, range(6), batch_size=2, max_tokens=8) == [[0, 1], [2, 3], [4], [5]]


def test_batches_by_length_hold_every_sentence_once_and_no_empty_one() -> None:
    extractor = FeatureExtractor.build("ab")
    numbers = [batch[0] for batch in batches_by_length(encode([["a"] * 3, [], ["b"], []], extractor), 1)]
    assert numbers == [[2], [0]]


def test_an_epoch_holds_every_token_once_and_little_padding() -> None:
    lengths = [1, 2, 3, 4, 5, 6, 7, 8] * 20
    extractor = FeatureExtractor.build("a")
    sentences = encode([["a"] * length for length in lengths], extractor)
    batches = list(training_batches(sentences, 8, torch.Generator().manual_seed(1)))
    assert sum(int(batch.mask.sum()) for batch in batches) == sum(lengths)
    assert len(batches) == 20
    assert sum(batch.mask.numel() for batch in batches) <= 1.1 * sum(lengths)


def test_empty_sentences_are_passed_over_in_training() -> None:
    sentences = encode([[], ["a"], []], FeatureExtractor.build("a"))
    assert [batch.lengths.tolist() for batch in training_batches(sentences, 2, torch.Generator())] == [[1]]


def test_copies_of_a_batchs_sentences_stand_one_after_the_other() -> None:
    (batch,) = training_batches(encoded(), 8, torch.Generator().manual_seed(1), copies=2)
    (once,) = training_batches(encoded(), 8, torch.Generator().manual_seed(1))
    assert batch.token_ids.tolist() == 2 * once.token_ids.tolist()
    assert batch.lengths.tolist() == 2 * once.lengths.tolist()


def test_the_order_of_an_epoch_follows_its_seed() -> None:
    def orders(seed: int) -> list[list[list[int]]]:
        return [
            batch.token_ids.tolist() for batch in training_batches(encoded(), 1, torch.Generator().manual_seed(seed))
        ]

    assert orders(3) == orders(3)
    assert any(orders(3) != orders(seed) for seed in range(4, 9))


@pytest.mark.parametrize(("probability", "expected"), [(0.0, [4, 3, 8, 2]), (1.0, [1, 1, 1, 1])])
def test_hide_words_only_touches_real_tokens(probability: float, expected: list[int]) -> None:
    batch = collate(encoded(), [0, 1])
    chances = torch.full((12,), probability)
    chances[0] = 0.0
    hidden = hide_words(batch, chances, torch.Generator().manual_seed(0))
    assert hidden.token_ids[0].tolist() == [*expected, 0, 0, 0]
    assert torch.equal(hidden.feature_ids, batch.feature_ids)


def test_hide_words_hides_as_often_as_it_is_told() -> None:
    extractor = FeatureExtractor.build("ab")
    batch = collate(encode([["a", "b"] * 5000], extractor), [0])
    hidden = hide_words(batch, torch.tensor([0.0, 0.0, 0.25, 0.0]), torch.Generator().manual_seed(0))
    assert abs(float((hidden.token_ids[0, ::2] == 1).float().mean()) - 0.25) < 0.02
    assert (hidden.token_ids[0, 1::2] == 3).all()


def test_words_of_sentences_without_telling_capitals_get_rows_of_their_own() -> None:
    sentences = [["We", "met", "Ann"], ["we", "met", "ann"], ["WE", "MET", "ANN"]]
    extractor = FeatureExtractor.build(["We", "we", "met", "Ann", "ann"], min_affix_count=1, detect_case=True)
    batch = collate(encode(sentences, extractor), [0, 1, 2])
    assert torch.equal(batch.feature_ids[1], batch.feature_ids[2])
    assert not torch.equal(batch.feature_ids[0], batch.feature_ids[1])
    plain = FeatureExtractor.build(["We", "we", "met", "Ann", "ann"], min_affix_count=1)
    batch = collate(encode(sentences, plain), [0, 1, 2])
    assert torch.equal(batch.feature_ids[0, 1], batch.feature_ids[1, 1])


def test_hidden_words_may_keep_the_vectors_of_raw_text() -> None:
    batch = collate(encoded(), [0, 1])
    chances = torch.full((12,), 1.0)
    chances[0] = 0.0
    kept = hide_words(batch, chances, torch.Generator(), keep_vectors=True)
    assert kept.token_ids[0].tolist() == [16, 15, 20, 14, 0, 0, 0]
    # Words that are unknown anyway stay so, and what was moved up can still be hidden whole.
    assert hide_words(kept, chances, torch.Generator()).token_ids[0].tolist() == [1, 1, 1, 1, 0, 0, 0]
    unknown = hide_words(batch, chances, torch.Generator())
    assert hide_words(unknown, chances, torch.Generator(), keep_vectors=True).token_ids[0, 0] == 1
