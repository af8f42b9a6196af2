"""Training streamed beside training in memory: python -m benchmarks.stream; exit code 1 if it falls short.

Brown, five times over and in shards of CoNLL-U, is read streamed and into memory, and two taggers are trained on it in
turns, a few hundred steps each, so that whatever else the machine does falls on both. Told are the tokens a second of
the clock and of the processor. Then the real command streams a whole epoch of five times Brown and of ten times, in
which its memory must be small and the same. Needs NLTK's Brown corpus.
"""

import argparse
import itertools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from postagger.config import PRESETS, CorpusConfig, TaggerConfig
from postagger.data_prep.batching import Batch
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.streamed_corpus import StreamedCorpus, stream_corpus
from postagger.device import flushed_denormals, threads
from postagger.tagger_training import _prepared, _trainer
from postagger.trainer import Trainer

SHARDS = 8  # of each time Brown
DEV_SENTENCES = 500
STEPS = 250  # of a turn
QUICK = "--preset fast --num-epochs 1 --batch-size 256".split()  # large batches, as it is memory that is measured
LEAST_RATIO, MOST_MEGABYTES, MOST_GROWTH = 0.9, 900.0, 0.05
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass
class Turns:
    """One tagger's turns: batches of an epoch, and what they took so far, by the clock and of the processor."""

    trainer: Trainer[Batch]
    batches: Iterator[Batch]
    tokens: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0

    @classmethod
    def of(cls, corpus: Corpus | StreamedCorpus, preset: str) -> "Turns":
        """Of a tagger that has learnt nothing yet."""
        settings = {name: value for name, value in PRESETS[preset].items() if name in TaggerConfig.field_names()}
        config = TaggerConfig.from_settings({**settings, "device": "cpu"})
        tagger, batches = _prepared(corpus, config, None, {})
        trainer = _trainer(tagger, batches, (), show_progress=False, name="")
        return cls(trainer, iter(trainer.batches(1, 0)))

    def take(self) -> None:
        """One turn: what the trainer does between two epochs is not of interest."""
        start, processor_start = time.perf_counter(), time.process_time()
        for batch in itertools.islice(self.batches, STEPS):
            self.trainer._step(batch)
            self.tokens += int(batch.lengths.sum())
        self.seconds += time.perf_counter() - start
        self.processor_seconds += time.process_time() - processor_start

    @property
    def rate(self) -> float:
        """Tokens a second of the processor."""
        return self.tokens / self.processor_seconds


def main() -> int:
    """Write the shards, train in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=["fast", "default"], help="(default: fast default)")
    parser.add_argument("--turns", type=int, default=12, help="of each tagger (default: 12)")
    parser.add_argument("--times", type=int, default=5, help="Brown is repeated so often (default: 5)")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, ", end="")
    print(f"torch {version('torch')}\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sentences = load_corpus(["brown"], test=0).train
        shards = written(sentences, folder, 2 * options.times)
        dev = ["--dev", str(shard(sentences[:DEV_SENTENCES], folder / "dev.conllu"))]
        once = shards[: len(shards) // 2]
        falls_short = in_turns(options.presets, once, options.turns)
        falls_short |= whole_epochs([*dev, *QUICK], [once, shards], folder)
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


def in_turns(presets: Sequence[str], files: Sequence[str], turns: int) -> bool:
    """Whether streaming falls short of so much as memory gives, in any of the presets."""
    start = time.process_time()
    whole = load_corpus(files, test=0)
    in_memory, start = time.process_time() - start, time.process_time()
    streamed = stream_corpus(files, shuffle_buffer=CorpusConfig().shuffle_buffer)
    print(f"{streamed.counts.tags.total():,} tokens. Read into memory in {in_memory:.1f} s of the processor, ", end="")
    print(f"counted in {time.process_time() - start:.1f} s.\n", flush=True)
    print("| preset | in memory, tokens/s of the processor | streamed | ratio | ratio by the clock |")
    print("|---|---|---|---|---|")
    ratios = []
    for preset in presets:
        both = Turns.of(whole, preset), Turns.of(streamed, preset)
        with threads(1), flushed_denormals():
            for _ in range(turns):
                for one in both:
                    one.take()
        ours, theirs = both[1], both[0]
        ratios.append(ours.rate / theirs.rate)
        by_clock = ours.tokens / ours.seconds / (theirs.tokens / theirs.seconds)
        print(f"| {preset} | {theirs.rate:,.0f} | {ours.rate:,.0f} | {ratios[-1]:.3f} | {by_clock:.3f} |", flush=True)
    return min(ratios) < LEAST_RATIO


def whole_epochs(command: Sequence[str], corpora: Sequence[Sequence[str]], folder: Path) -> bool:
    """Whether streaming a whole epoch takes too much memory, or more of it for a larger corpus."""
    print("\n| shards | ready after s | whole command, s | tokens/s | MB at the most |\n|---|---|---|---|---|")
    megabytes = []
    for corpus in corpora:
        megabytes.append(_trained([*command, "--stream", "--corpus", *corpus], len(corpus), folder))
    return max(megabytes) > MOST_MEGABYTES or megabytes[-1] > (1 + MOST_GROWTH) * megabytes[0]


def _trained(arguments: Sequence[str], shards: int, folder: Path) -> float:
    """The megabytes of one run of the command, from its start to its end, of which a row is printed."""
    output, start = folder / "model", time.perf_counter()
    command = [sys.executable, "-m", "postagger.train", *arguments, "--output", str(output), "--force"]
    with (folder / "told").open("w+", encoding="utf-8") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env={**os.environ, **ONE_THREAD})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said = told.read()
    seconds, found = time.perf_counter() - start, re.search(r"ready after ([\d.]+) s", said)
    if process.returncode or found is None:
        raise RuntimeError(f"expected a run that ends well, got code {process.returncode}: {said[-1000:]}")
    (record,) = json.loads((output / "history.json").read_text(encoding="utf-8"))
    megabytes = usage.ru_maxrss / 1024
    rate = record["tokens_per_second"]
    print(f"| {shards} | {found[1]} | {seconds:,.0f} | {rate:,.0f} | {megabytes:,.0f} |", flush=True)
    return megabytes


if __name__ == "__main__":
    sys.exit(main())
