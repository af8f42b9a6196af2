"""Word, affix, shape and character embeddings -> one vector per token."""

import torch
from torch import Tensor, nn

from postagger.models.tuned_embedding import TunedEmbedding


class WordEncoder(nn.Module):
    """The vector of a token: the embeddings of its word, its surface features and its characters, side by side.

    vocab_size V, embedding_dim E of words; feature_vocab_size and feature_dim of each of the num_features F surface
    features, which share one table of embeddings; character_vocab_size and character_dim of the character network,
    which is left out where the size is 0.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        *,
        feature_vocab_size: int = 0,
        feature_dim: int = 0,
        num_features: int = 0,
        character_vocab_size: int = 0,
        character_dim: int = 0,
    ) -> None:
        super().__init__()
        self.words: nn.Embedding | TunedEmbedding = _embedding(vocab_size, embedding_dim)
        self.features = _embedding(feature_vocab_size, feature_dim) if num_features else None
        self.characters = CharacterEncoder(character_vocab_size, character_dim) if character_vocab_size else None
        self.output_size = embedding_dim + num_features * feature_dim + (character_dim if self.characters else 0)

    def forward(self, token_ids: Tensor, feature_ids: Tensor, character_ids: Tensor | None = None) -> Tensor:
        """token_ids [B, T], feature_ids [B, T, F], character_ids [B, T, C] or None -> [B, T, output_size]."""
        parts = [self.words(token_ids)]
        if self.features is not None:
            parts.append(self.features(feature_ids).flatten(start_dim=2))  # [B, T, F, E] -> [B, T, F * E]
        if self.characters is not None and character_ids is not None:
            parts.append(self.characters(character_ids))
        return torch.cat(parts, dim=-1)


class CharacterEncoder(nn.Module):
    """A convolution over three characters and the largest value of each channel.

    After C. dos Santos and B. Zadrozny, 2014, "Learning Character-level Representations for Part-of-Speech Tagging".
    """

    def __init__(self, vocab_size: int, output_size: int) -> None:
        super().__init__()
        self.embedding = _embedding(vocab_size, output_size)
        self.convolution = nn.Conv1d(output_size, output_size, kernel_size=3, padding=1)

    def forward(self, character_ids: Tensor) -> Tensor:
        """character_ids [B, T, C], 0 after the end of a word -> [B, T, output_size]."""
        flat = character_ids.flatten(end_dim=1)  # [B * T, C]
        windows = self.convolution(self.embedding(flat).transpose(1, 2))  # [B * T, E, C]
        # Padding characters must never be the largest; a padding token has nothing else, and gets zeros.
        padding = (flat == 0)[:, None]
        largest = windows.masked_fill(padding, float("-inf")).amax(dim=2)
        largest = largest.masked_fill(padding.all(dim=2), 0.0)
        return torch.relu(largest).view(*character_ids.shape[:2], -1)


def _embedding(vocab_size: int, size: int) -> nn.Embedding:
    """Drawn uniformly from -0.3 to 0.3, with zeros for padding.

    torch's own draw, normal with deviation 1, drowns what little a rare word teaches: such taggers are clearly worse.
    """
    embedding = nn.Embedding(vocab_size, size, padding_idx=0)
    with torch.no_grad():
        embedding.weight[1:].uniform_(-0.3, 0.3)
    return embedding
