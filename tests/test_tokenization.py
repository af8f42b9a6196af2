import pytest
from hypothesis import given, settings
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
        ("Ann Lee, Ph.D., left at 9:30pm.", ["Ann", "Lee", ",", "Ph.D.", ",", "left", "at", "9:30pm", "."]),
        ("'Tis .5 of the '80s; get 'em", ["'T", "is", ".5", "of", "the", "'80s", ";", "get", "'em"]),
        ("€6 and £3.5m or ¥100", ["€", "6", "and", "£", "3.5m", "or", "¥", "100"]),
        ("C++ or C#, AT&T's R&D", ["C++", "or", "C#", ",", "AT&T", "'s", "R&D"]),
        ("a\r\nb\tc\u00a0d\u2003e", ["a", "b", "c", "d", "e"]),
        (
            "👩\u200d👩\u200d👧 🇩🇪🇫🇷 👍🏽 ❤\ufe0f 1\ufe0f\u20e3",
            ["👩\u200d👩\u200d👧", "🇩🇪", "🇫🇷", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3"],
        ),
        ("\ufeffThe co\u00adop \u200b cafe\u0301", ["\ufeffThe", "co\u00adop", "\u200b", "cafe\u0301"]),
        ("中文。 नमस्ते। هل؟ «oui»", ["中文", "。", "नमस्ते", "।", "هل", "؟", "«", "oui", "»"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for sentence in tokenize(text) for token in sentence] == tokens


def test_sentences() -> None:
    sentences = tokenize("Dr. No came. Did he? Yes! He paid e.g. $5. “Mr. X did.” «Dr. Y» (Prof. Z)")
    assert [" ".join(token.text for token in sentence) for sentence in sentences] == [
        "Dr. No came .",
        "Did he ?",
        "Yes !",
        "He paid e.g. $ 5 .",
        "“ Mr. X did . ”",
        "« Dr. Y » ( Prof. Z )",
    ]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n\n"])
def test_a_blank_line_ends_a_sentence(gap: str) -> None:
    text = f"Rain today{gap}It rains,\nand it rains"
    head, body = tokenize(text)
    assert [token.text for token in head] == ["Rain", "today"]
    assert [token.text for token in body] == ["It", "rains", ",", "and", "it", "rains"]
    assert [text[token.start : token.end] for token in body] == [token.text for token in body]


def test_brackets_and_quotes_are_looked_up_under_their_treebank_names() -> None:
    (sentence,) = tokenize('He (the "boss") said “no” [it’s {x}]')
    changed = {token.text: token.lookup for token in sentence if token.text != token.lookup and token.text != '"'}
    assert changed == {
        "(": "-LRB-", ")": "-RRB-", "“": "``", "”": "''", "[": "-LRB-", "]": "-RRB-", "’s": "'s", "{": "-LCB-",
        "}": "-RCB-",
    }  # fmt: skip
    assert [token.lookup for token in sentence if token.text == '"'] == ["``", "''"]


def test_what_is_not_seen_is_not_looked_up() -> None:
    (sentence,) = tokenize("\ufeffThe co\u00adop \u200b cafe\u0301 don’t 👩\u200d👩")
    assert [token.lookup for token in sentence] == ["The", "coop", "\u200b", "café", "do", "n't", "👩👩"]


def test_single_quotation_marks() -> None:
    (sentence,) = tokenize("She's 'in' the dogs' house: '")
    assert [token.lookup for token in sentence] == ["She", "'s", "`", "in", "'", "the", "dogs", "'", "house", ":", "'"]


PIECES = st.sampled_from(
    [
        *"'’\"“”()[]{}.?!,;:-–—…/@#$%&*+=<>|\\`~^_",
        *"\u200b\u200d\u00ad\ufeff\u0301\ufe0f\u20e3\u00a0\u2003\u2028\x00\x1c\x85\ud800😀🇩👩🏽中न।؟",
        *(
            "\r\n",
            "\n\n",
            "\t",
            " ",
            "n't",
            "can't",
            "cannot",
            "'s",
            "''",
            "``",
            "Dr.",
            "e.g.",
            "U.S.",
            "Ph.D.",
            "etc.",
        ),
        *("http://a.b/c?d=e", "www.x.org", "me@x.org", ":-)", "<3", "xD", "1,000.50", "9:30", ".5", "C++", "'80s"),
    ]
)
ANY_CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=60)  # halves of surrogate pairs, too


@settings(max_examples=2_000)
@given(ANY_CHARACTERS)
def test_every_token_of_any_unicode_stands_where_it_says(text: str) -> None:
    check_places(text)


@settings(max_examples=1_000)
@given(st.lists(st.one_of(PIECES, st.sampled_from(["dog", "The", "a"])), max_size=12).map("".join))
def test_every_token_of_odd_pieces_stands_where_it_says(text: str) -> None:
    check_places(text)


def test_a_long_run_of_marks_is_left_as_it_is() -> None:
    (token,) = tokenize("e" + "\u0301\u0316" * 200_000)[0]  # to put them in order takes minutes
    assert (token.end, token.lookup) == (400_001, token.text)
    assert tokenize("e\u0316\u0301")[0][0].lookup == "é\u0316"


def check_places(text: str) -> None:
    """Tokens stand in order, and only white space lies between them."""
    end = 0
    for sentence in tokenize(text):
        assert sentence
        for token in sentence:
            assert text[token.start : token.end] == token.text
            assert token.text
            assert not text[end : token.start].strip()
            end = token.end
    assert not text[end:].strip()
