import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.tokenization import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \n\t", []),
        ("I don't, she's; they'll!", ["I", "do", "n't", ",", "she", "'s", ";", "they", "'ll", "!"]),
        ("Mr. Smith of the U.S. left.", ["Mr.", "Smith", "of", "the", "U.S.", "left", "."]),
        ("$1,000.50 at 9:30 -- 50%", ["$", "1,000.50", "at", "9:30", "--", "50", "%"]),
        ("(see https://example.org/a_(b)?c=d.)", ["(", "see", "https://example.org/a_(b)?c=d", ".", ")"]),
        ("Mail me@example.co.uk.", ["Mail", "me@example.co.uk", "."]),
        ("O'Brien's mother-in-law", ["O'Brien", "'s", "mother-in-law"]),
        ("We cannot; I'm gonna", ["We", "can", "not", ";", "I", "'m", "gon", "na"]),
        ("हिन्दी naïve 😀 #tag @you #1", ["हिन्दी", "naïve", "😀", "#tag", "@you", "#", "1"]),
        ("so… then... well—no", ["so", "…", "then", "...", "well", "—", "no"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for sentence in tokenize(text) for token in sentence] == tokens


def test_sentences() -> None:
    sentences = tokenize("Dr. No came. Did he? Yes! He paid e.g. $5.")
    assert [" ".join(token.text for token in sentence) for sentence in sentences] == [
        "Dr. No came .",
        "Did he ?",
        "Yes !",
        "He paid e.g. $ 5 .",
    ]


def test_brackets_and_quotes_are_looked_up_under_their_treebank_names() -> None:
    (sentence,) = tokenize('He (the "boss") said “no” [it’s {x}]')
    changed = {token.text: token.lookup for token in sentence if token.text != token.lookup and token.text != '"'}
    assert changed == {
        "(": "-LRB-", ")": "-RRB-", "“": "``", "”": "''", "[": "-LRB-", "]": "-RRB-", "’s": "'s", "{": "-LCB-",
        "}": "-RCB-",
    }  # fmt: skip
    assert [token.lookup for token in sentence if token.text == '"'] == ["``", "''"]


@given(st.text(max_size=200))
def test_every_token_stands_where_it_says_and_only_white_space_lies_between(text: str) -> None:
    end = 0
    for sentence in tokenize(text):
        assert sentence
        for token in sentence:
            assert text[token.start : token.end] == token.text
            assert token.text
            assert not text[end : token.start].strip()
            end = token.end
    assert not text[end:].strip()
