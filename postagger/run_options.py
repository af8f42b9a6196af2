"""What the commands that train have in common: where a run writes, how it is resumed, and how it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from postagger.command_line import INTERRUPTED, note
from postagger.ranks import HERE, launched

if TYPE_CHECKING:
    from postagger.processes import Processes
    from postagger.run_checkpoints import RunCheckpoints
    from postagger.run_place import RunPlace
    from postagger.save_interval import SaveInterval
    from postagger.training_result import TrainingResult

Data = TypeVar("Data")

RUN_OPTIONS: dict[str, tuple[Any, str]] = {
    "force": (bool, "replace the model folder, and an unfinished run, if there is one"),
    "resume": (bool, "go on with a run that was cut off: the same command, with this flag"),
    "checkpoint_every": (
        str,
        "save the state so often, in steps (500) or time (30s, 5m, 2h); 0: on signals (default: 1m)",
    ),
}


@dataclass(frozen=True)
class RunOptions:
    """named: the output folder, if the user has named one."""

    named: str | None
    every: "SaveInterval"
    resume: bool
    force: bool

    def place(self, name: str) -> "RunPlace":
        """Where to write, when the corpus has this name.

        Raises:
            OutputError: something is in the way, or the place cannot be written to.
        """
        from postagger.run_place import RunPlace

        if self.named is not None:
            place = RunPlace(Path(self.named), self.resume, self.force)
        else:
            place = RunPlace.default(name, resume=self.resume, force=self.force)
        place.check()
        return place

    def checkpoints(self, place: "RunPlace", processes: "Processes") -> "RunCheckpoints":
        """The checkpoints of the run that begins now, or goes on."""
        from postagger.checkpoint import has_states
        from postagger.run_checkpoints import RunCheckpoints

        if self.resume and not has_states(place.checkpoint):
            note(f"{place.checkpoint}: there is no checkpoint yet, so the run begins anew.")
        return RunCheckpoints(place.checkpoint, self.every, self.resume, note, note, processes)

    def no_checkpoints(self, processes: "Processes") -> "RunCheckpoints":
        """Those of another process than the first one, which writes and reads them for all."""
        from postagger.run_checkpoints import RunCheckpoints

        return RunCheckpoints(Path(), self.every, self.resume, note, note, processes)


def run_options(settings: Mapping[str, Any]) -> RunOptions:
    """From what the user has said.

    Raises:
        ConfigError: --checkpoint-every is no number of steps and no time; or the run shall be resumed and replaced.
        OutputError: something is in the way of the named output, or it cannot be written.
    """
    from postagger.errors import ConfigError
    from postagger.save_interval import SaveInterval

    if settings["resume"] and settings["force"]:
        raise ConfigError("--resume: expected no --force beside it, got both; go on with the run, or replace it")
    every = settings["checkpoint_every"]
    interval = SaveInterval() if every is None else SaveInterval.parse(every)
    options = RunOptions(settings["output"], interval, bool(settings["resume"]), bool(settings["force"]))
    if options.named is not None and not HERE.rank:
        options.place("")  # what is in the way is told before any work is done
    return options


def joined(work: Callable[[], int]) -> int:
    """Do some work together with the processes that torchrun has started along with this one, if it has.

    Raises:
        ConfigError, ProcessError, SystemExit: see postagger.processes.join.
    """
    here = launched()
    if here.size == 1:
        return work()
    from postagger.processes import end, join  # with torch, which takes a second

    with join(here.rank, here.size):
        code = work()
    return end(code)


def follow(
    processes: "Processes",
    load: Callable[[], Data],
    train: "Callable[[Data, RunCheckpoints], object]",
    checkpoints: "RunCheckpoints",
) -> int:
    """Train along with the first process, which does all the rest."""
    data = load()
    (is_finished,) = processes.first_of([0])
    if not is_finished:
        train(data, checkpoints)
        processes.leave()
    return 0  # an error would have the first process killed, before it has saved what it was interrupted in


def tell_end(result: "TrainingResult", place: "RunPlace") -> None:
    """Why a run has ended before its time, and what to do about it."""
    if result.diverged:
        note(f"The loss is no number any more: saving the model of epoch {result.best_epoch}.")
    if result.interrupted:
        note(f"Interrupted: saving the best model so far{how_to_go_on(place)}.")


def how_to_go_on(place: "RunPlace") -> str:
    """The end of a sentence; nothing where no state was saved."""
    from postagger.checkpoint import has_states

    return f"; to go on: the same command with --output {place.output} --resume" if has_states(place.checkpoint) else ""


def exit_code_of(result: "TrainingResult", output: Path, *, is_judged: bool) -> int:
    """The exit code of a run whose model is saved.

    Raises:
        DivergedError: the run has come to nothing after its best epoch.
    """
    from postagger.errors import DivergedError
    from postagger.interrupts import exit_code

    if result.diverged:
        where = f"the model of epoch {result.best_epoch} is in {output}"
        raise DivergedError(f"{result.diverged}; {where}, and --force replaces it")
    if result.interrupted:
        return exit_code(result.interrupted_by)
    return 0 if is_judged else INTERRUPTED
