"""Word encoder -> recurrent layers -> log-probabilities of the tags."""

from torch import Tensor, nn

from postagger.models.dropout import Dropout
from postagger.models.recurrent import Recurrent
from postagger.models.word_encoder import WordEncoder


class SequenceTagger(nn.Module):
    """Scores every tag for every token of a batch of sentences.

    input_dropout stands on the word vectors, output_dropout on what the recurrent layers make of them.
    """

    def __init__(
        self,
        word_encoder: WordEncoder,
        recurrent: Recurrent,
        num_tags: int,
        *,
        input_dropout: float = 0.0,
        output_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.word_encoder = word_encoder
        self.input_dropout = Dropout(input_dropout)
        self.recurrent = recurrent
        self.output_dropout = Dropout(output_dropout)
        self.output = nn.Linear(recurrent.output_size, num_tags)

    def forward(self, token_ids: Tensor, feature_ids: Tensor, character_ids: Tensor | None, lengths: Tensor) -> Tensor:
        """Ids [B, T], [B, T, F], [B, T, C] or None and lengths [B] -> log_probs [B, T, K]."""
        embedded = self.input_dropout(self.word_encoder(token_ids, feature_ids, character_ids))
        hidden = self.output_dropout(self.recurrent(embedded, lengths))
        logits: Tensor = self.output(hidden)
        return logits.log_softmax(dim=-1)
