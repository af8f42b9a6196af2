"""The whole state of a training run, written atomically, so that a run goes on where it was cut off.

state.json           where the run is: epoch, step, history, settings, and what identifies its data
tensors.safetensors  weights, optimizer, random generators, the best weights so far
manifest.json        the SHA-256 of both
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from postagger.errors import CheckpointError
from postagger.output_folder import write_folder

_STATE, _TENSORS, _MANIFEST = "state.json", "tensors.safetensors", "manifest.json"
CHECKPOINT_FILES = (_STATE, _TENSORS, _MANIFEST)


@dataclass(frozen=True)
class Checkpoint:
    """state: plain values, for JSON. tensors: by name."""

    state: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def checkpoint_path(output: Path) -> Path:
    """Where the checkpoint of a run lies: beside the folder it will write."""
    place = output if output.name not in ("", "..") else output.resolve()
    return place.with_name(f"{place.name}.checkpoint")


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write the folder, whole or not at all, in place of the one before.

    Raises:
        OutputError: it cannot be written.
    """
    contents = {
        _STATE: (json.dumps(checkpoint.state, indent=1) + "\n").encode(),
        _TENSORS: save({name: value.detach().cpu().contiguous() for name, value in checkpoint.tensors.items()}),
    }
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    write_folder(path, {**contents, _MANIFEST: (json.dumps(manifest, indent=1) + "\n").encode()}, force=True)


def remove_checkpoint(path: Path) -> None:
    """Remove the folder, if it is a checkpoint and nothing else."""
    if path.is_dir() and {entry.name for entry in path.iterdir()} == set(CHECKPOINT_FILES):
        shutil.rmtree(path, ignore_errors=True)


def read_matching_checkpoint(path: Path, settings: Mapping[str, Any], sha256: str) -> Checkpoint:
    """The checkpoint, if its run had these settings and its data this fingerprint.

    Raises:
        CheckpointError: there is none, it is not whole, or it is of another run; names the first setting that differs.
    """
    checkpoint = read_checkpoint(path)
    stored = checkpoint.state.get("settings", {})
    for name in [*settings, *(name for name in stored if name not in settings)]:
        if stored.get(name) != settings.get(name):
            raise CheckpointError(
                f"--{name.replace('_', '-')}: expected {stored.get(name)} as in {path}, got {settings.get(name)}; "
                f"resume with the settings of that run"
            )
    if checkpoint.state.get("sha256") != sha256:
        raise CheckpointError(f"{path}: expected the data of that run, got other data; resume with the same")
    return checkpoint


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the folder and check every byte of it.

    Raises:
        CheckpointError: there is none, or it is not whole.
    """
    try:
        contents = {name: (path / name).read_bytes() for name in (_STATE, _TENSORS, _MANIFEST)}
        manifest = json.loads(contents[_MANIFEST])
        for name in (_STATE, _TENSORS):
            if hashlib.sha256(contents[name]).hexdigest() != manifest[name]:
                raise CheckpointError(f"{path / name}: expected the bytes that were saved, got others; train anew")
        return Checkpoint(json.loads(contents[_STATE]), load(contents[_TENSORS]))
    except OSError as error:
        raise CheckpointError(
            f"{path}: expected a checkpoint to resume from, got: {error.strerror}; train without --resume"
        ) from None
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointError(f"{path}: expected a checkpoint, got a broken one: {error}; train anew") from None


def random_states() -> dict[str, Tensor]:
    """The states of torch's random generators, by device."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_random_states(states: Mapping[str, Tensor]) -> None:
    """Set torch's random generators to states taken before; those that are missing stay as they are."""
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
