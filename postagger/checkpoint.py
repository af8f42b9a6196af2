"""The state of a training run on disk, in two generations, so that one is whole whatever happens to the other.

    OUTPUT.checkpoint/
        training/              a stage of the run; one with raw text has the stage raw-text before it
            000041/            a state: a folder that was written whole and then moved here
                state.json           where the run is: epoch, step, history, settings, and what identifies its data
                tensors.safetensors  weights, optimizer, random generators, the best weights so far
                manifest.json        the SHA-256 of both
            000042/            the one after it

The third state is written before the first one is removed.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from postagger.errors import CheckpointError
from postagger.output_folder import PARTIAL, remove_folder, write_folder
from postagger.stored_files import MANIFEST, StoredFiles, shown
from postagger.stored_tensors import declared_tensors

FORMAT_VERSION = 1
_STATE, _TENSORS = "state.json", "tensors.safetensors"
_FILES = (_STATE, _TENSORS, MANIFEST)
_GENERATIONS = 2
_LARGEST_STATE, _LARGEST_TENSORS = 1 << 26, 1 << 40  # bytes


@dataclass(frozen=True)
class Checkpoint:
    """state: plain values, for JSON. tensors: by name."""

    state: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def checkpoint_path(output: Path) -> Path:
    """Where the checkpoints of a run lie: beside the folder it will write."""
    place = output if output.name not in ("", "..") else output.resolve()
    return place.with_name(f"{place.name}.checkpoint")


def write_checkpoint(stage: Path, checkpoint: Checkpoint) -> None:
    """Add a state to the folder of a stage, whole or not at all, and remove all but the last two.

    Raises:
        OutputError: it cannot be written; then those before it are as they were.
    """
    contents = {
        _STATE: (json.dumps({"format_version": FORMAT_VERSION, **checkpoint.state}, indent=1) + "\n").encode(),
        _TENSORS: save({name: value.detach().cpu().contiguous() for name, value in checkpoint.tensors.items()}),
    }
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    newest = max((int(path.name) for path in _generations(stage)), default=0)
    contents[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    write_folder(stage / f"{newest + 1:06}", contents)
    for path in _generations(stage)[_GENERATIONS:]:
        shutil.rmtree(path, ignore_errors=True)


def read_checkpoint(stage: Path, tell: Callable[[str], None] = lambda _: None) -> Checkpoint | None:
    """The newest state of a stage that is whole, every byte of it checked; None where none was written.

    tell: told of each that is passed over.

    Raises:
        CheckpointError: there are some, and none is whole.
    """
    broken: CheckpointError | None = None
    for path in _generations(stage):
        try:
            return _read(path)
        except CheckpointError as error:
            broken = broken or error
            tell(f"{path}: damaged, going on with the state before it if there is one.")
    if broken is not None:
        raise broken
    return None


def remove_checkpoint(path: Path) -> None:
    """Remove the folder of a run in one step, if it holds checkpoints and nothing else."""
    if is_checkpoint(path):
        remove_folder(path)


def is_checkpoint(path: Path) -> bool:
    """Whether this is a folder of checkpoints, with nothing in it that somebody else has put there."""
    if path.is_symlink() or not path.is_dir():
        return False
    return all(stage.is_dir() and not stage.is_symlink() and all(map(_is_state, _seen(stage))) for stage in _seen(path))


def has_states(path: Path) -> bool:
    """Whether a run has written states here."""
    return any(_generations(stage) for stage in path.glob("*"))


def _seen(path: Path) -> list[Path]:
    """What is in a folder, but for hidden files, which file managers leave everywhere."""
    return [entry for entry in path.iterdir() if entry.is_dir() or not entry.name.startswith(".")]


def _is_state(path: Path) -> bool:
    """Whether this is a state, or what is left of one."""
    named = path.name.isdecimal() or path.name.startswith(PARTIAL)
    return named and path.is_dir() and {entry.name for entry in _seen(path)} <= set(_FILES)


def _generations(stage: Path) -> list[Path]:
    """The states of a stage, newest first."""
    if not stage.is_dir():
        return []
    found = (path for path in stage.iterdir() if path.name.isascii() and path.name.isdecimal())
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def _read(path: Path) -> Checkpoint:
    """A state.

    Raises:
        CheckpointError: it is not whole, or of a later version.
    """
    files = StoredFiles(path, CheckpointError, "a checkpoint", "train anew with --force")
    manifest = files.manifest()
    files.check_names(manifest, (_STATE, _TENSORS))
    state = files.json_object(_STATE, files.vouched(_STATE, _LARGEST_STATE, manifest))
    if state.get("format_version") != FORMAT_VERSION:
        raise files.refusal(_STATE, f"format_version {FORMAT_VERSION}", shown(state.get("format_version")))
    declared_tensors(files, _TENSORS, _LARGEST_TENSORS)
    try:
        return Checkpoint(state, load(files.vouched(_TENSORS, _LARGEST_TENSORS, manifest)))
    except SafetensorError as error:
        raise files.refusal(_TENSORS, "tensors", f"a broken file: {error}") from None


def random_states() -> dict[str, Tensor]:
    """The states of torch's random generators, by device."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states["cuda"] = torch.cuda.get_rng_state()
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_states(states: Mapping[str, Tensor]) -> None:
    """Set torch's random generators to states taken before; those that are missing stay as they are."""
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])
