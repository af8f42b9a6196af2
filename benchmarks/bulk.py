"""Bulk tagging by an engine: how quick it is, and whether every row comes out once, with the tags of `postagger tag`.

    python -m benchmarks.bulk --engine local --workers 2              # 2 million tokens
    python -m benchmarks.bulk --engine ray --workers 2 --kill worker  # and workers that are killed in the middle
    python -m benchmarks.bulk --engine spark --kill run               # and a whole run that is killed, again and again
    python -m benchmarks.bulk --smoke

The rows are lines of the Brown corpus, in files of text, JSON lines and Parquet. The same lines as one file, tagged by
`postagger tag --input lines` with as many workers, are what the rate and the tags are compared to. The start of an
engine is measured by a run of one row.
"""

import argparse
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from postagger.data_prep.corpus import nltk_corpus

WORKERS = {"local": "local_worker", "ray": "ray::MapWorker", "spark": "pyspark.daemon|pyspark/daemon"}
"""What stands in the command lines of workers."""
FORMATS = ("txt", "jsonl", "parquet")
_TOKENS_OF_ROW = 40


@dataclass
class Result:
    """rate: tokens per second, without the start; that of `postagger tag` is the one beside it."""

    engine: str
    workers: int
    files: int
    rows: int
    tokens: int
    kills: int
    start_seconds: float
    seconds: float
    rate: float
    tag_rate: float
    missing: int
    twice: int
    different: int

    @property
    def is_right(self) -> bool:
        """Whether every row came out once, as it should."""
        return self.missing == self.twice == self.different == 0


def main() -> None:
    """Make the files, tag them, compare, print."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        rows = list(_rows(options.tokens))
        _write_files(folder / "in", rows, options.files)
        known, tag_seconds = _tagged(folder, rows, options)
        (folder / "one.txt").write_text("The dog barks.\n", encoding="utf-8")
        start, _ = _run(_command(options, folder / "one.txt", folder / "one"), options, kill="")
        seconds, kills = _run(_command(options, folder / "in" / "*", folder / "out"), options, kill=options.kill)
        result = _compared(folder, rows, known, options)
        tokens = sum(len(tags) for tags in known)
        result |= {"kills": kills, "start_seconds": round(start, 2), "seconds": round(seconds, 2), "tokens": tokens}
        result |= {"rate": round(tokens / max(seconds - start, 1e-9)), "tag_rate": round(tokens / tag_seconds)}
    whole = Result(engine=options.engine, workers=options.workers, files=options.files, rows=len(rows), **result)
    print(json.dumps({**asdict(whole), "cores": os.cpu_count(), "python": platform.python_version()}))
    print("\n| engine | workers | tokens | kills | start, s | tokens/s | `postagger tag` | missing, twice, different |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {whole.engine} | {whole.workers} | {whole.tokens:,} | {whole.kills} | {whole.start_seconds} | "
        f"{whole.rate:,} | {whole.tag_rate:,} | {whole.missing}, {whole.twice}, {whole.different} |"
    )
    sys.exit(not whole.is_right)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=list(WORKERS), default="local")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=2_000_000)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--part-size", type=float, default=8, help="megabytes (default: 8)")
    parser.add_argument("--model", default="english-news")
    parser.add_argument("--kill", choices=["", "worker", "run"], default="", help="with SIGKILL, every so often")
    parser.add_argument("--every", type=float, default=8, help="seconds between two kills (default: 8)")
    parser.add_argument("--most-kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where files may be written for a while (default: the system's)")
    parser.add_argument("--smoke", action="store_true", help="a few thousand tokens, to see that all of it runs")
    options = parser.parse_args()
    if options.smoke:
        options.tokens, options.files, options.every, options.most_kills = 8_000, 6, 1.5, 1
    return options


def _rows(tokens: int) -> Iterator[str]:
    """Lines of so many tokens of Brown, which is repeated."""
    words = islice(cycle(nltk_corpus("brown", package="brown").words()), tokens)
    while row := " ".join(islice(words, _TOKENS_OF_ROW)):
        yield row


def _write_files(folder: Path, rows: Sequence[str], num_files: int) -> None:
    folder.mkdir()
    for number in range(num_files):
        own, ending = rows[number::num_files], FORMATS[number % len(FORMATS)]
        path = folder / f"{number:04}.{ending}"
        if ending == "parquet":
            pq.write_table(pa.table({"text": own}), path)
        else:
            lines = own if ending == "txt" else [json.dumps({"text": row}) for row in own]
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _tagged(folder: Path, rows: Sequence[str], options: argparse.Namespace) -> tuple[list[list[str]], float]:
    """Of each row its tokens and tags, word/TAG, as another command has them; and the seconds that took."""
    (folder / "all.txt").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    begun = time.monotonic()
    command = f"-m postagger.tag --model {options.model} --workers {options.workers} --input lines"
    with (folder / "all.tagged").open("wb") as told:
        subprocess.run([sys.executable, *command.split(), str(folder / "all.txt")], stdout=told, check=True)
    seconds = time.monotonic() - begun
    return [line.split() for line in (folder / "all.tagged").read_text(encoding="utf-8").splitlines()], seconds


def _command(options: argparse.Namespace, source: Path, output: Path) -> list[str]:
    words = f"-m postagger.bulk --engine {options.engine} --workers {options.workers} --model {options.model}"
    return [
        sys.executable,
        *words.split(),
        *("--part-size", str(options.part_size), "--input", str(source), "--output", str(output)),
    ]


def _run(command: list[str], options: argparse.Namespace, kill: str) -> tuple[float, int]:
    """The seconds that a command takes to its end, with the number of kills on the way."""
    moments, kills, begun = random.Random(options.seed), 0, time.monotonic()
    while True:
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
        while True:
            wait = options.every * moments.uniform(0.5, 1.5) if kill and kills < options.most_kills else None
            try:
                code = process.wait(timeout=wait)
            except subprocess.TimeoutExpired:
                pass
            else:
                break
            if kill == "run":
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
            elif workers := _workers(process.pid, WORKERS[options.engine]):
                os.kill(moments.choice(workers), signal.SIGKILL)
                kills += 1
        if code == 0:
            return time.monotonic() - begun, kills
        if code != -signal.SIGKILL:
            raise SystemExit(f"expected a run that ends well, got exit code {code}")


def _workers(process: int, sign: str) -> list[int]:
    """The processes below this one with such a command line."""
    children: dict[int, list[int]] = {}
    lines: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    below = [process]
    for one in below:
        below += children.get(one, [])
    return [one for one in below[1:] if re.search(sign, lines.get(one, ""))]


def _compared(
    folder: Path, rows: Sequence[str], known: Sequence[list[str]], options: argparse.Namespace
) -> dict[str, Any]:
    """How many rows are missing, came twice, or have other tokens or tags."""
    seen, different = [0] * len(rows), 0
    for path in sorted((folder / "out").glob("*.parquet")):
        for row in pq.read_table(path, columns=["id", "tokens", "tags"]).to_pylist():
            name, _, number = row["id"].rpartition(":")
            place = int(name.partition(".")[0]) + (int(number) - 1) * options.files
            seen[place] += 1
            told = [f"{token}/{tag}" for token, tag in zip(row["tokens"], row["tags"], strict=True)]
            different += told != known[place]
    return {"missing": seen.count(0), "twice": sum(count > 1 for count in seen), "different": different}


if __name__ == "__main__":
    main()
