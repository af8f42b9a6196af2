"""Words by the company they keep: vectors from counted neighbours, and classes of like vectors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from postagger.data_prep.vocabulary import Vocabulary

if TYPE_CHECKING:
    import scipy.sparse

_OFFSETS = (-2, -1, 1, 2)
_CONTEXT_POWER = 0.75


def word_vectors(word_ids: Sequence[np.ndarray], vocab_size: int, size: int, *, num_contexts: int = 3000) -> Tensor:
    """A vector of length 1 for each word that occurs: [V, size], zeros for the others.

    word_ids: the ids of each sentence's words; the lower an id, the more frequent its word (as a Vocabulary built on
    these sentences numbers them), and the num_contexts lowest ids are told apart as neighbours.

    Positive pointwise mutual information with the neighbours at each of the places -2, -1, 1, 2, whose frequencies are
    raised to 0.75 so that rare ones weigh less, and a truncated singular value decomposition (O. Levy, Y. Goldberg and
    I. Dagan, 2015, "Improving Distributional Similarity with Lessons Learned from Word Embeddings").
    """
    import scipy.sparse
    from sklearn.utils.extmath import randomized_svd

    # Between sentences stands padding, as far as the furthest neighbour reaches.
    gap = np.zeros(max(_OFFSETS), dtype=np.int64)
    stream = np.concatenate([gap, *(part for ids in word_ids for part in (ids, gap))])
    association = scipy.sparse.hstack([_association(stream, offset, vocab_size, num_contexts) for offset in _OFFSETS])
    size_there = min(size, min(association.shape))
    left, strengths, _ = randomized_svd(association.tocsr(), size_there, n_iter=3, random_state=0)
    vectors = np.zeros((vocab_size, size), dtype=np.float32)
    vectors[:, :size_there] = left * np.sqrt(strengths)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-9)
    vectors[Vocabulary.pad_id] = 0.0
    return torch.from_numpy(vectors)


def _association(stream: np.ndarray, offset: int, vocab_size: int, num_contexts: int) -> "scipy.sparse.spmatrix":
    """Positive pointwise mutual information of each word with the neighbour at one place: [V, num_contexts], sparse."""
    import scipy.sparse

    words = stream[max(0, -offset) : len(stream) - max(0, offset)]
    neighbours = stream[max(0, offset) : len(stream) + min(0, offset)]
    neighbours = np.where(neighbours < num_contexts, neighbours, Vocabulary.unk_id)
    real = words != Vocabulary.pad_id
    ones = np.ones(int(real.sum()))
    counts = scipy.sparse.coo_matrix((ones, (words[real], neighbours[real])), shape=(vocab_size, num_contexts))
    counts.sum_duplicates()
    of_word = np.bincount(counts.row, counts.data, vocab_size)
    of_neighbour = np.bincount(counts.col, counts.data, num_contexts) ** _CONTEXT_POWER
    information = np.log(counts.data * of_neighbour.sum() / (of_word[counts.row] * of_neighbour[counts.col]))
    kept = information > 0
    return scipy.sparse.coo_matrix((information[kept], (counts.row[kept], counts.col[kept])), shape=counts.shape)


def word_classes(vectors: Tensor, num_frequent: int, num_clusters: int) -> Tensor:
    """A class for each word, so that a network can predict words by a short softmax: [V].

    The words with the lowest ids, num_frequent of them, are classes of their own; the others are put into clusters of
    like vectors by k-means. vectors [V, E].
    """
    from sklearn.cluster import MiniBatchKMeans

    num_frequent = min(num_frequent, len(vectors))
    classes = torch.arange(num_frequent)
    rest = vectors[num_frequent:].numpy()
    if not len(rest):
        return classes
    clustering = MiniBatchKMeans(min(num_clusters, len(rest)), random_state=0, n_init=1, batch_size=4096).fit(rest)
    return torch.cat([classes, torch.from_numpy(clustering.labels_).long() + num_frequent])
