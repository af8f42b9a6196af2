"""Every token that is judged, with what gold and tagger say of it: what all scores are counted on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.prediction import Prediction

Flags = npt.NDArray[np.bool_]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class JudgedTokens:
    """S sentences and their N tokens, one after the other.

    right [N]. known [N]: whether training had the word, as it is spelt; None where nothing is known of the training.
    confidences [N]: None where the tagger tells none. offsets [S + 1]: where each sentence begins, and N.
    """

    sentences: Sequence[Sentence]
    predictions: Sequence[Prediction]
    words: list[str]
    gold: list[str]
    predicted: list[str]
    right: Flags
    known: Flags | None
    confidences: npt.NDArray[np.float64] | None
    offsets: Offsets

    @classmethod
    def of(
        cls, sentences: Sequence[Sentence], predictions: Sequence[Prediction], lexicon: Lexicon | None, corpus: str
    ) -> "JudgedTokens":
        """Line up gold and predicted tags.

        Raises:
            CorpusError: there is no token to judge.
            ValueError: the two differ in length.
        """
        lengths = list(map(len, sentences))
        predicted_lengths = [len(prediction.tags) for prediction in predictions]
        if not sum(lengths):
            raise CorpusError(
                f"{corpus or 'corpus'}: expected tagged sentences to judge, got none; choose another part"
            )
        if lengths != predicted_lengths:
            raise ValueError(
                f"expected a predicted tag for each of {sum(lengths)} tokens, got {sum(predicted_lengths)}"
            )
        words = [token for sentence in sentences for token in sentence.tokens]
        gold = [tag for sentence in sentences for tag in sentence.tags]
        predicted = [tag for prediction in predictions for tag in prediction.tags]
        confidences = np.array([one for prediction in predictions for one in prediction.confidences], dtype=np.float64)
        return cls(
            sentences,
            predictions,
            words,
            gold,
            predicted,
            right=np.array([tag == other for tag, other in zip(gold, predicted, strict=True)]),
            known=None if lexicon is None else np.array([word in lexicon for word in words]),
            confidences=confidences if len(confidences) == len(words) else None,
            offsets=np.cumsum([0, *lengths]),
        )

    def __len__(self) -> int:
        return len(self.words)

    @property
    def accuracy_known(self) -> float | None:
        """Of the known words; None of none, or where nothing is known of the training."""
        return None if self.known is None else _mean(self.right[self.known])

    @property
    def accuracy_unknown(self) -> float | None:
        """Of the unknown words; None of none, or where nothing is known of the training."""
        return None if self.known is None else _mean(self.right[~self.known])

    @property
    def wrong(self) -> list[int]:
        """The numbers of the tokens whose tag is wrong."""
        numbers: list[int] = np.flatnonzero(~self.right).tolist()
        return numbers

    def place(self, number: int) -> tuple[int, int]:
        """The sentence of a token, and its place in there, both from 0."""
        sentence = int(np.searchsorted(self.offsets, number, side="right")) - 1
        return sentence, number - int(self.offsets[sentence])

    def by_sentence(self) -> Iterator[tuple[Sentence, Prediction]]:
        """Each sentence with its prediction."""
        return zip(self.sentences, self.predictions, strict=True)


def _mean(right: Flags) -> float | None:
    return float(right.mean()) if right.size else None
