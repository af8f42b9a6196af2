"""How long sentences are, and those that are none or far too long."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from postagger.corpus_checks.finding import Example, Finding, counted, first_of_each
from postagger.corpus_checks.placed_corpus import PlacedCorpus

CHECK = "sentences"
_VERY_LONG = 200  # tokens
_TIMES_THE_USUAL = 3
_BINS = ((1, 5), (6, 10), (11, 20), (21, 30), (31, 40), (41, 60), (61, None))


@dataclass(frozen=True)
class Lengths:
    """In tokens: half of the sentences have up to median, 95 % up to percentile_95. where: of the longest.

    bins: how many sentences have so many tokens ("6-10").
    """

    median: int
    percentile_95: int
    longest: int
    where: str
    bins: Mapping[str, int]

    @classmethod
    def of(cls, corpus: PlacedCorpus) -> "Lengths":
        """Those of all sentences of a corpus."""
        lengths = sorted(map(len, corpus.sentences))
        part, number, longest = max(corpus.numbered(), key=lambda one: len(one[2]))
        return cls(
            lengths[(len(lengths) - 1) // 2],
            lengths[-(-95 * len(lengths) // 100) - 1],
            len(longest),
            corpus.where(part, number),
            _in_bins(Counter(lengths)),
        )


def _in_bins(counts: Mapping[int, int]) -> dict[str, int]:
    bins = {}
    for low, high in _BINS:
        inside = sum(n for length, n in counts.items() if low <= length and (high is None or length <= high))
        bins[f"over {low - 1}" if high is None else f"{low}-{high}"] = inside
    return bins


def check_sentences(corpus: PlacedCorpus) -> list[Finding]:
    """Empty sentences, and such as may be several in one."""
    empty = [(part, number) for part, number, sentence in corpus.numbered() if not sentence.tokens]
    lengths = Lengths.of(corpus)
    limit = max(_VERY_LONG, _TIMES_THE_USUAL * lengths.percentile_95)
    long = [(part, number) for part, number, sentence in corpus.numbered() if len(sentence) > limit]
    found = []
    if empty:
        examples = ((str(place), Example(corpus.where(*place), "no token")) for place in empty)
        what = counted(len(empty), "empty sentence")
        found.append(Finding(CHECK, "look", what, len(empty), "take them out", first_of_each(examples)))
    if long:
        what = f"{counted(len(long), 'sentence')} of more than {limit:,} tokens; the longest has {lengths.longest:,}"
        examples = ((str(place), corpus.sentence_example(*place)) for place in long)
        advice = "see whether lines that end a sentence were lost"
        found.append(Finding(CHECK, "look", what, len(long), advice, first_of_each(examples)))
    return found
