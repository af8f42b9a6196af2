"""Tags that are misspelt, of another tagset, rare, or unknown to the part that is trained on."""

from collections import Counter
from collections.abc import Collection, Mapping

from postagger.corpus_checks.finding import MOST_EXAMPLES, Example, Finding, Weight, counted, first_of_each, listed
from postagger.corpus_checks.misspelt_tags import misspelt_tags
from postagger.corpus_checks.placed_corpus import PlacedCorpus, visible
from postagger.data_prep.corpus import TRACE_TAG
from postagger.data_prep.tag_meanings import TAG_MEANINGS, UD_TAGS
from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL
from postagger.evaluation.quotes import shortened

CHECK = "tags"
_RARE = 3
_TOKENS_PER_RARE_TAG = 1000
_MOST_TAGS = 100
_NEARLY_ALL = 0.95
_UNIVERSAL_TAGS = {*UD_TAGS, *PENN_TO_UNIVERSAL.values()}
# The brackets are older names of two of the 45; the English Web Treebank has some beside these.
_PENN_TAGS = {*PENN_TO_UNIVERSAL, TRACE_TAG, "(", ")", *(TAG_MEANINGS.keys() - _UNIVERSAL_TAGS)}
_TAGSETS = {"Penn Treebank's": _PENN_TAGS, "universal ones": _UNIVERSAL_TAGS}


def check_tags(corpus: PlacedCorpus) -> list[Finding]:
    """What is odd about the tags. Each is told of once: as misspelt, as foreign, as unseen or as rare."""
    counts = Counter(tag for sentence in corpus.sentences for tag in sentence.tags)
    words = {token for sentence in corpus.sentences for token in sentence.tokens}
    if len(counts) > max(_MOST_TAGS, len(words) / 2):
        return [_too_many(corpus, counts, len(words))]
    tagset = _tagset(counts)
    known = _TAGSETS.get(tagset, set())
    meant = misspelt_tags(counts, known)
    foreign = {tag for tag in counts if known and tag not in known} - meant.keys()
    unseen = _unseen(corpus) - meant.keys() - foreign
    rare = {tag for tag in counts if _is_rare(counts[tag], counts.total())} - meant.keys() - foreign - unseen
    groups: list[tuple[Collection[str], Weight, str, str]] = [
        (meant, "mend", "that may be misspelt", "write the tag that was meant"),
        (foreign, "look", f"beside the {tagset}", "write a tag of that set, unless you added these on purpose"),
        (unseen, "look", "that train never has", "nothing can be learnt of these: split otherwise, or add to train"),
        (rare, "know", f"on up to {_RARE} tokens", "mend those that are slips; expect no tagger to learn the others"),
    ]
    return [
        Finding(
            CHECK,
            weight,
            f"{counted(len(tags), 'tag')} {what}: {_said(tags, counts, meant)}",
            len(tags),
            advice,
            _examples(corpus, counts, tags),
        )
        for tags, weight, what, advice in groups
        if tags
    ]


def _too_many(corpus: PlacedCorpus, counts: Mapping[str, int], words: int) -> Finding:
    """What is read as tags is something else."""
    what = f"{counted(len(counts), 'different tag')} for {counted(words, 'different word')}: are these tags?"
    advice = "choose the column or field of the tags with --tag-column or --tag-field"
    return Finding(CHECK, "mend", what, len(counts), advice, _examples(corpus, counts, counts.keys()))


def _tagset(counts: Mapping[str, int]) -> str:
    """The tagset that nearly all tokens' tags are of; the empty text if there is none."""
    total = sum(counts.values())
    for name, tags in _TAGSETS.items():
        if sum(count for tag, count in counts.items() if tag in tags) >= _NEARLY_ALL * total:
            return name
    return ""


def _unseen(corpus: PlacedCorpus) -> set[str]:
    """The tags of other parts that the training part never has."""
    if "train" not in corpus.parts:
        return set()
    seen = {tag for sentence in corpus.parts["train"].sentences for tag in sentence.tags}
    return {tag for sentence in corpus.sentences for tag in sentence.tags} - seen


def _is_rare(count: int, tokens: int) -> bool:
    """In a small corpus everything is rare."""
    return count <= _RARE and tokens >= count * _TOKENS_PER_RARE_TAG


def _said(tags: Collection[str], counts: Mapping[str, int], meant: Mapping[str, str]) -> str:
    """Each tag, how often it occurs, and what it may have been meant to be."""
    ends = {tag: f" ({shortened(meant[tag])}?)" if tag in meant else "" for tag in tags}
    return listed(f"{visible(shortened(tag))} {counts[tag]:,}{ends[tag]}" for tag in _rarest_first(tags, counts))


def _examples(corpus: PlacedCorpus, counts: Mapping[str, int], tags: Collection[str]) -> tuple[Example, ...]:
    told = set(_rarest_first(tags, counts)[:MOST_EXAMPLES])
    return first_of_each((corpus.at(place)[1], corpus.example(place)) for place in corpus.places(tags=told))


def _rarest_first(tags: Collection[str], counts: Mapping[str, int]) -> list[str]:
    return sorted(tags, key=lambda tag: (counts[tag], tag))
