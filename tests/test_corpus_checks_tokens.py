"""What is odd about tokens and the characters in them."""

from pathlib import Path

import pytest

from postagger.corpus_checks.characters import check_characters, mended
from postagger.corpus_checks.finding import Finding
from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.tokens import check_tokens
from postagger.data_prep.sentence import Sentence


def corpus(*tokens: str) -> PlacedCorpus:
    return PlacedCorpus("test", {"all": Part([Sentence(tokens, ("X",) * len(tokens))])})


def told(findings: list[Finding]) -> list[tuple[str, str, list[str]]]:
    return [(one.weight, one.what, [example.text for example in one.examples]) for one in findings]


@pytest.mark.parametrize("text", ["café", "dog’s", "“ja”", "…", "naïve", "5 €", "привет", "😀", "Ærø", "ÿ"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_mistaken_encodings_are_seen_through(text: str, encoding: str) -> None:
    try:
        mistaken = text.encode("utf-8").decode(encoding)
    except UnicodeDecodeError:  # windows-1252 lacks five bytes
        return
    assert mended(mistaken) == text
    assert mended(text) is None


@pytest.mark.parametrize(
    "text", ["à\x80\x80", "São", "PÃO", "Âme", "CAFÉ’S", "«CAFÉ»", "â€", "Île", "ÀÉÎ", "naïve—so", "日本", "Ð¿"]
)
def test_words_that_only_look_so(text: str) -> None:
    assert mended(text) is None


@pytest.mark.parametrize(
    ("token", "weight", "what", "shown"),
    [
        ("caf\ufffd", "mend", "1 token with a character that was lost (U+FFFD)", "caf\ufffd"),
        ("cafÃ©", "mend", "1 token with UTF-8 that was read as Latin-1 or windows-1252", "cafÃ© -> café"),
        ("a\x07b", "mend", "1 token with control characters", "a<U+0007>b"),
        ("can\u200bnot", "mend", "1 token with invisible characters", "can<U+200B>not"),
        ("\ufeffThe", "mend", "1 token with invisible characters", "<U+FEFF>The"),
        ("co\u00adop", "mend", "1 token with invisible characters", "co<U+00AD>op"),
        ("ab\u200d", "mend", "1 token with invisible characters", "ab<U+200D>"),
        ("10\u00a0000", "look", "1 token with spaces that do not break", "10<U+00A0>000"),
        ("cafe\u0301", "look", "1 token with letters and accents apart (not NFC)", "cafe<U+0301>"),
    ],
)
def test_odd_characters(token: str, weight: str, what: str, shown: str) -> None:
    assert told(check_characters(corpus("A", token, "."))) == [(weight, what, [shown])]


def test_characters_that_are_as_they_should_be() -> None:
    fine = ["café", "naïve", "👩\u200d💻", "می\u200cخواهم", "€", "“", "’s", "日本", "한국", "İ"]
    assert check_characters(corpus(*fine)) == []
    assert check_tokens(corpus("don't", "'s", "``", "''", "-LRB-", "3.14", "Mr.", "U.S.", "Yahoo!", ",", "a,b")) == []


def test_examples_are_of_different_tokens() -> None:
    (finding,) = check_characters(corpus("a\ufffd", "a\ufffd", "b\ufffd", "c\ufffd", "d\ufffd"))
    assert finding.count == 5
    assert [one.text[0] for one in finding.examples] == ["a", "b", "c"]


def test_the_text_of_a_file_outside_of_tokens(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_bytes("\ufeffThe DT -\ndog NN caf\ufffd\nr\x01 NN -\n".encode())
    assert [
        (one.weight, one.what, one.examples[0].where) for one in check_characters(PlacedCorpus.read([str(path)]))
    ] == [
        ("mend", "1 token with control characters", "a.conll:3"),
        (
            "know",
            "1 line with a character that was lost (U+FFFD), though no token that is read has them",
            "a.conll:2",
        ),
        ("know", "1 file with a byte order mark at the start", "a.conll:1"),
    ]


def test_line_ends_of_other_systems_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_bytes(b"The DT\r\ndog NN\r\n\r\n")
    assert check_characters(PlacedCorpus.read([str(path)])) == []


@pytest.mark.parametrize(
    ("token", "weight", "what", "shown"),
    [
        ("", "mend", "1 token of nothing but blanks", "A /X ."),
        ("\u00a0", "mend", "1 token of nothing but blanks", "A <U+00A0>/X ."),
        ("New York", "look", "1 token of several words", "A New York/X ."),
        ("dog,", "look", "1 token in which a mark hangs on a word", "A dog,/X ."),
        (r"1\/2", "know", r"1 token in which \/ or \* stands for / or *, as the treebank writes it", r"A 1\/2/X ."),
    ],
)
def test_tokens_that_are_none_or_several(token: str, weight: str, what: str, shown: str) -> None:
    placed = corpus("A", token, ".")
    assert told(check_tokens(placed)) == [(weight, what, [shown])]
    assert check_characters(placed) == []


@pytest.mark.parametrize(
    ("tokens", "what", "rarer"),
    [
        (["can't", "'s", "won’t"], "mixed apostrophes: ' in 2 tokens; ’ in 1 token", "can't 's won’t/X"),
        (["``", "''", '"'], "mixed quotation marks: `` '' in 2 tokens; \" in 1 token", "`` '' \"/X"),
        (["(", ")", "-LRB-"], "mixed brackets: ( in 2 tokens; -LRB- in 1 token", "( ) -LRB-/X"),
    ],
)
def test_marks_written_in_several_ways(tokens: list[str], what: str, rarer: str) -> None:
    assert told(check_tokens(corpus(*tokens))) == [("look", what, [rarer])]
