import os
from pathlib import Path

import pytest

from postagger.bulk.input_files import input_files
from postagger.errors import ConfigError


def names(*globs: str, output: Path) -> list[str]:
    return [file.name for file in input_files(list(globs), "text", output)]


def test_names_are_those_below_the_fixed_folder_of_a_glob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/x.txt", "a/b/y.txt", "c/z.txt", "a/out/x.parquet", "top.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    output = tmp_path / "a" / "out"
    assert names("a/**/*.*", output=output) == ["b/y.txt", "x.txt"]
    assert names("*/*.txt", output=output) == ["a/x.txt", "c/z.txt"]
    assert names("a/x.txt", "c/*", f"{tmp_path}/*.txt", output=output) == ["top.txt", "x.txt", "z.txt"]
    assert names("top.txt", "*.txt", f"{tmp_path}/top.txt", "./top.txt", output=output) == ["top.txt"]
    assert names("a/**/*.txt", "a/b/y.txt", output=output) == ["x.txt", "y.txt"]
    assert names("a/b/y.txt", "a/**/*.txt", output=output) == ["x.txt", "y.txt"]
    assert names("a/*.txt", "**/*.txt", output=output) == ["a/b/y.txt", "c/z.txt", "top.txt", "x.txt"]


def test_inputs_that_cannot_be_used_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/x.txt", "c/x.txt", "rejected/x.txt", "a/y.doc", "out/z.txt", "odd/\x1b.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path.parent / "x.txt").write_text("x")
    (tmp_path / "long").mkdir()
    (tmp_path / "long" / ("y" * 236 + ".txt")).touch()
    (tmp_path / "odd" / os.fsdecode(b"\xff.txt")).touch()
    monkeypatch.chdir(tmp_path)
    for globs, message in [
        (["none*"], "--input 'none.*': expected a glob of files, got none; check the path"),
        (["a"], "--input 'a': expected a glob of files, got a folder; check the path"),
        (["out/*"], "--input 'out/.*': expected a glob of files, got none outside of --output; check the path"),
        (
            ["a/x.txt", "c/x.txt"],
            r"--input: expected files whose names below their globs differ, got 'x.txt' of .*/a/x",
        ),
        (["*/x.txt"], "--input: expected no folder rejected, which the output has itself, got '.*'; rename it"),
        (
            ["a/*"],
            r"a/y.doc: expected a file name that ends in one of .txt .*, got '.doc'; name the format with --input-",
        ),
        (["*/../../x.txt"], "--input: expected files below the fixed folder of their glob, got '../x.txt'; leave .."),
        (["long/*"], "y.txt: expected a name of at most 239 bytes, as that of its output is longer, got 240; rename"),
        (["odd/?.txt"], "--input: expected names that can be printed, got "),
    ]:
        with pytest.raises(ConfigError, match=message):
            input_files(globs, None, tmp_path / "out")


def test_a_path_that_exists_is_no_glob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a[1].txt", "a1.txt", "b[2]/c?.txt", "b2/c3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    output = tmp_path / "out"
    assert names("a[1].txt", "a1.txt", output=output) == ["a1.txt", "a[1].txt"]
    assert names("b[2]/c?.txt", output=output) == ["c?.txt"]
    assert names("b[2]/c*.txt", output=output) == ["b2/c3.txt"]


def test_a_file_to_which_links_lead_is_there_once_and_the_output_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("in/x.txt", "in/z/y.txt", "in/out/done.txt", "far/sub/w.txt", "far/v.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    Path("in/a").symlink_to(tmp_path / "in")  # a loop
    Path("in/link.txt").symlink_to("z/y.txt")
    Path("in/far").symlink_to(tmp_path / "far" / "sub")
    Path("output").symlink_to("in/out")
    for output in ("output", "in/out", "in/a/out"):
        assert names("in/**/*.txt", output=tmp_path / output) == ["far/w.txt", "link.txt", "x.txt"]
    (file,) = input_files(["in/far/../v.txt"], None, tmp_path / "out")  # which is in the folder far
    assert (file.path.exists(), file.name) == (True, "v.txt")
