from pathlib import Path

import pytest

from postagger.data_prep.tag_mapping import TagMapping
from postagger.errors import ConfigError, CorpusError


def test_by_name() -> None:
    universal, ud = TagMapping.named("universal"), TagMapping.named("ud")
    assert [universal[tag] for tag in ("NNPS", "MD", "WP$", "TO", "-NONE-")] == ["NOUN", "VERB", "PRON", "PRT", "X"]
    assert [ud[tag] for tag in ("NNPS", "MD", "UH", "CC", ".")] == ["PROPN", "AUX", "INTJ", "CCONJ", "PUNCT"]
    assert TagMapping.find("ptb") is None
    assert TagMapping.find(ud) is ud
    with pytest.raises(ConfigError, match="expected one of universal ud, or a file, got 'brown'"):
        TagMapping.named("brown")
    with pytest.raises(ConfigError, match="expected one of ptb universal ud, or a file that maps tags, got 'nowhere'"):
        TagMapping.find("nowhere")


def test_an_unknown_tag_is_an_error_and_never_x() -> None:
    with pytest.raises(ConfigError, match="tagset universal: expected only tags that it maps, got PUNCT; use ptb"):
        TagMapping.named("universal")["PUNCT"]
    with pytest.raises(ConfigError, match="got HYPH AFX;"):
        TagMapping.named("ud").check(["NN", "HYPH", "AFX"])


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.map"
    path.write_text("#\tSIGN\r\nNN  NAME\n\nNN\tNAME\n. SIGN\n", encoding="utf-8")
    mapping = TagMapping.find(path)
    assert mapping is not None
    assert [mapping[tag] for tag in ("#", "NN", ".")] == ["SIGN", "NAME", "SIGN"]
    assert TagMapping(**mapping.to_dict())["NN"] == "NAME"
    with pytest.raises(ConfigError, match=r"own\.map: expected only tags that it maps, got VB"):
        mapping["VB"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("NN NOUN\nVB\n", "own.map, line 2: expected two tags, NN NOUN, got 'VB'"),
        ("NN NOUN X\n", "own.map, line 1: expected two tags, NN NOUN, got 'NN NOUN X'"),
        ("NN NOUN\nNN VERB\n", "own.map, line 2: expected one tag for 'NN', got a second; take one out"),
        ("\x1b\u2028 A\n\x1b\u2028 B\n", r"own.map, line 2: expected one tag for '\\x1b\\u2028', got a second"),
        ("\n", "own.map: expected a pair of tags a line, NN NOUN, got none"),
    ],
)
def test_a_broken_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "own.map"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        TagMapping.read(path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "own.map").write_bytes(b"NN \xff\n")
    with pytest.raises(CorpusError, match=r"own\.map, line 1: expected UTF-8 text"):
        TagMapping.read(tmp_path / "own.map")


def test_tags_that_cannot_be_printed_are_named_by_escapes() -> None:
    with pytest.raises(ConfigError, match=r"got X\\x1b\[2J Y\\u2028; use ptb"):
        TagMapping("own", {}).check(["X\x1b[2J", "Y\u2028"])
