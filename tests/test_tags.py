from pathlib import Path

import pytest

from postagger import tags
from postagger.data_prep.tag_meanings import TAG_MEANINGS
from postagger.tags import table


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert tags.run(arguments) == 0
    return capsys.readouterr().out.splitlines()


def told(lines: list[str]) -> list[str]:
    """The tags at the beginnings of lines."""
    return [line.split()[0] for line in lines if not line.startswith(" ")]


def test_a_table() -> None:
    assert list(table(["VBZ", "NN", "own"])) == [
        "VBZ  verb, present, third person singular:     She *takes* a walk.",
        "     takes",
        "NN   noun, singular or mass: dog, water        The *dog* barks.",
        "own",
    ]
    assert list(table([])) == []
    assert all(len(line) <= 80 for line in table(TAG_MEANINGS))


def test_the_named_tagsets(capsys: pytest.CaptureFixture[str]) -> None:
    penn, universal, ud = (told(printed(capsys, "--tagset", name)) for name in ("ptb", "universal", "ud"))
    assert told(printed(capsys)) == penn
    assert (len(penn), len(universal), len(ud)) == (45, 12, 17)
    assert {"VBZ", "``", "-LRB-"} <= set(penn)
    assert {"PRT", "."} <= set(universal)
    assert {"SCONJ", "PUNCT"} <= set(ud)


def test_a_model_tells_its_own_tags(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(printed(capsys, "--model", str(small_model))) == ". DT IN JJ NN NNS VB VBP VBZ".split()
    assert told(printed(capsys, "--model", str(small_model), "--tagset", "ud")) == "ADJ ADP DET NOUN PUNCT VERB".split()


def test_a_mapping_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mapping"
    path.write_text("NN NOUN\nNNS NOUN\nVB Verb\n")
    assert printed(capsys, "--tagset", str(path)) == [
        "NOUN  noun                                      The *dog* barks.",
        "Verb",
    ]


def test_a_tagset_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert tags.run(["--tagset", "latin"]) == 2
    assert "expected one of ptb universal ud, or a file that maps tags, got 'latin'" in capsys.readouterr().err
