"""Kill training again and again, at random moments, and compare what it ends with to a run that was left alone.

    python -m benchmarks.kills            # 50 kills of each kind of run, about half an hour

Every run is the real command with --resume and a checkpoint after every step, killed with SIGKILL after a random time
between its first and its last moment: while it reads, learns, judges, or writes a checkpoint or its model. It is
started again until it is complete, and then the next one begins. Weights must be equal to the bit.
"""

import argparse
import contextlib
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from postagger.data_prep.raw_sentences import load_raw_sentences

TAGGER = "-m postagger.train --corpus treebank --dev 0.1 --preset fast"
LANGUAGE_MODEL = "-m postagger.charlm train --threads 1 --characters 20000 --held-out 0.1 --hidden-size 64"
RUNS: Mapping[str, str] = {
    "tagger": f"{TAGGER} --cell lstm --num-epochs 2 --checkpoint-every 1",
    "tagger with raw text": f"{TAGGER} --cell gru --num-epochs 1 --checkpoint-every 1 --raw-text RAW",
    "language model": f"{LANGUAGE_MODEL} --cell lstm --num-epochs 12 --checkpoint-every 1",
}


@dataclass
class Tally:
    """kills, and how many of them came in the middle of a write; runs: complete ones; equal: with the same weights."""

    kills: int = 0
    in_a_write: int = 0
    runs: int = 0
    equal: int = 0
    failures: int = 0


def main() -> None:
    """Kill, resume, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="of each kind of run (default: 50)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: 1)")
    parser.add_argument("--only", choices=list(RUNS), help="one kind of run")
    arguments = parser.parse_args()
    about = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"{about}, torch {version('torch')}\n")
    print("| run | kills | in the middle of a write | resumed to the end | equal to the bit | seconds, left alone |")
    print("|---|---|---|---|---|---|")
    failed = False
    for name in [arguments.only] if arguments.only else RUNS:
        with tempfile.TemporaryDirectory() as folder:
            seconds, tally = kill_runs(RUNS[name].split(), Path(folder), arguments.kills, random.Random(arguments.seed))
        failed |= tally.failures > 0 or tally.equal < tally.runs
        print(
            f"| {name} | {tally.kills} | {tally.in_a_write} | {tally.runs} | {tally.equal} | {seconds:.0f} |",
            flush=True,
        )
    sys.exit(failed)


def kill_runs(command: list[str], folder: Path, kills: int, moments: random.Random) -> tuple[float, Tally]:
    """How long a run takes that is left alone, and what became of those that were not."""
    if "RAW" in command:
        raw = folder / "raw.txt"
        raw.write_text("\n\n".join(map(" ".join, load_raw_sentences(["state_union"])[:800])), encoding="utf-8")
        command[command.index("RAW")] = str(raw)
    begun = time.monotonic()
    subprocess.run([sys.executable, *command, "--output", str(folder / "whole")], check=True, capture_output=True)
    seconds = time.monotonic() - begun
    expected = (folder / "whole" / "weights.safetensors").read_bytes()
    tally = Tally()
    while tally.kills < kills:
        output = folder / f"killed-{tally.runs}"
        while not _is_complete(command, output, seconds, kills, moments, tally):
            pass
        tally.runs += 1
        tally.equal += (output / "weights.safetensors").read_bytes() == expected
        shutil.rmtree(output)
    return seconds, tally


def _is_complete(
    command: list[str], output: Path, seconds: float, kills: int, moments: random.Random, tally: Tally
) -> bool:
    """Start or resume a run; kill it at a random moment, if it is not complete by then, nor all kills are done."""
    moment = moments.uniform(0, seconds) if tally.kills < kills else None
    process = subprocess.Popen(
        [sys.executable, *command, "--output", str(output), "--resume"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _, told = process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        tally.kills += 1
        tally.in_a_write += any(_in_a_write(output))
        return False
    if process.returncode:
        tally.failures += 1
        raise SystemExit(f"expected a run that is resumed, got exit code {process.returncode}: {told[-500:]}")
    return True


def _in_a_write(output: Path) -> "list[Path]":
    """The folders that were being written."""
    with contextlib.suppress(FileNotFoundError):
        return [*output.parent.glob(".postagger-*"), *output.parent.glob(f"{output.name}.checkpoint/*/.postagger-*")]
    return []


if __name__ == "__main__":
    main()
