import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep import sentence_parts
from postagger.data_prep.letter_case import is_caseless
from postagger.data_prep.sentence_groups import sentence_groups
from postagger.data_prep.sentence_parts import Part, by_parts
from postagger.tagger import Tagger

LETTERS = list("abcdefghijkl")


@contextlib.contextmanager
def small_sizes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_parts, "PIECE", 3)
        patch.setattr(sentence_parts, "CONTEXT", 2)
        patch.setattr(sentence_parts, "TOKENS_TOGETHER", 12)
        yield


@pytest.fixture
def small_parts() -> Iterator[None]:
    with small_sizes():
        yield


def parts_of(sentences: Sequence[Sequence[str]]) -> list[Part]:
    return list(by_parts(sentences, lambda part: part))


def words_of(part: Part) -> list[str]:
    return ["".join(tokens) for tokens in part.sentences]


def own_of(part: Part) -> str:
    tokens = np.array(list(itertools.chain.from_iterable(part.sentences)), dtype=object)
    return "".join(part.of_own(tokens))


def test_usual_sentences_are_one_part() -> None:
    sentences = [["The", "dog"], [], ["barks"]]
    (part,) = parts_of(sentences)
    assert part.sentences is sentences
    assert (part.caseless, own_of(part)) == (None, "Thedogbarks")
    (none,) = parts_of([])
    assert none.sentences == []


@pytest.mark.usefixtures("small_parts")
def test_a_long_sentence_is_read_in_pieces_with_context() -> None:
    first, second, third = parts_of([["x"], LETTERS[:9], ["y", "z"]])
    assert (words_of(first), own_of(first)) == (["x", "abcde"], "xabc")
    assert (words_of(second), own_of(second)) == (["bcdefgh", "efghi"], "defghi")
    assert (words_of(third), own_of(third)) == (["yz"], "yz")


@pytest.mark.usefixtures("small_parts")
def test_the_pieces_of_a_sentence_have_its_kind_of_capitals() -> None:
    tokens = ["The", *LETTERS]
    assert is_caseless(LETTERS)
    assert not is_caseless(["The", "longer", *LETTERS])
    assert {kind for part in parts_of([["The", "longer", *LETTERS]]) for kind in part.caseless or ()} == {False}
    assert {kind for part in parts_of([LETTERS, tokens[1:]]) for kind in part.caseless or ()} == {True}


@given(st.lists(st.integers(0, 30), max_size=9))
def test_every_token_is_asked_about_once_and_in_order(lengths: list[int]) -> None:
    names = map(chr, itertools.count(0x4E00))
    sentences = [tuple(itertools.islice(names, length)) for length in lengths]
    with small_sizes():
        parts = parts_of(sentences)
    assert "".join(map(own_of, parts)) == "".join(itertools.chain.from_iterable(sentences))
    assert all(sum(map(len, part.sentences)) <= 12 or len(part.sentences) == 1 for part in parts)


def out_of_memory_above(most: int, error: Exception, judge: Callable[..., Any]) -> Callable[..., Any]:
    """As judge, but only of so many sentences."""

    def refusing(part: Part) -> Any:
        if len(part.sentences) > most:
            raise error
        return judge(part)

    return refusing


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")])
def test_what_is_too_large_for_memory_is_halved(error: Exception) -> None:
    sentences = [["a", "b"], [], ["c"], LETTERS, ["d"]]
    assert [own_of(part) for part in parts_of(sentences)] == ["abcabc", "def", "ghijkl", "d"]
    halved = by_parts(sentences, out_of_memory_above(1, error, lambda part: (words_of(part), own_of(part))))
    assert [own for _, own in halved] == ["ab", "", "c", "abc", "def", "ghi", "jkl", "d"]
    with pytest.raises(type(error)):
        list(by_parts([["a"]], out_of_memory_above(0, error, own_of)))


def test_another_error_is_no_reason_to_try_again() -> None:
    tried = []

    def judge(part: Part) -> None:
        tried.append(part)
        raise RuntimeError("mat1 and mat2 must have the same dtype")

    with pytest.raises(RuntimeError, match="mat1"):
        list(by_parts([["a"], ["b"]], judge))
    assert len(tried) == 1


def test_a_tagger_whose_network_has_too_little_memory_tags_as_ever(small_tagger: Tagger) -> None:
    sentences = [["the", "dog", str(number)][: number % 4] for number in range(50)]
    right = small_tagger.tag_sents(sentences), small_tagger.predict(sentences)
    scorer: Any = small_tagger.weights.scorer()
    group, sizes = scorer._group, []

    def small_group(table: np.ndarray, rows: np.ndarray, *more: Any) -> np.ndarray:
        sizes.append(len(rows))
        if len(rows) > 20:
            raise MemoryError
        return group(table, rows, *more)  # type: ignore[no-any-return]

    scorer._group = small_group
    try:
        assert small_tagger.tag_sents(sentences) == right[0]
        told = small_tagger.predict(sentences)
    finally:
        del scorer._group
    assert [one.tags for one in told] == [one.tags for one in right[1]]
    assert [one.confidences for one in told] == [pytest.approx(one.confidences) for one in right[1]]
    assert max(sizes) > 20


class Tokens(Sequence[str]):
    """A sequence that cannot be cut."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, place: Any) -> Any:
        assert isinstance(place, int)
        return self._tokens[place]


def test_a_long_sentence_gets_the_tags_that_it_has_as_a_whole(
    small_tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["The", "the", "dog", "Dogs", "bark", "barks", "at", "old", ".", "!", "Run", "zebra", "www.dog.com", "7"]
    tokens = random.Random(0).choices(words, k=3000)
    sentences = [["Run", "!"], tokens, [], ["the", "dog"]]
    universal = small_tagger.with_tags(tagset="universal", allowed={"dog": ["VERB"]})

    def everything() -> list[Any]:
        return [
            small_tagger.tag_sents(sentences),
            universal.tag_sents(sentences),
            [one.tags for one in small_tagger.predictions(sentences)],
            [
                [[tag for tag, _ in token] for token in one.alternatives]
                for one in small_tagger.predict(sentences, alternatives=1)
            ],
            [one.tags for one in small_tagger.best_sequences(tokens, 1)],
        ]

    monkeypatch.setattr(sentence_parts, "PIECE", 500)
    monkeypatch.setattr(sentence_parts, "CONTEXT", 200)
    monkeypatch.setattr(sentence_parts, "TOKENS_TOGETHER", 2000)
    in_pieces, probabilities = everything(), small_tagger.probabilities(sentences)
    assert small_tagger.tag(Tokens(tokens)) == in_pieces[0][1]
    monkeypatch.setattr(sentence_parts, "PIECE", 1 << 20)
    monkeypatch.setattr(sentence_parts, "TOKENS_TOGETHER", 1 << 20)
    assert everything() == in_pieces
    for one, other in zip(probabilities, small_tagger.probabilities(sentences), strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max(initial=0) < 1e-5


def test_a_group_of_long_sentences_is_full_before_a_group_of_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postagger.data_prep.sentence_groups.TOKENS_TOGETHER", 10)
    lengths = [3, 3, 3, 3, 1, 20, 10, 0, 9, 1]
    groups = sentence_groups(["x"] * length for length in lengths)
    assert [list(map(len, group)) for group in groups] == [[3, 3, 3, 3], [1, 20], [10], [0, 9, 1]]
