"""Where a training run writes: the folder of its model, and beside it that of its states."""

import contextlib
import itertools
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postagger.checkpoint import checkpoint_path, has_states, is_checkpoint, remove_checkpoint
from postagger.errors import CheckpointError, OutputError
from postagger.folder_lock import locked
from postagger.model_folder import MODEL_FILES, open_model_folder
from postagger.output_folder import PARTIAL, check_output, check_parent, free_path, remove_empty, remove_leftovers
from postagger.run_checkpoints import check_settings

_SUFFIX = checkpoint_path(Path("x")).suffix


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
        if resume:
            return cls(max(_cut_off(first), key=_cut_off_at, default=first), resume, force)
        return cls(first if force else next(itertools.filterfalse(_is_taken, _numbered(first))), resume, force)

    @property
    def checkpoint(self) -> Path:
        """The folder of the run's states."""
        return checkpoint_path(self.output)

    def check(self) -> None:
        """Find out before any work is done whether the run can write here.

        Raises:
            OutputError: something is in the way, or the place cannot be written to.
        """
        with contextlib.suppress(OSError):  # of which the next line tells
            self._check_states()
        check_output(self.output, MODEL_FILES, force=self.may_replace)
        check_parent(self.checkpoint)

    def _check_states(self) -> None:
        if self.checkpoint.exists() or self.checkpoint.is_symlink():
            if not is_checkpoint(self.checkpoint):
                raise OutputError(
                    f"{self.checkpoint}: expected a folder of checkpoints and nothing else, got others; "
                    "choose another --output"
                )
            if has_states(self.checkpoint) and not self.may_replace:
                raise OutputError(
                    f"{self.checkpoint}: expected no unfinished run, got one; add --resume to go on, or --force"
                )

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Here is this run and no other, as long as the context is open; what is in its way is taken away.

        That is what a kill left half done, and with --force the states of another run.

        Raises:
            OutputError: another run is at work here, or nothing can be written.
        """
        made = [self.checkpoint, *(parent for parent in self.checkpoint.parents if not parent.exists())]
        try:
            self.checkpoint.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.checkpoint}: expected a folder that can be written, got: {error.strerror}; choose another"
            ) from None
        with locked(self.checkpoint):
            try:
                for left in self.checkpoint.glob(f"*/{PARTIAL}*" if self.resume else "*"):
                    shutil.rmtree(left, ignore_errors=True)
                remove_leftovers(self.output)
                remove_leftovers(self.checkpoint)
                yield
            finally:
                remove_empty(made)

    def finished(self, kind: str, settings: Mapping[str, Any], sha256: str) -> bool:
        """Whether there is nothing to resume, as the model of such a run is there, whole.

        settings, sha256: of this run and of its data.

        Raises:
            CheckpointError: the model there is of another run, or of one that came to no good end.
            ModelFolderError: it is damaged.
        """
        if not self.resume:
            return False
        remove_leftovers(self.checkpoint)
        if has_states(self.checkpoint) or not self.output.exists():
            return False
        config = open_model_folder(self.output, kind).config
        ended = config.get("training_result", {})
        if ended.get("interrupted", True) or ended.get("diverged", False):
            raise CheckpointError(
                f"{self.checkpoint}: expected a checkpoint to resume from, got none; train anew with --force"
            )
        stored = {name: value for part in config.values() if isinstance(part, dict) for name, value in part.items()}
        check_settings(self.output, {name: stored[name] for name in settings if name in stored}, settings)
        if stored.get("sha256") != sha256:
            raise CheckpointError(f"{self.output}: expected the data of that run, got other data; resume with the same")
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


def _cut_off(first: Path) -> list[Path]:
    """The outputs of this name, numbered or not, whose runs have left states."""
    beside = (path.with_name(path.name.removesuffix(_SUFFIX)) for path in first.parent.glob(f"*{_SUFFIX}"))
    name = re.compile(rf"{re.escape(first.name)}(-\d+)?")
    return [output for output in beside if name.fullmatch(output.name) and has_states(checkpoint_path(output))]


def _is_taken(output: Path) -> bool:
    return output.exists() or checkpoint_path(output).exists()


def _cut_off_at(output: Path) -> float:
    """When the last state of a run was written."""
    return max((path.stat().st_mtime for path in checkpoint_path(output).glob("*")), default=0.0)
