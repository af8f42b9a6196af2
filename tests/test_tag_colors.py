import io

import pytest

from postagger.tag_colors import colored, wants_color


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_tags_of_one_class_have_one_color_in_every_tagset() -> None:
    assert colored("x", "VBZ", False) == colored("x", "VERB", False) == "\x1b[31mx\x1b[0m"
    assert colored("x", "CC", False) == colored("x", "CONJ", False) == colored("x", "CCONJ", False) != "x"
    assert colored("x", "NN", False) != colored("x", "VB", False)


def test_what_has_no_class_has_no_color_but_can_be_uncertain() -> None:
    assert colored("x", "ZZZ", False) == colored("x", ".", False) == "x"
    assert colored("x", "ZZZ", True) == "\x1b[7mx\x1b[0m"


def test_only_a_terminal_with_colors_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_color(Terminal())
    assert not wants_color(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())
