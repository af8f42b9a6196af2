"""Training streamed beside training in memory: python -m benchmarks.stream; exit code 1 if it falls short.

Brown, five times over and in shards of CoNLL-U, is trained on by the real command, in turns streamed and in memory, for
as many minutes each. Told are the tokens a second of the training itself, the seconds before its first step, and the
largest resident memory of the process. Then a whole epoch is streamed of five times Brown and of ten times, which must
take the same memory. Needs NLTK's Brown corpus.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.sentence import Sentence

SHARDS = 8  # of each time Brown
DEV_SENTENCES = 500
LEAST_RATIO, MOST_MEGABYTES, MOST_GROWTH = 0.9, 900.0, 0.05
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Figures:
    """Of one run: tokens a second in its epochs, seconds before the first step, megabytes at the most."""

    rate: float
    ready: float
    megabytes: float


def main() -> int:
    """Write the shards, train in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=["fast", "default"], help="(default: fast default)")
    parser.add_argument("--rounds", type=int, default=3, help="of both, for each preset (default: 3)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of training in each run (default: 1)")
    parser.add_argument("--times", type=int, default=5, help="Brown is repeated so often (default: 5)")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, ", end="")
    print(f"torch {version('torch')}\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sentences = load_corpus(["brown"], test=0).train
        shards = written(sentences, folder, 2 * options.times)
        once, twice = shards[: len(shards) // 2], shards
        dev = ["--dev", str(shard(sentences[:DEV_SENTENCES], folder / "dev.conllu"))]
        falls_short = False
        for preset in options.presets:
            command = [*dev, "--preset", preset, "--minutes", str(options.minutes)]
            falls_short |= in_turns(preset, [*command, "--corpus", *once], options.rounds, folder)
        falls_short |= whole_epochs([*dev, "--preset", "fast", "--num-epochs", "1"], [once, twice], folder)
    return int(falls_short)


def written(sentences: Sequence[Sentence], folder: Path, times: int) -> list[str]:
    """The files of so many times all sentences."""
    size = -(-len(sentences) // SHARDS)
    parts = [sentences[start : start + size] for start in range(0, len(sentences), size)] * times
    return [str(shard(part, folder / f"{number:03}.conllu")) for number, part in enumerate(parts)]


def shard(sentences: Sequence[Sentence], path: Path) -> Path:
    """A CoNLL-U file of sentences."""
    with path.open("w", encoding="utf-8") as file:
        for sentence in sentences:
            for number, (token, tag) in enumerate(zip(sentence.tokens, sentence.tags, strict=True), 1):
                file.write(f"{number}\t{token}\t_\t_\t{tag}\t_\t_\t_\t_\t_\n")
            file.write("\n")
    return path


def in_turns(preset: str, command: Sequence[str], rounds: int, folder: Path) -> bool:
    """Whether streaming falls short, in the median of so many rounds of one run each."""
    print(f"Preset {preset}\n\n| round | in memory, tokens/s | streamed | ratio |", end="")
    print(" ready after s, in memory | streamed | MB, in memory | streamed |\n|---|---|---|---|---|---|---|---|")
    ratios, largest = [], 0.0
    for number in range(1, rounds + 1):
        whole, streamed = trained(command, folder), trained([*command, "--stream"], folder)
        ratios.append(streamed.rate / whole.rate)
        largest = max(largest, streamed.megabytes)
        print(
            f"| {number} | {whole.rate:,.0f} | {streamed.rate:,.0f} | {ratios[-1]:.3f} | {whole.ready:.1f} | "
            f"{streamed.ready:.1f} | {whole.megabytes:,.0f} | {streamed.megabytes:,.0f} |",
            flush=True,
        )
    print(f"\nMedian ratio: {median(ratios):.3f}\n", flush=True)
    return median(ratios) < LEAST_RATIO or largest > MOST_MEGABYTES


def whole_epochs(command: Sequence[str], corpora: Sequence[Sequence[str]], folder: Path) -> bool:
    """Whether streaming a whole epoch takes too much memory, or more of it for a larger corpus."""
    print("A whole epoch, streamed\n\n| shards | tokens/s | ready after s | MB |\n|---|---|---|---|")
    megabytes = []
    for corpus in corpora:
        figures = trained([*command, "--stream", "--corpus", *corpus], folder)
        megabytes.append(figures.megabytes)
        print(f"| {len(corpus)} | {figures.rate:,.0f} | {figures.ready:.1f} | {figures.megabytes:,.0f} |", flush=True)
    return max(megabytes) > MOST_MEGABYTES or megabytes[-1] > (1 + MOST_GROWTH) * megabytes[0]


def trained(arguments: Sequence[str], folder: Path) -> Figures:
    """One run of the command, from its start to its end."""
    output = folder / "model"
    command = [sys.executable, "-m", "postagger.train", *arguments, "--output", str(output), "--force"]
    with (folder / "told").open("w+", encoding="utf-8") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env={**os.environ, **ONE_THREAD})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said = told.read()
    found = re.search(r"ready after ([\d.]+) s", said)
    if process.returncode or found is None:
        raise RuntimeError(f"expected a run that ends well, got code {process.returncode}: {said[-1000:]}")
    history = json.loads((output / "history.json").read_text(encoding="utf-8"))
    rate = median(record["tokens_per_second"] for record in history)
    return Figures(rate, float(found[1]), usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
