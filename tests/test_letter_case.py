import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.letter_case import is_caseless


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i went home", True),
        ("well .", True),
        ("I went home", False),
        ("THE BANK FAILED", True),
        ("IBM", False),  # one word, or two, in capitals may be names
        ("IBM NEC", False),
        ("The Bank Failed Again in May", True),
        ("The Bank failed", False),
        ("Mr. Lee Met J. P. Ng", False),  # too few long words to tell
        ("1990 %", False),
        ("", False),
        ("-LRB- see page two -RRB-", True),
        ("東京 は", False),
    ],
)
def test_sentences_whose_capitals_say_nothing(text: str, expected: bool) -> None:
    assert is_caseless(text.split()) is expected


def slow_is_caseless(tokens: list[str]) -> bool:
    brackets = ("-LRB-", "-RRB-", "-LCB-", "-RCB-")
    words = [token for token in tokens if token.lower() != token.upper() and token not in brackets]
    long_words = [word for word in words if len(word) >= 4]
    if not words or all(word == word.lower() for word in words):
        return bool(words)
    is_headline = len(long_words) >= 3 and all(word[0].isupper() for word in long_words)
    return len(words) >= 3 and (is_headline or all(word == word.upper() for word in words))


@given(st.lists(st.sampled_from("I The the House house HOUSE Ab ªªªª -LRB- 12 -x- éclair Éclair ǅaaa".split())))
def test_the_quick_look_at_a_sentence_changes_nothing(tokens: list[str]) -> None:
    assert is_caseless(tokens) is slow_is_caseless(tokens)
