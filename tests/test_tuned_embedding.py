import torch

from conftest import gradient
from postagger.models.tuned_embedding import TunedEmbedding


def example() -> TunedEmbedding:
    """Five ids: padding, unknown, two words with vectors (one of them tuned), one tuned word without."""
    vectors = torch.tensor([[0.0, 0], [1, 1], [2, 2], [3, 3]])
    embedding = TunedEmbedding(vectors, torch.tensor([0, 1, 2, 3, 1]), torch.tensor([False, False, True, False, True]))
    with torch.no_grad():
        embedding.differences.weight[1:] = torch.tensor([[0.1, 0], [0.2, 0], [0.3, 0]])
    return embedding


def test_a_word_is_its_vector_and_its_difference() -> None:
    embedded = example()(torch.tensor([[0, 1, 2, 3, 4]]))
    expected = torch.tensor([[[0.0, 0], [1.1, 1], [2.2, 2], [3.1, 3], [1.3, 1]]])
    assert torch.allclose(embedded, expected)


def test_ids_above_mean_the_same_words_with_their_differences_hidden() -> None:
    embedded = example()(torch.tensor([[5, 6, 7, 8, 9]]))
    assert torch.allclose(embedded, torch.tensor([[[0.0, 0], [1.1, 1], [2.1, 2], [3.1, 3], [1.1, 1]]]))


def test_it_begins_with_the_vectors_alone() -> None:
    vectors = torch.rand(3, 4)
    embedding = TunedEmbedding(vectors, torch.arange(3), torch.tensor([False, False, True]))
    assert torch.equal(embedding(torch.tensor([[1, 2]])), vectors[None, 1:])


def test_only_differences_learn() -> None:
    embedding = example()
    embedding(torch.tensor([[2, 2, 3, 0]])).sum().backward()
    assert [name for name, _ in embedding.named_parameters()] == ["differences.weight"]
    assert gradient(embedding.differences.weight).tolist() == [[0, 0], [1, 1], [2, 2], [0, 0]]


def test_merged_gives_the_same_vectors_from_one_table() -> None:
    embedding = example()
    ids = torch.tensor([[0, 1, 2, 3, 4]])
    merged = embedding.merged()
    assert merged.weight.shape == (5, 2)
    assert torch.equal(merged(ids), embedding(ids))
