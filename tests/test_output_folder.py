import errno
import stat
import sys
from pathlib import Path

import pytest

from postagger import output_folder
from postagger.errors import OutputError
from postagger.output_folder import check_output, remove_leftovers, write_folder

FILES = {"config.json": b"{}", "evaluation.json": b"[]"}


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_appears_whole_with_usual_permissions(tmp_path: Path) -> None:
    write_folder(tmp_path / "deep" / "model", FILES)
    assert listing(tmp_path) == ["deep", "deep/model", "deep/model/config.json", "deep/model/evaluation.json"]
    (tmp_path / "usual").mkdir()
    assert stat.S_IMODE((tmp_path / "deep/model").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


def test_what_exists_is_not_touched_without_force(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(OutputError, match=r"expected an output folder that does not exist, got one; .* --force"):
        write_folder(tmp_path / "model", FILES)
    assert listing(tmp_path) == ["model"]


def test_force_replaces_our_own_files_only(tmp_path: Path) -> None:
    model = tmp_path / "model"
    write_folder(model, {"config.json": b"old", "evaluation.json": b"old"})
    write_folder(model, FILES, force=True)
    assert (model / "config.json").read_bytes() == b"{}"
    assert listing(tmp_path) == ["model", "model/config.json", "model/evaluation.json"]
    (model / "thesis.tex").touch()
    with pytest.raises(
        OutputError, match=r"expected a folder of just config\.json evaluation\.json to replace, got others"
    ):
        write_folder(model, FILES, force=True)
    assert (model / "thesis.tex").exists()
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OutputError, match="expected an output folder, got a file or a link"):
        check_output(file, FILES, force=True)


@pytest.mark.skipif(sys.platform != "linux", reason="two folders change places in one step on Linux alone")
def test_the_old_folder_is_there_until_the_new_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "model", FILES)
    seen = []
    real = output_folder._exchange

    def look(fresh: Path, path: Path) -> bool:
        seen.append(listing(path))
        done = real(fresh, path)
        seen.append(listing(path))
        assert listing(fresh) == sorted(FILES)  # the old one, which is to be removed
        return done

    monkeypatch.setattr(output_folder, "_exchange", look)
    write_folder(tmp_path / "model", {**FILES, "config.json": b"new"}, force=True)
    assert seen == [sorted(FILES), sorted(FILES)]
    assert (tmp_path / "model/config.json").read_bytes() == b"new"
    assert listing(tmp_path) == ["model", *(f"model/{name}" for name in sorted(FILES))]


def test_where_folders_cannot_change_places_the_old_one_steps_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_folder, "_exchange", lambda *_: False)
    for content in (b"old", b"new"):
        write_folder(tmp_path / "model", {**FILES, "config.json": content}, force=True)
    assert (tmp_path / "model/config.json").read_bytes() == b"new"
    assert listing(tmp_path) == ["model", *(f"model/{name}" for name in sorted(FILES))]


def test_leftovers_of_a_folder_are_removed_and_nobody_else_s(tmp_path: Path) -> None:
    kept = [".postagger-model-2-abcdefgh", ".postagger-models-abcdefgh", ".postagger-model-notes", "model"]
    for name in (*kept, ".postagger-model-abcdefgh"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").touch()
    remove_leftovers(tmp_path / "model")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="expected a folder that can be written, got: Not a directory"):
        check_output(tmp_path / "file" / "model", FILES, force=False)


@pytest.mark.parametrize("force", [False, True])
def test_a_full_disk_leaves_nothing_behind_and_the_old_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    model = tmp_path / "model"
    if force:
        write_folder(model, FILES)
    before = listing(tmp_path)
    real = output_folder._write_file

    def write(path: Path, content: bytes) -> None:
        if path.name == "evaluation.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, content)

    monkeypatch.setattr(output_folder, "_write_file", write)
    with pytest.raises(OutputError, match="got: No space left on device; make room or choose another --output"):
        write_folder(model, FILES, force=force)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EACCES, "Permission denied")])
def test_what_cuts_in_between_the_two_moves_does_not_cost_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    model = tmp_path / "model"
    write_folder(model, dict.fromkeys(FILES, b"old"))
    monkeypatch.setattr(output_folder, "_exchange", lambda *_: False)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == model and self.name != "old":
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises((KeyboardInterrupt, OutputError)):
        write_folder(model, FILES, force=True)
    assert (model / "config.json").read_bytes() == b"old"
    assert listing(tmp_path) == ["model", "model/config.json", "model/evaluation.json"]


def test_scores_never_replace_a_model(tmp_path: Path) -> None:
    model = tmp_path / "model"
    write_folder(model, FILES)
    with pytest.raises(OutputError, match=r"expected a folder of just evaluation\.json to replace"):
        write_folder(model, {"evaluation.json": b"{}"}, force=True)


def test_a_check_leaves_no_folders_behind(tmp_path: Path) -> None:
    check_output(tmp_path / "a" / "b" / "c", FILES, force=False)
    assert listing(tmp_path) == []
    with pytest.raises(OutputError, match="expected a folder that can be written, got: File name too long"):
        check_output(tmp_path / ("x" * 300), FILES, force=False)


def test_a_folder_of_an_older_version_may_be_replaced_and_half_a_one_may_not(tmp_path: Path) -> None:
    names = ["evaluation.json", "predictions.conllu", "report.html"]
    scores = tmp_path / "scores"
    write_folder(scores, {"evaluation.json": b"old"})
    write_folder(scores, dict.fromkeys(names, b"new"), force=True)
    assert (scores / "evaluation.json").read_bytes() == b"new"
    write_folder(tmp_path / "half", {"report.html": b"mine"})
    with pytest.raises(OutputError, match="to replace, got others"):
        write_folder(tmp_path / "half", dict.fromkeys(names, b"new"), force=True)
