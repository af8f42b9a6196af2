"""TrainingSentences: the train part of a corpus as training reads it, block after block."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postagger.data_prep.augmentation import augment
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_stream import BlockSize
from postagger.data_prep.streamed_corpus import StreamedCorpus
from postagger.data_prep.tag_counts import TagCounts


@dataclass(frozen=True)
class TrainingSentences:
    """What is in memory is one block, what is streamed has many; nothing else in training tells them apart.

    counts: of all blocks. sizes: of each. read: the sentences of a block, by its number. settings: those of the
    reading on which the order of the sentences depends.
    """

    counts: TagCounts
    sizes: Sequence[BlockSize]
    read: Callable[[int], Sequence[Sentence]]
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, corpus: Corpus | StreamedCorpus) -> "TrainingSentences":
        """Those of a corpus."""
        if isinstance(corpus, StreamedCorpus):
            sizes = [block.size for block in corpus.train.blocks]
            return cls(corpus.counts, sizes, corpus.train.read, corpus.settings)
        return cls(TagCounts.of(corpus.train), [BlockSize.of(corpus.train)], lambda _: corpus.train, corpus.settings)

    def augmented(self, number: int, rate: float, seed: str, tagset: Container[str]) -> Sequence[Sentence]:
        """A block with changed copies of its sentences behind it, see augment; the first one needs no number."""
        sentences = self.read(number)
        return augment(sentences, rate, f"{seed} {number}" if number else seed, tagset) if rate else sentences
