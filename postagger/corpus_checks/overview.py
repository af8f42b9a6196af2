"""What a corpus is: its sizes, tags, sentence lengths, and the words that its training part does not know."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postagger.corpus_checks.placed_corpus import PlacedCorpus
from postagger.corpus_checks.sentence_lengths import Lengths
from postagger.data_prep.sentence import Sentence

_MOST_UNKNOWN = 10


@dataclass(frozen=True)
class UnknownWords:
    """The tokens of a part that train does not have, and the most frequent ones."""

    tokens: int
    of_tokens: int
    most_frequent: Mapping[str, int]

    @classmethod
    def of(cls, sentences: Sequence[Sentence], known: set[str]) -> "UnknownWords":
        """known: the words of train."""
        tokens = Counter(token for sentence in sentences for token in sentence.tokens)
        unknown = Counter({token: count for token, count in tokens.items() if token not in known})
        frequent = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:_MOST_UNKNOWN]
        return cls(unknown.total(), tokens.total(), dict(frequent))


@dataclass(frozen=True)
class Overview:
    """sentences, tokens: by part. tags: how often each occurs in each part, the most frequent first."""

    name: str
    sentences: Mapping[str, int]
    tokens: Mapping[str, int]
    distinct_words: int
    tags: Mapping[str, Mapping[str, int]]
    lengths: Lengths
    unknown_words: Mapping[str, UnknownWords]

    @classmethod
    def of(cls, corpus: PlacedCorpus) -> "Overview":
        """Of a corpus that has been read."""
        parts = {name: part.sentences for name, part in corpus.parts.items()}
        words = {name: {token for one in part for token in one.tokens} for name, part in parts.items()}
        known = words.get("train", set())
        return cls(
            corpus.name,
            {name: len(part) for name, part in parts.items()},
            {name: sum(map(len, part)) for name, part in parts.items()},
            len(set().union(*words.values())),
            _tags(parts),
            Lengths.of(corpus),
            {name: UnknownWords.of(parts[name], known) for name in parts if known and name != "train"},
        )


def _tags(parts: Mapping[str, Sequence[Sentence]]) -> dict[str, dict[str, int]]:
    counts = {name: Counter(tag for one in part for tag in one.tags) for name, part in parts.items()}
    total = sum(counts.values(), Counter())
    return {
        tag: {name: counts[name][tag] for name in parts} for tag in sorted(total, key=lambda one: (-total[one], one))
    }
