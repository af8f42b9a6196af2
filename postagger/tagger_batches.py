"""TaggerBatches: the training batches of a tagger's epochs, block by block of its sentences."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from postagger.config import TaggerConfig
from postagger.data_prep.batching import (
    MAX_TOKENS,
    Batch,
    EncodedSentences,
    epoch_order,
    hide_words,
    training_batches,
    unknown_probability,
)
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.sentence_encoder import LONGEST, SentenceEncoder
from postagger.data_prep.sentence_stream import BlockSize
from postagger.data_prep.training_sentences import TrainingSentences
from postagger.data_prep.vocabulary import Tagset
from postagger.seeds import epoch_generator

_BETWEEN_BLOCKS = (
    2_654_435_761  # of whose multiples the lower 32 bits, which are all that torch looks at, lie far apart
)
Hide = Callable[[Batch, torch.Generator], Batch]


class TaggerBatches:
    """The sentences of a block in random order, and one block after the other.

    carried: where the run is, for its checkpoints, so that it goes on without reading the blocks before once more.
    settings: beside those of the tagger, what the order depends on.
    """

    def __init__(
        self,
        sentences: TrainingSentences,
        config: TaggerConfig,
        extractor: FeatureExtractor,
        tagset: Tagset,
        hide: Hide,
    ) -> None:
        self.carried: dict[str, Tensor] = {}
        self.settings = sentences.settings
        self._sentences, self._config, self._tagset, self._hide = sentences, config, tagset, hide
        self._encoder = SentenceEncoder(extractor, tagset)
        is_small = len(sentences.sizes) == 1 and not config.features.augmentation
        self._encoded = self._encode(0, 0) if is_small else None

    def after(self, epoch: int, steps: int) -> Iterator[Batch]:
        """The batches of an epoch, counted from 1, after so many of them."""
        first, done = self._place(steps)
        for number in range(first, len(self._sentences.sizes)):
            if len(self._sentences.sizes) > 1:
                self.carried.update(block=torch.tensor(number), steps_before_block=torch.tensor(done))
            for batch in self._batches_of(epoch, number):
                done += 1
                if done > steps:
                    yield batch

    def number_per_epoch(self) -> int:
        """How many batches an epoch has; of several blocks about so many, where long sentences make small ones."""
        return sum(self._number_of(number, size) for number, size in enumerate(self._sentences.sizes))

    def _place(self, steps: int) -> tuple[int, int]:
        """The block at hand after so many steps of an epoch, and how many of these were before it."""
        if not steps or "block" not in self.carried:
            return 0, 0
        return int(self.carried["block"]), int(self.carried["steps_before_block"])

    def _batches_of(self, epoch: int, number: int) -> Iterator[Batch]:
        generator = epoch_generator(self._config.training.seed, epoch + _BETWEEN_BLOCKS * number)
        encoded = self._encode(epoch, number) if self._encoded is None else self._encoded
        copies = 2 if self._config.features.r_drop else 1
        for batch in training_batches(encoded, self._config.training.batch_size, generator, copies=copies):
            yield self._hide(batch, generator)

    def _encode(self, epoch: int, number: int) -> EncodedSentences:
        rate, seed = self._config.features.augmentation, f"{self._config.training.seed} {epoch}"
        return self._encoder.encode(self._sentences.augmented(number, rate, seed, self._tagset))

    def _number_of(self, number: int, size: BlockSize) -> int:
        """The batches of a block: full ones, if nothing in it is too long for that, or empty; else it is looked at."""
        rate, batch_size = self._config.features.augmentation, self._config.training.batch_size
        longest = size.longest + bool(rate)  # an emoji may have been put in
        is_whole = bool(size.shortest) and longest <= LONGEST
        if is_whole and (longest * batch_size <= MAX_TOKENS or len(self._sentences.sizes) > 1):
            return -(-(size.sentences + 2 * round(rate * size.sentences)) // batch_size)
        encoded = self._encode(0, number) if self._encoded is None else self._encoded
        return len(epoch_order(encoded, batch_size, torch.Generator()))


def hiding(rate: float, seen: Tensor, raw_frequency: Tensor | None) -> Hide:
    """How the words of a training batch are hidden, so that the network learns what to make of new ones.

    seen, raw_frequency [V]: how often training and the raw text have the word of each id. With raw text there are two
    kinds of new words: such as it has, which only lack what the tags would have taught, and such as it has not either.
    """
    untagged = unknown_probability(seen, rate)
    if raw_frequency is None:
        return lambda batch, generator: hide_words(batch, untagged, generator) if rate else batch
    seen = seen.clone()
    seen[: len(raw_frequency)] += raw_frequency
    unknown = unknown_probability(seen, min(rate, 1.0))
    return lambda batch, generator: hide_words(
        hide_words(batch, untagged, generator, keep_vectors=True), unknown, generator
    )
