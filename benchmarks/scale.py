"""How long bulk tagging takes at any size: the stages are measured here, and scaled by a simulation.

    python -m benchmarks.scale                        # measure, check against a real run, and print the table
    python -m benchmarks.scale --stages STAGES.json   # the table again, from stages that were measured before

Measured, on one core: finding the parts of a file (by the process that runs the command), reading and tokenising,
tagging, writing, what that process does for each finished part, and how much parts of equal size differ in time.

Simulated: workers that take the next part when they are free; one process that hands parts out and notes them, one at
a time; one storage of a bandwidth that all share. The simulation is checked with a real run of the local engine on as
many files, beside whose wall time the one that it foretells is printed.
"""

import argparse
import heapq
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path

from postagger.bulk.input_files import input_files
from postagger.bulk.job import Job
from postagger.bulk.ledger import Ledger
from postagger.bulk.part import Finished, Part
from postagger.bulk.planning import plan
from postagger.bulk.stages import tagged, tokenised, written
from postagger.data_prep.corpus import nltk_corpus

_TOKENS_OF_ROW = 40
_SIZES = {"10^9": 1e9, "10^12": 1e12}
_CORES = (8, 64, 1_000, 10_000)
_GIGABYTE = 1e9


@dataclass(frozen=True)
class Stages:
    """What was measured. Of each token: bytes in and out, and seconds of a core; of each part: seconds.

    spread: the standard deviation of the logarithm of the time of a part. driver: of the process that runs the command.
    """

    model: str
    bytes_in: float
    bytes_out: float
    plan_seconds_per_byte: float
    read_seconds: float
    tag_seconds: float
    write_seconds: float
    driver_seconds_per_part: float
    start_seconds: float
    spread: float

    @property
    def core_seconds(self) -> float:
        """Of a token, in a worker."""
        return self.read_seconds + self.tag_seconds + self.write_seconds


@dataclass(frozen=True)
class Cluster:
    """storage: bytes a second of all workers together, read and written."""

    workers: int
    part_bytes: float
    storage: float


def main() -> None:
    """Measure, check, simulate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="english-news")
    parser.add_argument("--tokens", type=int, default=1_000_000, help="to measure with (default: 1,000,000)")
    parser.add_argument("--files", type=int, default=20, help="to measure with (default: 20)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="of the real run")
    parser.add_argument("--storage", type=float, default=10, help="gigabytes a second of the storage (default: 10)")
    parser.add_argument("--stages", type=Path, help="stages that were measured before, as JSON")
    options = parser.parse_args()
    if options.stages is None:
        about = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        print(f"{about}, torch {version('torch')}\n")
        with tempfile.TemporaryDirectory() as folder:
            stages = measured(Path(folder), options.model, options.tokens, options.files, options.workers)
    else:
        stages = Stages(**json.loads(options.stages.read_text()))
    print(json.dumps(asdict(stages)))
    print_table(stages, options.storage * _GIGABYTE)


def measured(folder: Path, model: str, tokens: int, files: int, workers: int) -> Stages:
    """The stages, one by one, and a real run beside what is foretold of it."""
    source = write_files(folder / "in", tokens, files)
    job = Job(output=str(folder / "out"), model=model)
    found = input_files([f"{folder}/in/*.txt"], None, folder / "out")
    parts = list(plan(found, 1 << 40, "text", None))
    stages = replace(_of_parts(parts, job, model), plan_seconds_per_byte=_planning(folder, source))
    rate = 1 / stages.core_seconds
    print(f"one core, all stages in a row: {rate:,.0f} tokens/s; {stages.bytes_out:.1f} bytes a token are written")
    _check(folder, stages, tokens, files, workers)
    return stages


def write_files(folder: Path, tokens: int, files: int) -> bytes:
    """Lines of Brown, which is repeated, in so many files; gives all of them."""
    folder.mkdir()
    words = islice(cycle(nltk_corpus("brown", package="brown").words()), tokens)
    rows = [" ".join(row) for row in iter(lambda: list(islice(words, _TOKENS_OF_ROW)), [])]
    for number in range(files):
        (folder / f"{number:04}.txt").write_text("".join(f"{row}\n" for row in rows[number::files]), encoding="utf-8")
    return "".join(f"{row}\n" for row in rows).encode()


def _of_parts(parts: list[Part], job: Job, model: str) -> Stages:
    tagger = job.tagger()
    for part in parts[:2]:  # so that words that are frequent everywhere have been met
        written(part, job, (tagged(portion, tagger) for portion in tokenised(part, job)))
    times: list[tuple[float, float, float]] = []
    tokens: list[int] = []
    for part in parts:
        clock = [time.perf_counter()]
        read = list(tokenised(part, job))
        clock.append(time.perf_counter())
        known = [tagged(portion, tagger) for portion in read]
        clock.append(time.perf_counter())
        tokens.append(written(part, job, known).tokens)
        clock.append(time.perf_counter())
        times.append((clock[1] - clock[0], clock[2] - clock[1], clock[3] - clock[2]))
    whole = sum(tokens)
    each = [sum(part) / count for part, count in zip(times, tokens, strict=True)]
    return Stages(
        model=model,
        bytes_in=sum(part.num_bytes for part in parts) / whole,
        bytes_out=sum(job.output_file(part).stat().st_size for part in parts) / whole,
        plan_seconds_per_byte=0.0,
        read_seconds=sum(read for read, _, _ in times) / whole,
        tag_seconds=sum(tag for _, tag, _ in times) / whole,
        write_seconds=sum(write for _, _, write in times) / whole,
        driver_seconds_per_part=_noting(parts[0], Path(job.output)),
        start_seconds=_starting(model),
        spread=statistics.stdev(map(math.log, each)),
    )


def _planning(folder: Path, content: bytes) -> float:
    """Seconds a byte, of finding where the parts of a large file begin."""
    large = folder / "large.txt"
    large.write_bytes(content * max(1, 200_000_000 // len(content)))
    found = input_files([str(large)], None, folder / "out")
    begun = time.perf_counter()
    list(plan(found, 8_000_000, "text", None))
    seconds = (time.perf_counter() - begun) / large.stat().st_size
    large.unlink()
    return seconds


def _noting(part: Part, output: Path) -> float:
    """Seconds a part, of the process that runs the command: it writes the part down, and notes its end."""
    finished = Finished(part.path, part.name, 0, part.size, part.modified, part.num_bytes, 1, 1, 0, 1.0)
    begun, count = time.perf_counter(), 2000
    with Ledger(output) as ledger:
        for _ in range(count):
            json.dumps(part.to_dict())
            ledger.note(Finished(**json.loads(json.dumps(finished.to_dict()))))
    return (time.perf_counter() - begun) / count


def _starting(model: str) -> float:
    """Seconds until a worker has its model."""
    begun = time.perf_counter()
    code = f"from postagger.integrations.arrow import arrow_tagger; arrow_tagger({model!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def _check(folder: Path, stages: Stages, tokens: int, files: int, workers: int) -> None:
    """A real run, and what the simulation says of it."""
    for number in sorted({1, workers}):
        command = f"-m postagger.bulk --model {stages.model} --workers {number} --output {folder}/run{number}"
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, *command.split(), "--input", f"{folder}/in/*.txt"], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - begun
        cluster = Cluster(number, tokens * stages.bytes_in / files, float("inf"))
        foretold = 2 * stages.start_seconds + simulated(stages, cluster, tokens)  # the command has one, too
        ratio = foretold / seconds
        print(
            f"{number} workers, {tokens:,} tokens: {seconds:.1f} s, foretold {foretold:.1f} s: {ratio:.2f}", flush=True
        )


def simulated(stages: Stages, cluster: Cluster, tokens: float, seed: int = 1) -> float:
    """Seconds from the first part that is handed out to the last one that is noted."""
    moments = random.Random(seed)
    per_part = cluster.part_bytes / stages.bytes_in
    count = max(1, round(tokens / per_part))
    transfer = per_part * (stages.bytes_in + stages.bytes_out) / cluster.storage
    free_workers = [0.0] * min(cluster.workers, count)
    driver = storage = last = 0.0
    for _ in range(count):
        begun = max(heapq.heappop(free_workers), driver)
        work = per_part * stages.core_seconds * moments.lognormvariate(-(stages.spread**2) / 2, stages.spread)
        storage = max(storage, begun) + transfer
        ended = max(begun + work, storage)
        driver = max(driver, begun) + stages.driver_seconds_per_part
        last = max(last, ended + stages.driver_seconds_per_part)
        heapq.heappush(free_workers, ended)
    return last


def print_table(stages: Stages, storage: float) -> None:
    """A row a size and number of cores."""
    print("\n| tokens | cores | part, MB | finding the parts | tagging | cores' share at work | what limits |")
    print("|---|---|---|---|---|---|---|")
    for name, size, cores, part_bytes in _cases():
        cluster = Cluster(cores, part_bytes, storage)
        seconds = simulated(stages, cluster, size)
        busy = size * stages.core_seconds / cores / seconds
        planning = _in_words(size * stages.bytes_in * stages.plan_seconds_per_byte)
        limit = _limit(stages, cluster, size, seconds)
        print(
            f"| {name} | {cores:,} | {part_bytes / 1e6:g} | {planning} | {_in_words(seconds)} | {busy:.0%} | {limit} |"
        )
    for name, size in _SIZES.items():
        read, kept = size * stages.bytes_in / 1e12, size * stages.bytes_out / 1e12
        print(
            f"\n{name} tokens: {read:.3g} TB in, {kept:.3g} TB out, {size * stages.core_seconds / 3600:,.0f} core hours"
        )


def _cases() -> Iterator[tuple[str, float, int, float]]:
    for name, size in _SIZES.items():
        for cores in _CORES:
            yield name, size, cores, 8e6
            if size > 1e9 and cores >= 1_000:
                yield name, size, cores, 128e6


def _limit(stages: Stages, cluster: Cluster, tokens: float, seconds: float) -> str:
    """What takes nearly all of the time, if it is not the cores."""
    count = tokens * stages.bytes_in / cluster.part_bytes
    shares = {
        "the storage": tokens * (stages.bytes_in + stages.bytes_out) / cluster.storage / seconds,
        "the process that hands out": count * stages.driver_seconds_per_part / seconds,
        "the cores": tokens * stages.core_seconds / cluster.workers / seconds,
    }
    most = max(shares, key=lambda name: shares[name])
    return most if shares[most] > 0.8 else f"the last parts: {count:,.0f} for {cluster.workers:,} cores"


def _in_words(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


if __name__ == "__main__":
    main()
