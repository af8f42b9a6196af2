import pytest

from postagger.data_prep.quoting import printable, quoted


def test_quoted() -> None:
    assert quoted("dog's") == '"dog\'s"'
    assert quoted("x" * 40) == f"'{'x' * 40}'"
    assert quoted("x" * 41) == f"'{'x' * 37}...'"
    assert quoted("a\n\u2028") == r"'a\n\u2028'"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("naïve 中😀 x", "naïve 中😀 x"),
        ("a\r\nb", r"a\r\nb"),
        ("\x1b[2J\ud800\u202e\x85\xa0", r"\x1b[2J\ud800\u202e\x85\xa0"),
    ],
)
def test_printable(text: str, seen: str) -> None:
    assert printable(text) == seen
    assert seen.isprintable()
