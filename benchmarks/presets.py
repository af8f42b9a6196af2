"""Accuracy and time of every preset on the treebank, as whole processes: python benchmarks/presets.py --seeds 1 2 3.

Seconds run from the start of the process to its end: imports, reading the corpus, training, testing and saving.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

import torch

RUNS = {
    "default": ["--preset", "default"],
    "fast": ["--preset", "fast"],
    "seed": ["--preset", "seed"],
    "seed, Adam": ["--preset", "seed", "--optimizer", "adam"],
}


def main() -> None:
    """Run, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--runs", nargs="+", choices=list(RUNS), default=list(RUNS))
    parser.add_argument("arguments", nargs="*", help="more arguments for training, after --")
    options = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}\n")
    print("| preset | accuracy: mean (range) | unknown words | whole sentences | seconds: mean (range) |")
    print("|---|---|---|---|---|")
    for name in options.runs:
        runs = [measure([*RUNS[name], "--seed", str(seed), *options.arguments]) for seed in options.seeds]
        accuracy, unknown, sentences, seconds = zip(*runs, strict=True)
        print(
            f"| {name} | {mean(accuracy):.4f} ({min(accuracy):.4f} to {max(accuracy):.4f}) | {mean(unknown):.4f} "
            f"| {mean(sentences):.3f} | {mean(seconds):.1f} ({min(seconds):.1f} to {max(seconds):.1f}) |",
            flush=True,
        )


def measure(arguments: list[str]) -> tuple[float, float, float, float]:
    """Accuracy, accuracy of unknown words, sentence accuracy, and seconds of one run."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        command = [sys.executable, "-m", "postagger.train", "--corpus", "treebank", "--output", str(model), *arguments]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        scores = json.loads((model / "evaluation.json").read_text())
    return scores["accuracy"], scores["accuracy_unknown"], scores["sentence_accuracy"], seconds


if __name__ == "__main__":
    main()
