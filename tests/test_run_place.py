"""Where a run writes, and what it does with what is there already."""

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from postagger.checkpoint import Checkpoint, has_states, write_checkpoint
from postagger.errors import CheckpointError, OutputError
from postagger.run_place import RunPlace
from postagger.tagger import Tagger


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def cut_off(output: str) -> None:
    write_checkpoint(Path(f"{output}.checkpoint/training"), Checkpoint({}, {"a": torch.zeros(1)}))


def default(name: str, *, resume: bool = False, force: bool = False) -> str:
    return str(RunPlace.default(name, resume=resume, force=force).output)


def test_a_new_folder_each_time_unless_told_otherwise() -> None:
    assert default("poem.txt") == "trained/poem"
    assert default("poem.txt", resume=True) == "trained/poem"
    Path("trained/poem").mkdir(parents=True)
    cut_off("trained/poem-2")
    assert default("poem.txt") == "trained/poem-3"
    assert default("poem.txt", force=True) == "trained/poem"
    assert default("poem.txt", resume=True) == "trained/poem-2"


def test_an_unfinished_run_is_not_run_over() -> None:
    cut_off("m")
    with pytest.raises(
        OutputError, match=r"m\.checkpoint: expected no unfinished run, got one; add --resume to go on, or --force"
    ):
        RunPlace(Path("m"), resume=False, force=False).check()
    RunPlace(Path("m"), resume=True, force=False).check()
    place = RunPlace(Path("m"), resume=False, force=True)
    place.check()
    with place.held():
        assert list(Path("m.checkpoint").iterdir()) == []
    assert not Path("m.checkpoint").exists()


def test_what_a_kill_left_behind_is_removed_when_the_run_goes_on() -> None:
    cut_off("m")
    for half in (
        "m.checkpoint/training/.postagger-000002-abcdefgh",
        ".postagger-m-abcdefgh",
        ".postagger-m.checkpoint-abcdefgh",
    ):
        Path(half).mkdir()
    with RunPlace(Path("m"), resume=True, force=False).held():
        pass
    assert sorted(map(str, Path().rglob("*"))) == [
        "m.checkpoint",
        "m.checkpoint/training",
        "m.checkpoint/training/000001",
        "m.checkpoint/training/000001/manifest.json",
        "m.checkpoint/training/000001/state.json",
        "m.checkpoint/training/000001/tensors.safetensors",
    ]


def test_somebody_else_s_folder_is_never_taken() -> None:
    Path("m.checkpoint").mkdir()
    Path("m.checkpoint/thesis.txt").touch()
    for resume, force in ((False, True), (True, False)):
        with pytest.raises(OutputError, match=r"m\.checkpoint: expected a folder of checkpoints and nothing else"):
            RunPlace(Path("m"), resume=resume, force=force).check()


def test_a_run_that_is_complete_has_nothing_to_resume(small_tagger: Tagger) -> None:
    place = RunPlace(Path("m"), resume=True, force=False)
    settings, sha256 = small_tagger.config.flat(), small_tagger.facts["corpus"]["sha256"]
    assert not place.finished("tagger", settings, sha256)
    small_tagger.save("m")
    assert place.finished("tagger", settings, sha256)
    Path("m.checkpoint").mkdir()  # of a run that was killed before its first state
    assert place.finished("tagger", settings, sha256)
    with pytest.raises(CheckpointError, match="--hidden-size: expected 8 as in m, got 9; resume with the settings"):
        place.finished("tagger", {**settings, "hidden_size": 9}, sha256)
    with pytest.raises(CheckpointError, match="m: expected the data of that run, got other data"):
        place.finished("tagger", settings, "0" * 64)
    cut_off("m")
    assert not place.finished("tagger", settings, sha256)
    assert not RunPlace(Path("m"), resume=False, force=True).finished("tagger", settings, sha256)


@pytest.mark.parametrize("fact", ["interrupted", "diverged"])
def test_a_model_of_half_a_run_is_not_complete(fact: str, small_model: Path) -> None:
    tagger = Tagger.load(small_model)
    tagger.facts["training_result"][fact] = True
    tagger.save("m")
    with pytest.raises(CheckpointError, match=r"m\.checkpoint: expected a checkpoint to resume from, got none; train"):
        RunPlace(Path("m"), resume=True, force=False).finished("tagger", tagger.config.flat(), "")


def test_one_run_at_a_time() -> None:
    place = RunPlace(Path("m"), resume=True, force=False)
    with place.held():
        cut_off("m")
        other = RunPlace(Path("m"), resume=False, force=True)
        with pytest.raises(OutputError, match=r"m\.checkpoint: expected to be alone here, got another run at work"):
            other.held().__enter__()
        assert has_states(Path("m.checkpoint"))
    with other.held():
        assert not has_states(Path("m.checkpoint"))


@pytest.mark.parametrize("stop", [1, 2, 4, 6, 8])
def test_a_kill_while_the_states_are_removed(stop: int, small_tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    place = RunPlace(Path("m"), resume=True, force=False)
    cut_off("m")
    cut_off("m")
    small_tagger.save("m")
    real, calls = os.unlink, 0

    def unlink(*given: Any, **how: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == stop:
            raise KeyboardInterrupt  # as good as a kill
        real(*given, **how)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", unlink)
        with contextlib.suppress(KeyboardInterrupt):
            place.end()
    settings, sha256 = small_tagger.config.flat(), small_tagger.facts["corpus"]["sha256"]
    assert place.finished("tagger", settings, sha256)
    assert sorted(path.name for path in Path().iterdir()) == ["m"]
