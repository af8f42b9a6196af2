"""Where a training run writes: the folder of its model, and beside it that of its states."""

import itertools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postagger.checkpoint import checkpoint_path, is_checkpoint, remove_checkpoint
from postagger.errors import CheckpointError, OutputError
from postagger.model_folder import MODEL_FILES, open_model_folder
from postagger.output_folder import PARTIAL, check_output, check_parent, free_path, remove_leftovers
from postagger.run_checkpoints import check_settings


@dataclass(frozen=True)
class RunPlace:
    """output: the model folder to write. resume: go on with what was cut off here. force: replace what is here."""

    output: Path
    resume: bool
    force: bool

    @classmethod
    def default(cls, name: str, *, resume: bool, force: bool) -> "RunPlace":
        """trained/NAME, or where that is taken trained/NAME-2 and so on; to resume, the one that was cut off last."""
        first = Path("trained") / Path(name).stem
        taken = [*itertools.takewhile(_is_taken, _numbered(first))]
        free = next(itertools.islice(_numbered(first), len(taken), None))
        cut_off = [one for one in taken if checkpoint_path(one).exists()]
        if resume:
            return cls(max(cut_off, key=_cut_off_at, default=first), resume, force)
        return cls(first if force else free, resume, force)

    @property
    def checkpoint(self) -> Path:
        """The folder of the run's states."""
        return checkpoint_path(self.output)

    def check(self) -> None:
        """Find out before any work is done whether the run can write here.

        Raises:
            OutputError: something is in the way, or the place cannot be written to.
        """
        check_output(self.output, MODEL_FILES, force=self.may_replace)
        if self.checkpoint.exists() or self.checkpoint.is_symlink():
            if not is_checkpoint(self.checkpoint):
                raise OutputError(
                    f"{self.checkpoint}: expected a folder of checkpoints and nothing else, got others; "
                    "choose another --output"
                )
            if not self.may_replace:
                raise OutputError(
                    f"{self.checkpoint}: expected no unfinished run, got one; add --resume to go on, or --force"
                )
        check_parent(self.checkpoint)

    def begin(self) -> None:
        """Take away what would be in the way of the run: half a state, and with --force those of another run."""
        if self.resume:
            for left in self.checkpoint.glob(f"*/{PARTIAL}*"):
                shutil.rmtree(left, ignore_errors=True)
            remove_leftovers(self.output)
        else:
            remove_checkpoint(self.checkpoint)

    def finished(self, kind: str, settings: Mapping[str, Any]) -> bool:
        """Whether there is nothing to resume, as the model of such a run is there, whole.

        Raises:
            CheckpointError: the model there is of another run, or was saved when its run was cut off.
            ModelFolderError: it is damaged.
        """
        if not self.resume or self.checkpoint.exists() or not self.output.exists():
            return False
        config = open_model_folder(self.output, kind).config
        if config.get("training_result", {}).get("interrupted", True):
            raise CheckpointError(
                f"{self.checkpoint}: expected a checkpoint to resume from, got none; train anew with --force"
            )
        stored = {name: value for part in config.values() if isinstance(part, dict) for name, value in part.items()}
        check_settings(self.output, {name: stored[name] for name in settings if name in stored}, settings)
        return True

    def end(self) -> None:
        """The run is complete, and its states are of no more use."""
        remove_checkpoint(self.checkpoint)

    @property
    def may_replace(self) -> bool:
        """Whether the model may replace what is here: a run that was cut off has saved one that is its own."""
        return self.force or self.resume

    def for_model(self) -> Path:
        """Where to save the model after all: another run may have taken the place, and this one must not be lost."""
        return self.output if self.may_replace else free_path(self.output)


def _numbered(first: Path) -> "itertools.chain[Path]":
    return itertools.chain([first], (first.with_name(f"{first.name}-{number}") for number in itertools.count(2)))


def _is_taken(output: Path) -> bool:
    return output.exists() or checkpoint_path(output).exists()


def _cut_off_at(output: Path) -> float:
    """When the last state of a run was written."""
    return max((path.stat().st_mtime for path in checkpoint_path(output).glob("*")), default=0.0)
