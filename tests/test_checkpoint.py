"""The states of a training run, on disk."""

from pathlib import Path

import pytest
import torch

from postagger.checkpoint import (
    Checkpoint,
    checkpoint_path,
    is_checkpoint,
    random_states,
    read_checkpoint,
    remove_checkpoint,
    set_random_states,
    write_checkpoint,
)
from postagger.errors import CheckpointError


def write(stage: Path, *numbers: int) -> None:
    for number in numbers:
        write_checkpoint(stage, Checkpoint({"number": number}, {"a": torch.full((2,), float(number))}))


def number_of(stage: Path) -> object:
    checkpoint = read_checkpoint(stage)
    assert checkpoint is not None
    return checkpoint.state["number"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = {"settings": {"cell": "gru"}, "sha256": "abc", "position": {"seconds": 0.1}}
    tensors = {"a": torch.randn(2, 3).t(), "b": torch.tensor([1.5], dtype=torch.float64)}
    write_checkpoint(tmp_path / "c", Checkpoint(state, tensors))
    read = read_checkpoint(tmp_path / "c")
    assert read is not None
    assert read.state == {"format_version": 1, **state}
    for name, value in tensors.items():
        assert torch.equal(read.tensors[name], value)
        assert read.tensors[name].dtype == value.dtype


def test_two_generations_are_kept(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path / "stage") is None
    write(tmp_path / "stage", 1, 2, 3)
    assert names(tmp_path / "stage") == ["000002", "000003"]
    assert number_of(tmp_path / "stage") == 3


@pytest.mark.parametrize("harm", ["changed", "cut", "missing", "empty"])
@pytest.mark.parametrize("name", ["state.json", "tensors.safetensors", "manifest.json"])
def test_the_one_before_stands_in_for_a_damaged_one(tmp_path: Path, name: str, harm: str) -> None:
    write(tmp_path / "stage", 1, 2)
    file = tmp_path / "stage" / "000002" / name
    content = file.read_bytes()
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes({"changed": b"x" + content[1:], "cut": content[:-2], "empty": b""}[harm])
    assert number_of(tmp_path / "stage") == 1
    write(tmp_path / "stage", 3)  # the run goes on, and the damaged one goes in time
    write(tmp_path / "stage", 4)
    assert names(tmp_path / "stage") == ["000003", "000004"]


def test_no_generation_that_is_whole(tmp_path: Path) -> None:
    write(tmp_path / "stage", 1, 2)
    for generation in (tmp_path / "stage").iterdir():
        tensors = generation / "tensors.safetensors"
        tensors.write_bytes(b"x" + tensors.read_bytes()[1:])
    with pytest.raises(CheckpointError, match=r"000002.tensors\.safetensors: expected .*; train anew with --force"):
        read_checkpoint(tmp_path / "stage")


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "stage", Checkpoint({"format_version": 2}, {"a": torch.zeros(1)}))
    with pytest.raises(CheckpointError, match=r"state\.json: expected format_version 1, got 2"):
        read_checkpoint(tmp_path / "stage")


def test_random_numbers_go_on_where_they_were() -> None:
    states = random_states()
    drawn = torch.rand(3)
    set_random_states(states)
    assert torch.equal(torch.rand(3), drawn)


def test_only_a_checkpoint_is_removed(tmp_path: Path) -> None:
    write(tmp_path / "c" / "training", 1)
    (tmp_path / "c" / "training" / ".postagger-000002-abcdefgh").mkdir()  # what a kill leaves behind
    write(tmp_path / "more" / "training", 1)
    (tmp_path / "more" / "training" / "000001" / "notes.txt").touch()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").touch()
    (tmp_path / "link").symlink_to(tmp_path / "c")
    assert [is_checkpoint(tmp_path / name) for name in ("c", "more", "thesis", "link", "nothing")] == [
        True,
        *[False] * 4,
    ]
    for name in ("link", "c", "more", "thesis", "nothing"):
        remove_checkpoint(tmp_path / name)
    assert names(tmp_path) == ["link", "more", "thesis"]


def test_where_the_checkpoints_of_a_run_lie() -> None:
    assert checkpoint_path(Path("models/a")) == Path("models/a.checkpoint")
    assert checkpoint_path(Path()).name == f"{Path.cwd().name}.checkpoint"
