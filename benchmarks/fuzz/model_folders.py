"""Model folders with something wrong: python -m benchmarks.fuzz.model_folders --inputs 10000 --seed 1.

A tagger, a compact tagger and a language model are spoilt in all the ways of folder_corruptions, and read by the real
loaders in a process that watches its memory, its time, and what is opened or run. A folder may be refused by one line
that names it, or it works; files that the manifest does not vouch for must be refused. Anything else is a finding:
another error, more than 5 seconds, more than 500 MB, a file outside the folder opened, code run.

Each input depends on the seed and its number alone; --only NUMBER does one again. Exit 1 if anything was found.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from shutil import rmtree
from types import TracebackType
from typing import NamedTuple, Self

from .folder_corruptions import BY_ACCIDENT, BY_INTENT, MANIFEST, Draft, mend
from .folder_reader import Answer, answer_all

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "1"
KINDS = ("tagger", "compact-tagger", "language-model")
_SECONDS, _MEGABYTES = 5.0, 500.0
_GRACE = 60.0


class Spoilt(NamedTuple):
    """A folder that was written. must_refuse: some file in it is not what the manifest says."""

    kind: str
    corruption: str
    must_refuse: bool


class Reader:
    """The reading process; a fresh one where it has died or does not answer."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ask(self, path: Path, kind: str) -> Answer:
        """What comes of reading a folder."""
        connection = self._connection or self._start()
        try:
            connection.send((str(path), kind))
            if connection.poll(_SECONDS + _GRACE):
                answer: Answer = connection.recv()
                return answer
            outcome = "no answer"
        except (EOFError, OSError):
            outcome = "the process died"
        self._stop()
        return Answer(outcome, "", _SECONDS + _GRACE, 0.0)

    def _start(self) -> Connection:
        self._connection, other = self._context.Pipe()
        known = {kind: GOLDEN / kind for kind in KINDS}
        self._process = self._context.Process(target=answer_all, args=(other, known), daemon=True)
        self._process.start()
        other.close()
        self._connection.recv()
        return self._connection

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


@dataclass
class Outcomes:
    """How many folders of each corruption were refused, worked, or are findings."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: float = 0.0
    most_megabytes: float = 0.0

    def add(self, number: int, spoilt: Spoilt, answer: Answer) -> None:
        """Judge an answer."""
        self.slowest, self.most_megabytes = (
            max(self.slowest, answer.seconds),
            max(self.most_megabytes, answer.megabytes),
        )
        outcome = _judged(spoilt, answer)
        self.counts[spoilt.corruption, outcome if outcome in ("refused", "works") else "finding"] += 1
        if outcome not in ("refused", "works"):
            self.findings.append(f"--only {number}: {spoilt.kind}, {spoilt.corruption}: {outcome}: {answer.message}")

    def table(self) -> str:
        """A line for each corruption."""
        names = sorted({name for name, _ in self.counts})
        lines = [f"{'corruption':<32}{'refused':>9}{'works':>9}{'findings':>10}"]
        for name in names:
            refused, works, findings = (self.counts[name, outcome] for outcome in ("refused", "works", "finding"))
            lines.append(f"{name:<32}{refused:>9,}{works:>9,}{findings:>10,}")
        return "\n".join(lines)


def run(numbers: Sequence[int], seed: int) -> Outcomes:
    """Spoil and read so many folders."""
    outcomes = Outcomes()
    originals = {kind: _draft_of(GOLDEN / kind) for kind in KINDS}
    with tempfile.TemporaryDirectory(prefix="postagger-fuzz-") as place, Reader() as reader:
        for number in numbers:
            folder = Path(place) / "model"
            spoilt = spoil(Random(f"{seed} {number}"), originals, folder)
            outcomes.add(number, spoilt, reader.ask(folder, spoilt.kind))
            rmtree(folder)
    return outcomes


def spoil(random: Random, originals: dict[str, Draft], folder: Path) -> Spoilt:
    """Write a folder with something wrong."""
    kind, other = random.choice(KINDS), random.choice(KINDS)
    draft = dict(originals[kind])
    by_intent = random.random() < 0.6
    corruption = random.choice(BY_INTENT if by_intent else BY_ACCIDENT)
    corruption(random, draft, originals[other])
    if by_intent:
        mend(draft)
    folder.mkdir()
    write(draft, folder)
    vouched = [name for name in originals[kind] if name != MANIFEST]
    changed = any(draft.get(name) != originals[kind][name] for name in vouched)
    name = corruption.__name__.replace("_", " ") + (", manifest mended" if by_intent else "")
    return Spoilt(kind, name, not by_intent and (changed or not isinstance(draft.get(MANIFEST), bytes)))


def write(draft: Draft, folder: Path) -> None:
    """Write the files of a draft into a folder that is there."""
    for name, content in draft.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            content(folder / name)


def main(arguments: Sequence[str]) -> int:
    """Run, print a table, and what was found."""
    options = _parser().parse_args(arguments)
    begun = time.perf_counter()
    outcomes = run(range(options.inputs) if options.only is None else [options.only], options.seed)
    print(outcomes.table())
    print(f"{len(outcomes.findings)} findings in {time.perf_counter() - begun:.0f} s; ", end="")
    print(f"slowest {outcomes.slowest:.2f} s, most memory {outcomes.most_megabytes:.0f} MB")
    for finding in outcomes.findings:
        print(finding)
    return 1 if outcomes.findings else 0


def _judged(spoilt: Spoilt, answer: Answer) -> str:
    if answer.seconds > _SECONDS:
        return f"took {answer.seconds:.1f} s"
    if answer.megabytes > _MEGABYTES:
        return f"took {answer.megabytes:.0f} MB"
    if spoilt.must_refuse and answer.outcome == "works":
        return "was read, although the manifest does not vouch for it"
    return answer.outcome


def _draft_of(folder: Path) -> Draft:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz.model_folders", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--inputs", type=int, default=10_000, help="how many folders (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all random numbers (default: 1)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="just the folder of this number")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
