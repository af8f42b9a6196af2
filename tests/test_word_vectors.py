import numpy as np
import pytest
import torch

from postagger.data_prep.vocabulary import Vocabulary
from postagger.data_prep.word_vectors import word_classes, word_vectors


def ids(vocabulary: Vocabulary, text: str) -> list[np.ndarray]:
    return [np.array([vocabulary.encode(word) for word in line.split()]) for line in text.splitlines()]


TEXT = "the dog barks\nthe cat barks\na dog runs\na cat runs\nwe eat it\nwe see it\nyou eat them\nyou see them"
WORDS = Vocabulary(sorted(set(TEXT.split())))


def vector(vectors: torch.Tensor, word: str) -> torch.Tensor:
    return vectors[WORDS.encode(word)]


def test_words_with_the_same_neighbours_have_the_same_vector() -> None:
    vectors = word_vectors(ids(WORDS, TEXT), len(WORDS), 6)
    assert vectors.shape == (len(WORDS), 6)
    assert vectors[0].tolist() == [0.0] * 6  # padding
    assert vectors[1].tolist() == [0.0] * 6  # the unknown word does not occur
    assert vectors[2:].norm(dim=1).tolist() == pytest.approx([1.0] * len(WORDS.symbols), abs=1e-5)
    assert vector(vectors, "dog") @ vector(vectors, "cat") > 0.99
    assert vector(vectors, "eat") @ vector(vectors, "see") > 0.99
    assert abs(vector(vectors, "dog") @ vector(vectors, "see")) < 0.1


def test_one_neighbour_counts_as_the_formula_says() -> None:
    # "a b" twice: of two pairs at place +1, both are (a, b), and b stands beside padding.
    vectors = word_vectors(ids(Vocabulary("ab"), "a b\na b"), 4, 2)
    assert vectors.isfinite().all()
    assert torch.allclose(vectors[2:].norm(dim=1), torch.ones(2), atol=1e-5)


def test_the_company_across_sentences_does_not_count() -> None:
    apart = word_vectors(ids(WORDS, TEXT), len(WORDS), 6)
    backwards = word_vectors(ids(WORDS, TEXT)[::-1], len(WORDS), 6)
    assert torch.allclose(apart @ apart.T, backwards @ backwards.T, atol=1e-4)


def test_more_numbers_than_there_is_to_tell_are_zero() -> None:
    assert word_vectors(ids(Vocabulary("ab"), "a b"), 4, 50, num_contexts=4).shape == (4, 50)


def test_frequent_words_are_classes_of_their_own_and_the_others_clusters() -> None:
    vectors = torch.tensor([[0.0, 0], [0, 0], [1, 0], [5, 5], [5, 5.1], [-5, 5], [-5, 5.1]])
    classes = word_classes(vectors, 3, 2).tolist()
    assert classes[:3] == [0, 1, 2]
    assert classes[3] == classes[4] != classes[5] == classes[6]
    assert set(classes[3:]) == {3, 4}


def test_a_small_vocabulary_needs_no_clusters() -> None:
    assert word_classes(torch.zeros(3, 2), 1000, 300).tolist() == [0, 1, 2]
    assert word_classes(torch.eye(4), 3, 300).tolist() == [0, 1, 2, 3]
