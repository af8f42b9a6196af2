"""Inputs that no writer would make: python -m benchmarks.fuzz --inputs 1000000 --seed 1.

Every reader of files, the tokeniser and what is built on it, and the HTTP application are given files with something
wrong with them, and noise. An input may be refused by one line of an error of this package that names the file and the
line; what is accepted must be all there: as many tokens as other, simpler code counts, each at its place; what is
written must be read back equal. Nothing else may be raised, and nothing may take more than two seconds.

Each input depends on the seed, the target and its number alone. Whatever is found is stored as a file, with the command
that does it again. Exit 1 if anything was found.
"""

import argparse
import multiprocessing
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from postagger.argument_types import positive

from .running import Outcome
from .target import Target
from .tasks import Task, prepare, run_task

_INPUTS_IN_ONE_GO = 2000
_MEMORY = Path("/dev/shm")


def main(arguments: Sequence[str]) -> int:
    """Run, print a table, store what was found."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        targets = prepare(Path(folder))
        if unknown := set(options.target) - set(targets):
            raise SystemExit(f"--target: expected some of {', '.join(targets)}; got {', '.join(unknown)}")
        chosen = [one for name, one in targets.items() if name in options.target or not options.target]
        if options.replay:
            return _replay(chosen, options.replay)
        begun = time.perf_counter()
        outcomes = _run(chosen, options, Path(folder))
    _print(outcomes, time.perf_counter() - begun)
    return _store(outcomes, options.findings)


def _run(targets: Sequence[Target], options: argparse.Namespace, folder: Path) -> dict[str, Outcome]:
    outcomes = {one.name: Outcome() for one in targets}
    tasks = list(_tasks(targets, options.inputs, options.seed))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.processes, context, prepare, (folder,)) as pool:
        for done, (task, outcome) in enumerate(zip(tasks, pool.map(run_task, tasks), strict=True), start=1):
            outcomes[task[0]].add(outcome)
            if sys.stderr.isatty():
                print(f"\r{done} of {len(tasks)} parts", end="", file=sys.stderr)
    return outcomes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=positive, default=100_000, help="how many in all (default: 100000)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default: 1)")
    parser.add_argument("--processes", type=positive, default=2, help="how many at the same time (default: 2)")
    parser.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="only this one; also several times"
    )
    parser.add_argument(
        "--findings", type=Path, default=Path("build/fuzz"), help="folder for them (default: build/fuzz)"
    )
    parser.add_argument("--replay", type=Path, metavar="FILE", help="put a stored input to its --target once more")
    return parser


def _tasks(targets: Sequence[Target], num_inputs: int, seed: int) -> Iterator[Task]:
    """All targets side by side, so that each has its share at any time."""
    shares = sum(one.share for one in targets)
    counts = {one.name: max(1, round(num_inputs * one.share / shares)) for one in targets}
    for first in range(0, max(counts.values()), _INPUTS_IN_ONE_GO):
        for name, count in counts.items():
            if first < count:
                yield name, seed, first, min(_INPUTS_IN_ONE_GO, count - first)


def _print(outcomes: dict[str, Outcome], seconds: float) -> None:
    print(
        "| target | inputs | accepted | bytes | inputs/s | slowest, s | findings |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    total = Outcome()
    for name, one in outcomes.items():
        _print_row(name, one, one.seconds)
        total.add(one)
    _print_row("all", total, seconds)
    print(f"\n{total.inputs:,} inputs in {seconds:,.0f} s")


def _print_row(name: str, one: Outcome, seconds: float) -> None:
    cells = [
        f"{one.inputs:,}",
        f"{one.accepted / one.inputs:.0%}",
        f"{one.num_bytes:,}",
        f"{one.inputs / seconds:,.0f}",
    ]
    print("|", " | ".join([name, *cells, f"{one.slowest:.2f}", str(one.kinds.total())]), "|")


def _store(outcomes: dict[str, Outcome], folder: Path) -> int:
    for outcome in outcomes.values():
        for finding in outcome.findings:
            path = finding.store(folder)
            target = shlex.quote(finding.target)
            print(f"\n{finding.kind}, {outcome.kinds[finding.kind]} times: {finding.message}")
            print(f"python -m benchmarks.fuzz --target {target} --replay {path}")
    return int(any(outcome.findings for outcome in outcomes.values()))


def _replay(targets: Sequence[Target], path: Path) -> int:
    """With the traceback, if there is one."""
    if len(targets) != 1 or not path.is_file():
        raise SystemExit(f"--replay: expected one --target and a stored input, got {len(targets)} and {path}")
    print("accepted" if targets[0].check(path.read_bytes()) else "refused, as it must be")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
