"""Sentences block by block against all of them at once."""

import random

import numpy as np
import pytest

from conftest import SENTENCES
from postagger.data_prep import sentence_encoder
from postagger.data_prep.batching import EncodedSentences, encode
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_encoder import SentenceEncoder, pieces
from postagger.data_prep.vocabulary import Tagset

TAGSET = Tagset.build(tag for sentence in SENTENCES for tag in sentence.tags)


def made(generator: random.Random, count: int) -> list[Sentence]:
    """Sentences of words of all lengths, in all cases, some of them known."""
    known = [token for sentence in SENTENCES for token in sentence.tokens]
    sentences = []
    for _ in range(count):
        tokens = [
            generator.choice(known)
            if generator.random() < 0.5
            else "".join(generator.choices("abAB1-é", k=generator.randint(1, 40)))
            for _ in range(generator.randint(1, 8))
        ]
        change = generator.choice((str.lower, str.upper, str))
        tags = [generator.choice((*TAGSET, "unknown")) for _ in tokens]
        sentences.append(Sentence(tuple(map(change, tokens)), tuple(tags)))
    return sentences


def extractor(*, use_characters: bool, max_affix_length: int) -> FeatureExtractor:
    return FeatureExtractor.build(
        (token for sentence in SENTENCES for token in sentence.tokens),
        max_affix_length=max_affix_length,
        min_affix_count=1,
        use_characters=use_characters,
        detect_case=True,
    )


def check_equal(ours: EncodedSentences, theirs: EncodedSentences) -> None:
    """Of each token, whatever its row."""
    assert ours.offsets.tolist() == theirs.offsets.tolist()
    assert ours.tag_ids is not None
    assert theirs.tag_ids is not None
    assert ours.tag_ids.tolist() == theirs.tag_ids.tolist()
    for name in ("token_ids", "feature_ids", "character_ids"):
        our, their = getattr(ours.table, name), getattr(theirs.table, name)
        if their is None:
            assert our is None
            continue
        assert np.array_equal(our[ours.rows.numpy()], their[theirs.rows.numpy()])
        assert (our.dtype, our.shape) == (their.dtype, their.shape)
        assert not our[0].any()


@pytest.mark.parametrize("use_characters", [False, True])
@pytest.mark.parametrize("max_affix_length", [0, 3])
@pytest.mark.parametrize("most_words", [8, 1000])
def test_it_gives_what_encode_gives(
    use_characters: bool, max_affix_length: int, most_words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_encoder, "_MOST_WORDS", most_words)
    known = extractor(use_characters=use_characters, max_affix_length=max_affix_length)
    generator, encoder = random.Random(1), SentenceEncoder(known, TAGSET)
    for count in (5, 1, 40, 7, 7, 40):
        sentences = made(generator, count)
        tokens, tags = ([getattr(one, name) for one in sentences] for name in ("tokens", "tags"))
        check_equal(encoder.encode(sentences), encode(tokens, known, tags, TAGSET))


def test_nothing_but_an_empty_sentence() -> None:
    encoded = SentenceEncoder(extractor(use_characters=True, max_affix_length=2), TAGSET).encode([Sentence((), ())])
    assert (len(encoded), encoded.rows.tolist(), encoded.offsets.tolist()) == (1, [], [0, 0])


def test_pieces_are_the_whole() -> None:
    for length in (1999, 2000, 2001, 4000, 5000):
        symbols = tuple(map(str, range(length)))
        assert tuple(one for piece in pieces(symbols) for one in piece) == symbols
        assert {len(piece) for piece in pieces(symbols)[:-1]} <= {2000}
