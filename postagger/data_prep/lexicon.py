"""Lexicon: what training knew of each word by itself, without its sentence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postagger.data_prep.sentence import Sentence
from postagger.data_prep.tag_counts import TagCounts


class Lexicon:
    """Each word of the training split, as it was spelt there, with its most frequent tag.

    It tells known words from unknown ones, and it is the baseline every tagger has to beat: the most frequent
    tag of the word, for an unknown word the most frequent tag of all.

    >>> lexicon = Lexicon.build([Sentence(("The", "run", "ends"), ("DT", "NN", "VBZ"))])
    >>> "run" in lexicon, lexicon.tag("run"), "Run" in lexicon
    (True, 'NN', False)
    """

    def __init__(self, tags: Mapping[str, str], default_tag: str, counts: Sequence[int] | None = None) -> None:
        """counts: how often training had each of the words; None in models that were stored without."""
        self.tags = dict(tags)
        self.default_tag = default_tag
        self.counts = None if counts is None else dict(zip(self.tags, counts, strict=True))

    @classmethod
    def build(cls, sentences: Iterable[Sentence]) -> "Lexicon":
        """Count the tags of each word; ties go to the first tag of the alphabet."""
        return cls.from_counts(TagCounts.of(sentences))

    @classmethod
    def from_counts(cls, tag_counts: TagCounts) -> "Lexicon":
        """Of sentences whose tags have been counted already."""
        by_word: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (word, tag), count in tag_counts.pairs.counts.items():
            by_word[word][tag] = count
        words = sorted(by_word)
        counts = [sum(by_word[word].values()) for word in words]
        return cls({word: _most_frequent(by_word[word]) for word in words}, _most_frequent(tag_counts.tags), counts)

    def tag(self, word: str) -> str:
        """The baseline's tag."""
        return self.tags.get(word, self.default_tag)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what the constructor takes."""
        counts = {} if self.counts is None else {"counts": list(self.counts.values())}
        return {"tags": self.tags, "default_tag": self.default_tag, **counts}

    def __contains__(self, word: object) -> bool:
        return word in self.tags

    def __len__(self) -> int:
        return len(self.tags)


def _most_frequent(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda tag: (-counts[tag], tag))
