import pytest

from postagger.data_prep.sentence import Sentence


def test_as_many_tags_as_tokens() -> None:
    with pytest.raises(ValueError, match="a tag for each of 2 tokens, got 1 tags"):
        Sentence(("a", "b"), ("DT",))


def test_from_pairs() -> None:
    sentence = Sentence.from_pairs([("a", "DT"), ("dog", "NN")])
    assert sentence == Sentence(("a", "dog"), ("DT", "NN"))
    assert len(sentence) == 2
