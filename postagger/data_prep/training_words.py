"""TrainingWords: how often training has each word, in the corpus and in what augmentation makes of it."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from postagger.data_prep.augmentation import SIGNS
from postagger.data_prep.bounded_counts import BoundedCounts
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.streamed_corpus import MOST_PAIRS
from postagger.data_prep.training_sentences import TrainingSentences


@dataclass(frozen=True)
class TrainingWords:
    """own: of the sentences. copied: of their changed copies, empty where there are none."""

    own: Mapping[str, int]
    copied: Mapping[str, int]

    @classmethod
    def of(cls, sentences: TrainingSentences, rate: float, seed: str, tagset: Container[str]) -> "TrainingWords":
        """rate, seed: of the augmentation, for which all blocks are read once more."""
        copied: BoundedCounts[str] = BoundedCounts(MOST_PAIRS)
        for number, size in enumerate(sentences.sizes) if rate else ():
            for copy in sentences.augmented(number, rate, seed, tagset)[size.sentences :]:
                copied.update(copy.tokens)
        return cls(sentences.counts.words(), copied.counts)

    def known(self, min_count: int) -> Counter[str]:
        """What the network shall know, each so often: beside the words of the sentences, the signs of the copies."""
        known = Counter(self.own)
        known.update(SIGNS * min_count if self.copied else ())
        return known

    def frequency(self, extractor: FeatureExtractor) -> Tensor:
        """How often training has the word of each id. [V]."""
        ids = [extractor.token_id(word) for counts in (self.own, self.copied) for word in counts]
        numbers = [*self.own.values(), *self.copied.values()]
        frequency = torch.zeros(len(extractor.words), dtype=torch.long)
        return frequency.index_add_(0, torch.tensor(ids, dtype=torch.long), torch.tensor(numbers, dtype=torch.long))
