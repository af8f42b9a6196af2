import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.tokenization import tokenize
from postagger.data_prep.web_tokens import certain_tag, has_only_treebank_tags


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("http://a.org https://x.co/y?z=1#k www.example.org me@example.com a.b+c@mail.co.uk", "NN"),
        ("@me @Jane_Doe", "NNP"),
        ("😀 👍🏽 ❤️ 👩‍🚀 🔥🔥 :) :-( ;) :D =) :))) <3 xD :/", "SYM"),
        ("“ „", "``"),
        ("”", "''"),
        ("… — –", ":"),
        ("( [ {", "-LRB-"),
        (") ] }", "-RRB-"),
        ("dog www : ’ ‘ 8) ... @ # #tag 10:30 and/or I x D - -- a@b C++ ♭a", None),
    ],
)
def test_tokens_that_can_be_nothing_else(tokens: str, expected: str | None) -> None:
    assert {token: certain_tag(token) for token in tokens.split()} == dict.fromkeys(tokens.split(), expected)


@given(st.text())
def test_any_text_has_an_answer(token: str) -> None:
    assert certain_tag(token) in (None, "NN", "NNP", "SYM", "``", "''", ":", "-LRB-", "-RRB-")


def test_they_are_tokens_of_raw_text() -> None:
    text = "so cool :) see www.a.org/b, me@b.org!\U0001f600 ok\U0001f44d\U0001f3fd (8) <3."
    assert [token.text for sentence in tokenize(text) for token in sentence] == [
        *("so", "cool", ":)", "see", "www.a.org/b", ",", "me@b.org", "!"),
        *("\U0001f600", "ok", "\U0001f44d\U0001f3fd", "(", "8", ")", "<3", "."),
    ]


def test_tagsets_with_tags_of_their_own_for_them_are_let_be() -> None:
    assert has_only_treebank_tags(["NN", "NNP", "SYM", "VB"])
    assert not has_only_treebank_tags(["NN", "NNP", "SYM", "ADD"])
    assert not has_only_treebank_tags(["NN", "NNP"])
    assert not has_only_treebank_tags(["NOUN", "PROPN", "SYM"])


@pytest.mark.parametrize("run", ["🏻", "🇩", "😀", "\u200d", "😀\u200d", "😀🏻", "1\u20e3"])
def test_a_long_run_is_told_as_quickly_as_a_short_one(run: str) -> None:
    for token in (f"😀{run * 5000}", f"😀{run * 5000}x"):  # with a pattern that can cut it in many ways: for ever
        assert certain_tag(token) == ("SYM" if token[-1] != "x" and run != "\u200d" else None)
    assert certain_tag("🏻🏻🇩🇪\ufe0f😀\u200d1\ufe0f\u20e3") == "SYM"
