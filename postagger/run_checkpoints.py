"""The checkpoints of a run: written while its stages are trained, and read where it goes on."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.errors import CheckpointError, OutputError
from postagger.save_interval import SaveInterval
from postagger.stored_files import one_line
from postagger.trainer import BatchT, Trainer


@dataclass(frozen=True)
class RunStage:
    """A part of a run that one trainer does. saved: the state to go on from, None where it begins anew.

    facts: what identifies the run in its states.
    """

    path: Path
    facts: Mapping[str, Any]
    saved: Checkpoint | None
    every: SaveInterval
    tell: Callable[[str], None]
    note: Callable[[str], None]

    def follow(self, trainer: Trainer[BatchT]) -> None:
        """Let a trainer go on from the saved state, if there is one, and write its states from now on.

        Raises:
            CheckpointError: the state is not one of such a trainer.
        """
        if self.saved is not None:
            try:
                trainer.restore(self.saved)
                place = self.saved.state["position"]
                self.note(f"Going on with {self.path}: {place['epoch']} epochs and {place['step']} steps are done.")
            except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
                reason = one_line(error)
                raise CheckpointError(
                    f"{self.path}: expected the state of a run like this one, got {reason}; train anew with --force"
                ) from None
        trainer.save, trainer.every, trainer.tell = self._write, self.every, self.tell

    def _write(self, checkpoint: Checkpoint) -> None:
        try:
            write_checkpoint(self.path, Checkpoint({**checkpoint.state, **self.facts}, checkpoint.tensors))
        except OutputError as error:  # which must not cost the run
            self.tell(f"no checkpoint: {error}")


@dataclass(frozen=True)
class RunCheckpoints:
    """Where a run keeps its states, how often it writes one, and whether it begins with the last of them.

    tell: told of what went wrong; note: of where the run goes on.
    """

    path: Path
    every: SaveInterval = field(default_factory=SaveInterval)
    resume: bool = False
    tell: Callable[[str], None] = warnings.warn
    note: Callable[[str], None] = lambda _: None

    def stage(self, name: str, settings: Mapping[str, Any], sha256: str) -> RunStage:
        """A stage of a run with these settings, and with data of this fingerprint.

        Raises:
            CheckpointError: what shall be resumed is not whole, or of another run; names the first setting that
                differs.
        """
        facts = {"settings": settings, "sha256": sha256, "torch": str(torch.__version__)}
        saved = read_checkpoint(self.path / name, self.tell) if self.resume else None
        if saved is not None:
            check_settings(self.path, saved.state.get("settings", {}), settings)
            if saved.state.get("sha256") != sha256:
                raise CheckpointError(
                    f"{self.path}: expected the data of that run, got other data; resume with the same"
                )
            if saved.state.get("torch") != facts["torch"]:
                self.tell(f"Begun with torch {saved.state.get('torch')}, going on with {facts['torch']}: bits differ.")
        return RunStage(self.path / name, facts, saved, self.every, self.tell, self.note)


def check_settings(path: Path, stored: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse to go on with other settings.

    Raises:
        CheckpointError: names the first that differs.
    """
    for name in [*settings, *(name for name in stored if name not in settings)]:
        if stored.get(name) != settings.get(name):
            raise CheckpointError(
                f"--{name.replace('_', '-')}: expected {stored.get(name)} as in {path}, got {settings.get(name)}; "
                f"resume with the settings of that run"
            )
