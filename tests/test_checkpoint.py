"""The state of a training run, on disk."""

from pathlib import Path

import pytest
import torch

from postagger.checkpoint import (
    Checkpoint,
    checkpoint_path,
    random_states,
    read_checkpoint,
    read_matching_checkpoint,
    remove_checkpoint,
    set_random_states,
    write_checkpoint,
)
from postagger.errors import CheckpointError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = {"settings": {"cell": "gru"}, "sha256": "abc", "position": {"seconds": 0.1}}
    tensors = {"a": torch.randn(2, 3).t(), "b": torch.tensor([1.5], dtype=torch.float64)}
    for _ in range(2):  # in place of the one before
        write_checkpoint(tmp_path / "c", Checkpoint(state, tensors))
    read = read_checkpoint(tmp_path / "c")
    assert read.state == state
    for name, value in tensors.items():
        assert torch.equal(read.tensors[name], value)
        assert read.tensors[name].dtype == value.dtype
    read_matching_checkpoint(tmp_path / "c", {"cell": "gru"}, "abc")
    with pytest.raises(CheckpointError, match=r"--cell: expected gru as in .*, got rnn; resume with the settings"):
        read_matching_checkpoint(tmp_path / "c", {"cell": "rnn"}, "abc")
    with pytest.raises(CheckpointError, match="expected the data of that run, got other data"):
        read_matching_checkpoint(tmp_path / "c", {"cell": "gru"}, "abd")


def test_a_changed_byte_and_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "c"
    write_checkpoint(path, Checkpoint({}, {"a": torch.zeros(2)}))
    (path / "tensors.safetensors").write_bytes(b"x" + (path / "tensors.safetensors").read_bytes()[1:])
    with pytest.raises(CheckpointError, match=r"tensors\.safetensors: expected the bytes that were saved, got others"):
        read_checkpoint(path)
    (path / "manifest.json").write_text("{")
    with pytest.raises(CheckpointError, match="expected a checkpoint, got a broken one"):
        read_checkpoint(path)
    with pytest.raises(CheckpointError, match="expected a checkpoint to resume from, got: No such file"):
        read_checkpoint(tmp_path / "nowhere")


def test_random_numbers_go_on_where_they_were() -> None:
    states = random_states()
    drawn = torch.rand(3)
    set_random_states(states)
    assert torch.equal(torch.rand(3), drawn)


def test_only_a_checkpoint_is_removed(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "c", Checkpoint({}, {"a": torch.zeros(2)}))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").touch()
    for name in ("c", "thesis", "nothing"):
        remove_checkpoint(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]
    assert checkpoint_path(Path("models/a")) == Path("models/a.checkpoint")
    assert checkpoint_path(Path()).name == f"{Path.cwd().name}.checkpoint"
