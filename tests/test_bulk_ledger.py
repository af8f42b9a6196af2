import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from bulk_corpora import rows_in, stamps, write_lines

from postagger.bulk import bulk_command, run
from postagger.bulk.ledger import LEDGER, Ledger, noted_parts
from postagger.bulk.output import SETTINGS
from postagger.bulk.part import Finished
from postagger.errors import OutputError


@pytest.fixture
def tag(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tags files into the folder out; returns the exit code."""
    monkeypatch.chdir(tmp_path)
    return lambda *globs: run(["--model", str(small_model), "--workers", "1", "--output", "out", "--input", *globs])


def test_a_name_of_another_file_does_not_overwrite_what_is_there(
    tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "2023" / "x.txt", ["The dog"])
    write_lines(tmp_path / "2024" / "x.txt", ["barks"])
    assert tag("2023/*.txt") == 0
    before = stamps(tmp_path / "out")
    capsys.readouterr()
    assert tag("2024/*.txt") == 2
    assert capsys.readouterr().err == (
        f"postagger bulk: error: {tmp_path}/out: expected 'x.txt' to be {tmp_path}/2023/x.txt, as in the run before, "
        f"got {tmp_path}/2024/x.txt; choose another --output, or add --force to begin anew\n"
    )
    assert stamps(tmp_path / "out") == before
    Path("now").symlink_to("2023")
    assert tag("now/*.txt", "2024/../now/*.txt") == 0  # which are the same
    assert stamps(tmp_path / "out") == before
    assert tag("2024/*.txt", "--force") == 0
    assert [row["tokens"] for row in rows_in(tmp_path / "out").values()] == [["barks"]]


def test_what_is_no_input_any_more_is_told(tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(tmp_path / "c" / "a" / "x.txt", ["The dog"])
    assert tag("c/a/*.txt") == 0
    assert capsys.readouterr().err == ""
    assert tag("c/*/*.txt") == 0
    assert capsys.readouterr().err == (
        f"1 files of earlier runs are no input of this one; what came of them stays in {tmp_path}/out, unless --force "
        f"begins anew\n"
    )
    assert list(rows_in(tmp_path / "out")) == ["a/x.txt:1", "x.txt:1"]


def test_force_throws_away_what_the_command_wrote_and_nothing_that_is_called_alike(
    tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("x.txt", "y.txt"):
        write_lines(tmp_path / name, ["The dog"])
    assert tag("x.txt") == 0
    for name in ("mine-00001.parquet", "rejected/x.txt-1.jsonl", ".postagger-notes"):
        mine = tmp_path / "out" / name
        write_lines(mine, ["do not lose me"])
        capsys.readouterr()
        assert tag("y.txt", "--force") == 2
        message = f"expected only files that this command writes, got '{name}'; take that out"
        assert message in capsys.readouterr().err
        mine.unlink()
    for name in ("x.txt-00007.parquet", "rejected/y.txt-00000.jsonl", ".postagger-0123456789abcdef"):
        write_lines(tmp_path / "out" / name, ["{}"])
    assert tag("y.txt", "--force") == 0
    left = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert left == {SETTINGS, LEDGER, "y.txt-00000.parquet"}


def test_folders_whose_names_are_no_text(tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.fsdecode(b"caf\xe9")
    write_lines(tmp_path / folder / "in" / "x.txt", ["The dog"])
    for _ in range(2):
        assert tag(f"{folder}/in/*.txt", "--column", folder) == 0
    assert "1 of these parts were finished before" in capsys.readouterr().out
    assert tag(f"{folder}/in/*.txt", "--column", folder, "--force") == 0
    assert [row["tokens"] for row in rows_in(tmp_path / "out").values()] == [["The", "dog"]]


def test_a_file_called_as_a_tagset_is_none(tag: Any, tmp_path: Path) -> None:
    write_lines(tmp_path / "x.txt", ["The dog"])
    for name in ("ptb", "universal"):
        write_lines(tmp_path / name, ["nothing that maps tags"])
        assert tag("x.txt", "--tagset", name, "--force") == 0
    assert [row["tags"] for row in rows_in(tmp_path / "out").values()] == [["DET", "NOUN"]]


def test_what_is_done_again_is_not_noted_as_it_was(tag: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file changes, is tagged, and comes back as it was before its part is noted."""
    path = tmp_path / "x.txt"
    write_lines(path, ["The dog"])
    write_lines(tmp_path / "y.txt", ["The dog"])
    stamp = path.stat().st_mtime_ns
    assert tag("?.txt") == 0
    write_lines(path, ["barks", "barks"])
    with monkeypatch.context() as patch:
        note = Ledger.note
        patch.setattr(Ledger, "note", lambda self, one: sys.exit(9) if one.modified > 0 else note(self, one))
        with pytest.raises(SystemExit, match="9"):
            tag("?.txt")
    assert [row["tokens"] for row in rows_in(tmp_path / "out").values()] == [["barks"], ["barks"], ["The", "dog"]]
    assert {one.name for one in noted_parts(tmp_path / "out").values() if one.modified > 0} == {"y.txt"}
    write_lines(path, ["The dog"])
    os.utime(path, ns=(stamp, stamp))
    assert tag("?.txt") == 0
    assert [row["tokens"] for row in rows_in(tmp_path / "out").values()] == [["The", "dog"], ["The", "dog"]]


def test_advice_is_of_what_is_wrong(tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(tmp_path / "x.txt", ["The dog"])
    (tmp_path / "out" / "x.txt-00000.parquet").mkdir(parents=True)
    assert tag("x.txt") == 2
    assert "x.txt-00000.parquet: expected a file that can be written, got: Is a directory; mend that, and run" in (
        capsys.readouterr().err
    )


ONE = Finished("/in/x.txt", "x.txt", 0, 5, 6, 5, 1, 2, 0, 0.5)


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    lines: list[Any] = [ONE.to_dict()]
    lines += [{**ONE.to_dict(), name: value} for name, value in [("name", 7), ("number", "1"), ("rows", True)]]
    lines += [{**ONE.to_dict(), "more": 1}, {"name": "x.txt"}, [], 7, None]
    content = [*map(json.dumps, lines), "[" * 100_000, "\\ud800", '{"name"']
    (tmp_path / LEDGER).write_text("\n".join(content))
    assert noted_parts(tmp_path) == {("x.txt", 0): ONE}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is full is Linux's")
def test_a_full_disk_is_told_in_one_line_also_by_the_ledger(tmp_path: Path) -> None:
    (tmp_path / LEDGER).symlink_to("/dev/full")
    with (
        pytest.raises(OutputError, match="expected a file that can be written, got: No space left on device; make"),
        Ledger(tmp_path) as ledger,
    ):
        ledger.note(ONE)


@pytest.mark.parametrize("content", ["[]", "7", "null", "{", "[" * 100_000], ids=lambda content: content[:4])
def test_settings_that_are_none_are_told(
    tag: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    write_lines(tmp_path / "x.txt", ["The dog"])
    write_lines(tmp_path / "out" / SETTINGS, [content])
    assert tag("x.txt") == 2
    assert "expected settings as JSON, got a damaged file; add --force to begin anew" in capsys.readouterr().err


def test_a_long_search_for_parts_is_told(
    tag: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "0.txt", ["The dog"] * 20)  # 160 bytes
    write_lines(tmp_path / "1.txt", ["The dog"] * 10)  # less than a part
    assert tag("?.txt", "--part-size", "0.0001") == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(bulk_command, "_GIGABYTE", 100)
    assert tag("?.txt", "--part-size", "0.0001") == 0
    assert capsys.readouterr().err == "looking for the parts of 1 files, 1.6 GB\n"
