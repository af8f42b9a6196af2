"""The checkpoints of a run: written while its stages are trained, and read where it goes on."""

import hashlib
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.errors import CheckpointError, ConfigError, OutputError
from postagger.processes import ALONE, Processes
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

    tell: told of what went wrong; note: of where the run goes on. processes: those of the run, who all go on from what
    the first one reads.
    """

    path: Path
    every: SaveInterval = field(default_factory=SaveInterval)
    resume: bool = False
    tell: Callable[[str], None] = warnings.warn
    note: Callable[[str], None] = lambda _: None
    processes: Processes = ALONE

    def stage(self, name: str, settings: Mapping[str, Any], sha256: str) -> RunStage:
        """A stage of a run with these settings, and with data of this fingerprint.

        Raises:
            CheckpointError: what shall be resumed is not whole, or of another run; names the first setting that
                differs.
            ConfigError: another process trains something else.
        """
        versions = {"torch": str(torch.__version__), "processes": self.processes.size}
        facts = {"settings": settings, "sha256": sha256, **versions}
        self._check_same(facts)
        saved = self._saved(name) if self.resume else None
        if saved is not None:
            check_settings(self.path, saved.state.get("settings", {}), settings)
            if saved.state.get("sha256") != sha256:
                raise CheckpointError(
                    f"{self.path}: expected the data of that run, got other data; resume with the same"
                )
            for what, now in versions.items():
                if (before := saved.state.get(what, 1)) != now:
                    self.tell(f"Begun with {what} {before}, going on with {now}: bits differ.")
        return RunStage(self.path / name, facts, saved, self.every, self.tell, self.note)

    def _check_same(self, facts: Mapping[str, Any]) -> None:
        """Find out whether all processes train the same; if not, they would wait for each other."""
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        if not self.processes.is_same(digest):
            raise ConfigError(
                "expected the same corpus, settings and version of torch in all processes, got others in one; copy the "
                "corpus to every machine"
            )

    def _saved(self, name: str) -> Checkpoint | None:
        """The last state of a stage, as the first process has read it."""
        saved = read_checkpoint(self.path / name, self.tell) if self.processes.is_first else None
        state = self.processes.first_bytes(b"" if saved is None else json.dumps(saved.state).encode())
        if not state or self.processes.size == 1:
            return saved
        return Checkpoint(json.loads(state), self.processes.first_tensors(None if saved is None else saved.tensors))


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
