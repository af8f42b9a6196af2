"""What a tagger's lower layers learn from raw text: to tell the words beside each word, and those that are hidden."""

import torch
from torch import Tensor, nn

from postagger.models.dropout import Dropout
from postagger.models.losses import linear_nll_loss
from postagger.models.recurrent import Recurrent
from postagger.models.word_encoder import WordEncoder


class NeighbourPredictor(nn.Module):
    """Predicts classes of words: the next one from the left, the one before from the right, a hidden one from both.

    The first two are a language model in each direction (M. Peters et al., 2017, "Semi-supervised sequence tagging
    with bidirectional language models"), the third a cloze test (W. Taylor, 1953). recurrent has one layer: in a
    second one each direction would have seen what it should predict.
    """

    def __init__(
        self, word_encoder: WordEncoder, recurrent: Recurrent, num_classes: int, *, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.word_encoder = word_encoder
        self.recurrent = recurrent
        self.input_dropout = Dropout(dropout)
        self.output_dropout = Dropout(dropout)
        self.next_words = nn.Linear(recurrent.hidden_size, num_classes)
        is_both = recurrent.num_directions == 2
        self.previous_words = nn.Linear(recurrent.hidden_size, num_classes) if is_both else None
        self.hidden_words = nn.Linear(recurrent.output_size, num_classes)

    def forward(
        self,
        token_ids: Tensor,
        feature_ids: Tensor,
        character_ids: Tensor | None,
        lengths: Tensor,
        classes: Tensor,
        hidden_words: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Ids [B, T], [B, T, F], [B, T, C] or None, lengths [B] -> the negative log-likelihood: (sum [], count []).

        classes [B, T]: of the true words. hidden_words [B, T] bool: what the ids hide. The three tasks weigh 1, 1 and
        as much as they have words.
        """
        embedded = self.input_dropout(self.word_encoder(token_ids, feature_ids, character_ids))
        hidden = self.output_dropout(self.recurrent(embedded, lengths))  # [B, T, D * H]
        steps = torch.arange(hidden.shape[1], device=hidden.device)
        has_next = steps[1:] < lengths[:, None]  # [B, T - 1]
        tasks = [(self.next_words, hidden[:, :-1, : self.recurrent.hidden_size][has_next], classes[:, 1:][has_next])]
        if self.previous_words is not None:
            backward = hidden[:, 1:, self.recurrent.hidden_size :][has_next]
            tasks.append((self.previous_words, backward, classes[:, :-1][has_next]))
        tasks.append((self.hidden_words, hidden[hidden_words], classes[hidden_words]))
        losses = [linear_nll_loss(states[None], head.weight, head.bias, ids[None]) for head, states, ids in tasks]
        loss = torch.stack([loss for loss, _ in losses]).sum()
        return loss, torch.stack([count for _, count in losses]).sum()
