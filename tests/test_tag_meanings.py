import re

import pytest

import postagger
from postagger.data_prep.tag_meanings import TAG_MEANINGS, UD_TAGS, tag_example, tag_meaning
from postagger.data_prep.universal_tags import PENN_TO_UD, PENN_TO_UNIVERSAL, UD_NAMES
from postagger.tagger import Tagger

# Rare ones, that the shipped model has hardly seen.
UNSURE = {"FW", "SYM", "X"}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return postagger.load(device="cpu")


def test_every_tag_that_the_package_knows_has_a_meaning_and_an_example() -> None:
    universal = {UD_NAMES.get(tag, tag) for tag in PENN_TO_UNIVERSAL.values()}
    assert {*PENN_TO_UNIVERSAL, *universal, "-NONE-", *UD_TAGS} <= set(TAG_MEANINGS)
    assert all(map(tag_example, TAG_MEANINGS))
    assert len(set(UD_TAGS)) == 17


def test_meanings_are_as_they_were() -> None:
    assert tag_meaning("DT") == "determiner: the, a, this"
    assert tag_meaning("VBZ") == "verb, present, third person singular: takes"
    assert tag_meaning("NN") == "noun, singular or mass: dog, water"


def test_in_its_example_the_marked_word_has_the_tag(tagger: Tagger) -> None:
    tagsets = {
        "ptb": set(PENN_TO_UNIVERSAL),
        "universal": set(PENN_TO_UNIVERSAL.values()),
        "ud": set(PENN_TO_UD.values()),
    }
    for tagset, tags in tagsets.items():
        for tag in tags - UNSURE:
            assert given_tag(tagger, tag, tagset) == tag


def given_tag(tagger: Tagger, tag: str, tagset: str) -> str:
    """What the tagger says of the word between the asterisks."""
    found = re.fullmatch(r"(.*?)\*(.+?)\*(.*)", tag_example(tag))
    assert found is not None, tag
    sentences = tagger.tag_text("".join(found.groups()), tagset=tagset)
    token = next(token for sentence in sentences for token in sentence if token.start == len(found[1]))
    assert token.text == found[2]
    return token.tag
