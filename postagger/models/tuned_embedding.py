"""Embeddings learnt elsewhere, and what a task adds to them."""

import torch
from torch import Tensor, nn


class TunedEmbedding(nn.Module):
    """Fixed vectors of words, plus a learnt difference for the words of the task; the others share one difference.

    vectors [U, E]: fixed, row 1 stands for any word that has none. vector_rows [V]: the row of each token id.
    is_tuned [V] bool: the ids that have a difference of their own; the others share that of id 1. Id 0 is padding and
    always zeros. Ids from V to 2 V - 1 mean the same words with their own difference hidden: so a network learns what
    to make of words that have a vector and were never seen with a tag.
    """

    vectors: Tensor
    vector_rows: Tensor
    difference_rows: Tensor

    def __init__(self, vectors: Tensor, vector_rows: Tensor, is_tuned: Tensor) -> None:
        super().__init__()
        shared = torch.ones_like(vector_rows)
        shared[0] = 0
        own = torch.where(is_tuned, is_tuned.cumsum(0) + 1, shared)
        self.register_buffer("vectors", vectors.detach().clone())
        self.register_buffer("vector_rows", vector_rows.repeat(2))
        self.register_buffer("difference_rows", torch.cat([own, shared]))
        self.differences = nn.Embedding(int(own.max()) + 1, vectors.shape[1], padding_idx=0)
        nn.init.zeros_(self.differences.weight)

    def forward(self, token_ids: Tensor) -> Tensor:
        """token_ids [B, T] -> [B, T, E]."""
        differences: Tensor = self.differences(self.difference_rows[token_ids])
        return self.vectors[self.vector_rows[token_ids]] + differences

    def merged(self) -> nn.Embedding:
        """One plain table that gives the same vectors for the ids below V."""
        with torch.no_grad():
            weight = self(torch.arange(len(self.vector_rows) // 2, device=self.vectors.device))
        table = nn.Embedding(len(weight), weight.shape[1], padding_idx=0)
        table.weight.data = weight
        return table
