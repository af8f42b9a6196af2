"""Train on several processes of this machine: the same accuracy, exit code 0 every time, and how fast.

    python -m benchmarks.processes                            # all three, about an hour on two cores
    python -m benchmarks.processes --parts exits --runs 20

Every run is the real command under torchrun. accuracy: the treebank with a preset, on the published test part, for
each number of processes and seed. exits: short runs of both commands, of which each must end with 0 and leave no
process behind. speed: tokens a second by the number of processes, from the run's own history.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

_TAGGER = "postagger.train --corpus treebank --preset fast --num-epochs 1"
_WRITER = "postagger.charlm train --characters 20000 --hidden-size 32 --num-epochs 1 --threads 1"


def main() -> None:
    """Run what is asked for, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ["accuracy", "exits", "speed"]
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    parser.add_argument("--processes", nargs="+", type=int, default=[1, 2, 4], help="numbers of them (default: 1 2 4)")
    parser.add_argument("--preset", default="default", help="of accuracy and speed (default: default)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], help="of accuracy (default: 1 2 3)")
    parser.add_argument("--batch-sizes", nargs="+", type=int, default=[16, 256], help="of speed (default: 16 256)")
    parser.add_argument("--runs", type=int, default=20, help="of exits, for each command (default: 20)")
    arguments = parser.parse_args()
    about = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"{about}, torch {version('torch')}\n")
    if "accuracy" in arguments.parts:
        print_accuracy(arguments.processes, arguments.preset, arguments.seeds)
    if "exits" in arguments.parts:
        print_exits(arguments.processes, arguments.runs)
    if "speed" in arguments.parts:
        for batch_size in arguments.batch_sizes:
            print_speed(arguments.processes, f"--preset {arguments.preset} --batch-size {batch_size}")


def print_accuracy(numbers: Sequence[int], preset: str, seeds: Sequence[int]) -> None:
    """A row a number of processes."""
    print(f"| processes | accuracy of `{preset}`, by seed {' '.join(map(str, seeds))} | mean | seconds |")
    print("|---|---|---|---|")
    for number in numbers:
        found, seconds = [], 0.0
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                model = Path(folder) / "model"
                begun = time.monotonic()
                command = f"postagger.train --corpus treebank --preset {preset} --seed {seed} --output {model}"
                check(torchrun(number, command))
                seconds = time.monotonic() - begun
                found.append(json.loads((model / "evaluation.json").read_text())["accuracy"])
        each = ", ".join(f"{accuracy:.4f}" for accuracy in found)
        print(f"| {number} | {each} | {sum(found) / len(found):.4f} | {seconds:.0f} |", flush=True)


def print_exits(numbers: Sequence[int], runs: int) -> None:
    """A row a command and number of processes."""
    print("\n| command | processes | runs | exit code 0 | processes left behind |")
    print("|---|---|---|---|---|")
    for name, command in {"train": _TAGGER, "charlm train": _WRITER}.items():
        for number in (number for number in numbers if number > 1):
            good = left = 0
            for _ in range(runs):
                with tempfile.TemporaryDirectory() as folder:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        good += torchrun(number, f"{command} --output {folder}/model").returncode == 0
                    left += still_running(folder)
            print(f"| {name} | {number} | {runs} | {good} | {left} |", flush=True)


def print_speed(numbers: Sequence[int], settings: str) -> None:
    """A row a number of processes; all of them take turns twice, and the better time counts."""
    best = dict.fromkeys(numbers, 0.0)
    for _ in range(2):
        for number in numbers:
            with tempfile.TemporaryDirectory() as folder:
                command = f"postagger.train --corpus treebank {settings} --num-epochs 2 --output {folder}/model"
                check(torchrun(number, command))
                history = json.loads((Path(folder) / "model" / "history.json").read_text())
                best[number] = max(best[number], *(record["tokens_per_second"] for record in history))
    print(f"\n| processes | tokens/s, {settings} | to one |")
    print("|---|---|---|")
    for number, rate in best.items():
        print(f"| {number} | {rate:,.0f} | {rate / best[numbers[0]]:.2f} |")


def torchrun(number: int, command: str) -> "subprocess.CompletedProcess[str]":
    """So many processes of a command."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(number), "-m"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*launcher, *command.split()], capture_output=True, text=True, check=False, env=environment, timeout=1800
    )


def check(ended: "subprocess.CompletedProcess[str]") -> None:
    """Stop where a run has failed."""
    if ended.returncode:
        sys.exit(re.sub(r".*\r", "", ended.stderr))


def still_running(name: str) -> int:
    """How many processes have this in their arguments."""
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            count += name.encode() in path.read_bytes()
    return count


if __name__ == "__main__":
    main()
