"""One-hot or embedding -> recurrent layers -> log-probabilities of the next character."""

import torch
from torch import Tensor, nn

from postagger.models.from_scratch import State
from postagger.models.losses import linear_nll_loss
from postagger.models.recurrent import Recurrent


class LanguageModel(nn.Module):
    """Scores every symbol as the next one, at every step.

    T. Mikolov et al., 2010, "Recurrent neural network based language model".

    vocab_size V. embedding_dim E; 0 for one-hot input, for which the recurrent layers must have an input_size of V.
    tied: the output layer uses the embedding's weights, for which E must be H (O. Press and L. Wolf, 2017, "Using the
    Output Embedding to Improve Language Models"). input_dropout stands on the embeddings, output_dropout on what the
    recurrent layers make of them; each drops the same units at all steps of a window (Y. Gal and Z. Ghahramani, 2016,
    "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks").
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int,
        recurrent: Recurrent,
        *,
        tied: bool = False,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim) if embedding_dim else None
        self.input_dropout = WindowDropout(input_dropout)
        self.recurrent = recurrent
        self.output_dropout = WindowDropout(output_dropout)
        self.output = nn.Linear(recurrent.output_size, vocab_size)
        if self.embedding is None:
            recurrent.store_columns_together()
        else:
            # A small start, as for words: torch's own draw, normal with deviation 1, is learnt from more slowly.
            nn.init.uniform_(self.embedding.weight, -0.3, 0.3)
            if tied:
                self.output.weight = self.embedding.weight

    def forward(self, ids: Tensor, initial_state: State | None = None) -> tuple[Tensor, State]:
        """Ids [B, T] and the state before them -> log_probs [B, T, V] and the state after them.

        States are the recurrent layers' (see Recurrent.forward_from).
        """
        hidden, state = self.hidden(ids, initial_state)
        logits: Tensor = self.output(self.output_dropout(hidden))
        # float32: a log-probability in bfloat16 has two digits.
        return logits.log_softmax(dim=-1, dtype=torch.float32), state

    def loss(self, ids: Tensor, targets: Tensor, initial_state: State | None = None) -> tuple[Tensor, Tensor, State]:
        """Ids [B, T], the targets [B, T] that follow each, and the state before them -> (sum in nats, count, state)."""
        hidden, state = self.hidden(ids, initial_state)
        total, count = linear_nll_loss(self.output_dropout(hidden), self.output.weight, self.output.bias, targets)
        return total, count, state

    def hidden(self, ids: Tensor, initial_state: State | None = None) -> tuple[Tensor, State]:
        """Ids [B, T] and the state before them -> hidden [B, T, H] and the state after them."""
        embedded = ids if self.embedding is None else self.input_dropout(self.embedding(ids))
        return self.recurrent.forward_from(embedded, initial_state)


class BothDirections(nn.Module):
    """Two models that share nothing: one reads forward, the other backward, each predicts from its own side only."""

    def __init__(self, forward_model: LanguageModel, backward_model: LanguageModel) -> None:
        super().__init__()
        self.forward_model = forward_model
        self.backward_model = backward_model


class WindowDropout(nn.Module):
    """Sets each unit of [B, T, H] to 0 with a probability, at all steps of a window alike, and makes up for it."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, values: Tensor) -> Tensor:
        """Values [B, T, H], as they are outside of training."""
        if not self.training or not self.probability:
            return values
        keep = 1 - self.probability
        mask = torch.empty(values.shape[0], 1, values.shape[2], device=values.device).bernoulli_(keep)
        return values * (mask / keep).to(values.dtype) if keep else torch.zeros_like(values)


def start_small(network: LanguageModel) -> None:
    """Draw all weights anew, normally with a deviation of 0.01, and set the biases to 0, as the lessons do by hand."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.01)
            else:
                parameter.zero_()
