"""Word encoder -> recurrent layers -> log-probabilities of the tags."""

from torch import Tensor, nn

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
        self.input_dropout = nn.Dropout(input_dropout)
        self.recurrent = recurrent
        self.output_dropout = nn.Dropout(output_dropout)
        self.output = nn.Linear(recurrent.output_size, num_tags)

    def forward(
        self, token_ids: Tensor, feature_ids: Tensor, character_ids: Tensor | None, lengths: Tensor
    ) -> Tensor:
        """Ids [B, T], [B, T, F], [B, T, C] or None and lengths [B] -> log_probs [B, T, K]."""
        embedded = self.input_dropout(self.word_encoder(token_ids, feature_ids, character_ids))
        hidden = self.output_dropout(self.recurrent(embedded, lengths))
        logits: Tensor = self.output(hidden)
        return logits.log_softmax(dim=-1)

    def tables(self, token_ids: Tensor, feature_ids: Tensor, character_ids: Tensor | None) -> list[Tensor]:
        """What is known of N words before their sentences: ids [N], [N, F], [N, C] or None -> D tables [N, G * H].

        For tagging: nothing is dropped out.
        """
        characters = None if character_ids is None else character_ids[None]
        return self.recurrent.tables(self.word_encoder(token_ids[None], feature_ids[None], characters)[0])

    def forward_rows(self, rows: Tensor, lengths: Tensor, tables: list[Tensor]) -> Tensor:
        """As forward, of rows [B, T] of the words that tables was made of -> log_probs [B, T, K]."""
        logits: Tensor = self.output(self.recurrent.forward_rows(rows, lengths, tables))
        return logits.log_softmax(dim=-1)
