"""The embedded corpus: large and varied enough, tagged with the 45 tags and nothing else."""

from collections import Counter

from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL

SAMPLE = load_corpus(["sample"])


def test_size_and_split() -> None:
    assert [len(SAMPLE.part(split)) for split in ("train", "dev", "test")] == [360, 0, 40]
    assert sum(len(sentence) for sentence in SAMPLE.part("all")) == 5262


def test_all_45_tags_and_no_other() -> None:
    counts = Counter(tag for sentence in SAMPLE.part("all") for tag in sentence.tags)
    assert set(counts) == set(PENN_TO_UNIVERSAL)
    assert min(counts.values()) >= 5


def test_no_sentence_stands_twice() -> None:
    assert len(set(SAMPLE.part("all"))) == 400


def test_closed_classes_are_tagged_alike_everywhere() -> None:
    tags: dict[str, set[str]] = {}
    for sentence in SAMPLE.part("all"):
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            tags.setdefault(token, set()).add(tag)
    fixed = {"to": "TO", "the": "DT", "and": "CC", ",": ",", "%": "NN", "$": "$", "n't": "RB", "``": "``"}
    for token, tag in fixed.items():
        assert tags[token] == {tag}, token
    assert not {"(", ")", '"'} & set(tags)  # the treebank writes -LRB-, -RRB- and ``
