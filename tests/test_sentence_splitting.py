"""Sentence boundaries: those set by hand, those of NLTK's Punkt; in linear time; without NLTK."""

import subprocess
import sys
import time
from collections.abc import Collection
from importlib import resources
from itertools import islice
from typing import Any

import nltk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from nltk.tokenize.treebank import TreebankWordDetokenizer
from packaging.version import Version

from conftest import named_corpus
from postagger.data_prep.raw_text import default_text
from postagger.data_prep.sentence_splitting import sentence_spans
from postagger.data_prep.tokenization import ABBREVIATIONS

# One with a hyphen, of which the given list has none.
KNOWN = ABBREVIATIONS | {"d-a"}

# Before, other characters closed a sentence, and other numbers ended one.
NLTK_HAS_OUR_RULES = Version(nltk.__version__) >= Version("3.10.4")
with_our_rules = pytest.mark.skipif(not NLTK_HAS_OUR_RULES, reason="the rules are those of NLTK 3.10.4 and later")

# What texts go wrong on, and white space that is none to some definition of it.
PIECES = [
    *".?!\"')]}([{«»“”‘’ \n\t\v\r-–,:;aAbBéÉ1٣²Ⓐ_&#*@`",
    *"\xa0\x1c\x1f\x85\u2028\u200d\u0301",
    *("No.", "e.g.", "U.S.", "Mr.", "d-a.", "x-no.", "...", ". ", "--", "\r\n", "1.5", "I", " The ", " the "),
]


def nltk_spans(text: str, abbreviations: Collection[str] = KNOWN) -> list[tuple[int, int]]:
    parameters: Any = PunktParameters()
    parameters.abbrev_types = set(abbreviations)
    return list(PunktSentenceTokenizer(parameters).span_tokenize(text))


def spans(text: str) -> list[tuple[int, int]]:
    return list(sentence_spans(text, KNOWN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t", []),
        ("a heading without an end", [(0, 24)]),
        ("One. Two.  ", [(0, 4), (5, 9)]),
        (" One.\n\n\tTwo.\n", [(0, 5), (8, 12)]),
        ("A headline\n\nA text.", [(0, 19)]),
        ("Mr. Smith left. He ran.", [(0, 15), (16, 23)]),
        ("In the U.S. The law", [(0, 19)]),
        ("It is tea, i.e. this. The pre-U.S. Code too", [(0, 21), (22, 43)]),
        ("by J. Smith and J. a. p.", [(0, 24)]),
        ("plan B. (Why", [(0, 7), (8, 12)]),
        ("No. 5. then 6. Then 7. , 8. (", [(0, 14), (15, 27), (28, 29)]),
        ("Well... Then .. no…  So. etc.", [(0, 24), (25, 29)]),
        ("What?! No! a.b?c D", [(0, 6), (7, 10), (11, 18)]),
        ('"Why?" (He knew.) ‘So.’ x', [(0, 6), (7, 17), (18, 23), (24, 25)]),
        ("Yes.”--He left.) ", [(0, 5), (5, 16)]),
        ("so.[1] It", [(0, 3), (3, 9)]),
        ("see example.org. 3.5 kg", [(0, 16), (17, 23)]),
        ("Go. !!! Now", [(0, 3), (4, 5), (5, 7), (8, 11)]),
    ],
)
def test_spans(text: str, expected: list[tuple[int, int]]) -> None:
    assert spans(text) == expected
    assert nltk_spans(text) == expected or not NLTK_HAS_OUR_RULES


def test_only_given_abbreviations_count() -> None:
    text = "Mr. X came at 5 p.m. Then"
    for abbreviations in [set(), {"mr"}, {"p.m"}, {"mr", "p.m"}]:
        assert list(sentence_spans(text, abbreviations)) == nltk_spans(text, abbreviations)
    assert len(list(sentence_spans(text, set()))) == 3


def test_real_text_as_nltk_splits_it() -> None:
    sample = resources.files("postagger.data_prep").joinpath("sample_corpus.txt").read_text(encoding="utf-8")
    assert spans(sample) == nltk_spans(sample)
    _, newspaper = default_text()
    assert spans(newspaper) == nltk_spans(newspaper)


def test_brown_as_nltk_splits_it() -> None:
    join = TreebankWordDetokenizer().detokenize
    sentences = islice(named_corpus("brown").part("all"), 10_000)
    text = " ".join(join(list(sentence.tokens)) for sentence in sentences)
    found = spans(text)
    assert len(found) > 8_000
    assert found == nltk_spans(text)


@pytest.mark.parametrize(
    "text",
    [
        *(" !! A", "  !! A", "A.\xa0B. C", "A.\x1cb c.\n\x1c\nD", ".\xa0.\xa0.\n\x1c", '."\x1f'),
        *("².  a", "Ⓐ. a", "ⓐ. a", "〇. a", "\u200d. a", "\u0301. a", "_. a"),
        *("#Mr.{", "&Mr.;", "`No.?", ",b. b", "b,. b", "a.:", "a.?", ".1. a", "1-2. a", "-1. a", "a..--", "?‘-"),
        *("x d-a. B", "x y-No. B", "x No-y. B", ".\xa0.\xa0.", "! \x1c!", ".. .,", "!@"),
    ],
)
@with_our_rules
def test_odd_text_as_nltk_splits_it(text: str) -> None:
    assert spans(text) == nltk_spans(text)


@with_our_rules
@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_hostile_text_as_nltk_splits_it(text: str) -> None:
    assert spans(text) == nltk_spans(text)


# Whether a character is a letter depends on the year where it is of no category yet.
@with_our_rules
@settings(max_examples=500)
@given(st.text(st.characters(exclude_categories=["Cn"])))
def test_any_text_as_nltk_splits_it(text: str) -> None:
    assert spans(text) == nltk_spans(text)


@given(st.text())
def test_only_white_space_lies_between_sentences(text: str) -> None:
    end = 0
    for start, next_end in spans(text):
        assert end <= start < next_end
        assert not text[end:start].strip()
        end = next_end
    assert not text[end:].strip()


@pytest.mark.parametrize(
    "pattern",
    [*"a.!-\n\x1c", "... ", ". ", ".\n", "a.", "a.b!", "1,", ".)", ",--", ".\xa0", "a.\xa0", ".\xa0\xa0"],
)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("a. ", " a"), (".", ".\n\x1c"), ("", ". a")])
def test_linear_time(before: str, pattern: str, after: str) -> None:
    text = before + pattern * (100_000 // len(pattern)) + after
    start = time.perf_counter()
    found = spans(text)
    # A tenth of a second is usual; what is quadratic takes a minute.
    assert time.perf_counter() - start < 5
    assert len(found) < len(text)


def test_nltk_is_not_imported() -> None:
    code = """
import sys
from postagger.data_prep.tokenization import tokenize
print(len(tokenize("Dr. No came. Did he?")), {"nltk", "torch", "numpy"} & set(sys.modules))
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "2 set()\n"
