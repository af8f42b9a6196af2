"""Accuracy and time of every preset on the treebank, as whole processes: python benchmarks/presets.py.

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

TREEBANK = ["--corpus", "treebank"]
RUNS = {
    "default": [*TREEBANK, "--preset", "default"],
    "thorough": [*TREEBANK, "--preset", "thorough"],
    "fast": [*TREEBANK, "--preset", "fast"],
    "seed": [*TREEBANK, "--preset", "seed"],
    "seed, Adam": [*TREEBANK, "--preset", "seed", "--optimizer", "adam"],
}
# What the project promises: accuracy, accuracy of unknown words, most seconds.
PROMISED = {
    "default": (0.966, 0.878, 45.0),
    "thorough": (0.968, 0.878, 150.0),
    "fast": (0.96, 0.0, 12.0),
    "seed": (0.70, 0.0, float("inf")),
    "seed, Adam": (0.92, 0.0, float("inf")),
    "EWT dev, XPOS": (0.935, 0.0, float("inf")),
    "EWT dev, UPOS": (0.935, 0.0, float("inf")),
}


def main() -> int:
    """Run, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--runs", nargs="*", choices=list(RUNS), default=list(RUNS))
    parser.add_argument(
        "--ewt", type=Path, help="folder of UD English EWT: train on it, too, and judge on its dev part"
    )
    parser.add_argument("--check", action="store_true", help="exit with 1 if a mean falls short of what is promised")
    options = parser.parse_args()
    runs = {name: RUNS[name] for name in options.runs} | (_ewt_runs(options.ewt) if options.ewt else {})
    print(f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}\n")
    print("| run | accuracy: mean (range) | unknown words | whole sentences | seconds: mean (range) |")
    print("|---|---|---|---|---|")
    short = []
    for name, arguments in runs.items():
        results = [measure([*arguments, "--seed", str(seed)]) for seed in options.seeds]
        accuracy, unknown, sentences, seconds = zip(*results, strict=True)
        print(
            f"| {name} | {mean(accuracy):.4f} ({min(accuracy):.4f} to {max(accuracy):.4f}) | {mean(unknown):.4f} "
            f"| {mean(sentences):.3f} | {mean(seconds):.1f} ({min(seconds):.1f} to {max(seconds):.1f}) |",
            flush=True,
        )
        least, least_unknown, most_seconds = PROMISED[name]
        if mean(accuracy) < least or mean(unknown) < least_unknown or mean(seconds) > most_seconds:
            short.append(name)
    print(f"\nShort of what is promised: {', '.join(short) or 'none'}")
    return int(bool(short) and options.check)


def _ewt_runs(folder: Path) -> dict[str, list[str]]:
    files = ["--corpus", str(folder / "en_ewt-ud-train.conllu"), "--dev", str(folder / "en_ewt-ud-dev.conllu")]
    return {f"EWT dev, {field.upper()}": [*files, "--tag-field", field] for field in ("xpos", "upos")}


def measure(arguments: list[str]) -> tuple[float, float, float, float]:
    """Accuracy, accuracy of unknown words, sentence accuracy, and seconds of one run."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        command = [sys.executable, "-m", "postagger.train", "--output", str(model), *arguments]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        scores = json.loads((model / "evaluation.json").read_text())
    return scores["accuracy"], scores["accuracy_unknown"], scores["sentence_accuracy"], seconds


if __name__ == "__main__":
    sys.exit(main())
