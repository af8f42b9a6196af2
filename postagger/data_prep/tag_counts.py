"""TagCounts: how often the training split has each word with each tag, which is all that vocabularies are made of."""

from collections import Counter
from collections.abc import Iterable

from postagger.data_prep.bounded_counts import BoundedCounts
from postagger.data_prep.sentence import Sentence


class TagCounts:
    """pairs: of (word, tag), in bounded memory if asked for; tags: of the tags alone, which are always exact.

    >>> counts = TagCounts()
    >>> counts.add([Sentence(("Run", "the", "run"), ("VB", "DT", "NN")), Sentence(("run",), ("VB",))])
    >>> counts.pairs.counts["run", "VB"], dict(counts.words()), dict(counts.tags)
    (1, {'Run': 1, 'the': 1, 'run': 2}, {'VB': 2, 'DT': 1, 'NN': 1})
    """

    def __init__(self, most_pairs: int | None = None) -> None:
        """most_pairs: how many different ones are kept; None for all."""
        self.pairs: BoundedCounts[tuple[str, str]] = BoundedCounts(most_pairs)
        self.tags: Counter[str] = Counter()

    @classmethod
    def of(cls, sentences: Iterable[Sentence]) -> "TagCounts":
        """All counts of sentences that are in memory anyway."""
        counts = cls()
        counts.add(sentences)
        return counts

    def add(self, sentences: Iterable[Sentence]) -> None:
        """Count some more sentences."""
        for sentence in sentences:
            self.pairs.update(zip(sentence.tokens, sentence.tags, strict=True))
            self.tags.update(sentence.tags)

    def words(self) -> Counter[str]:
        """How often there was each word, as it is spelt."""
        words: Counter[str] = Counter()
        for (word, _), count in self.pairs.counts.items():
            words[word] += count
        return words
