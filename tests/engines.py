"""What the tests of Ray and Spark share: rows, processes that carry a mark, and proof that none is left behind."""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from postagger.tagger import Tagger

SECONDS = 120
"""The longest that a command may take, on a machine that has other things to do, too."""
_SECONDS_TO_GO = 60  # processes of an engine end when they find that theirs has, on a busy machine late
_MARK = "POSTAGGER_TEST"
ROOT = Path(__file__).parent.parent


def need(package: str) -> None:
    """Skip the tests of a module without the engine they are of; under .ci/run that is a failure."""
    missing = [package] if importlib.util.find_spec(package) is None else []
    if package == "pyspark" and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing.append("java")
    if missing and not os.environ.get("TESTS_MUST_NOT_SKIP"):
        pytest.skip(f"needs {missing[0]} (make engines)", allow_module_level=True)
    assert not missing, f"make engines, and a Java machine: {missing}"


@dataclass(frozen=True)
class Place:
    """Where an engine runs: whatever it starts inherits the environment, and can be found by the mark in it."""

    folder: Path
    environment: Mapping[str, str]

    @contextlib.contextmanager
    def running(self, command: Sequence[str], **environment: str) -> "Iterator[subprocess.Popen[str]]":
        """A process in a group of its own, which is killed at the end; its standard error goes to a file."""
        with (self.folder / "stderr").open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, *command],
                env={**self.environment, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=self.folder,
                start_new_session=True,
            )
        with process:
            try:
                yield process
            finally:
                kill_group(process)

    def run(self, command: Sequence[str], **environment: str) -> str:
        """What a command says, which must end well."""
        with self.running(command, **environment) as process:
            return self.end_of(process)

    def end_of(self, process: "subprocess.Popen[str]") -> str:
        """What a process says until it ends, which it must do well."""
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, self.errors()
        return said

    def errors(self) -> str:
        """What was said on standard error in the end."""
        return (self.folder / "stderr").read_text(errors="replace")[-3000:]

    def bulk(self, engine: str, rows: "Rows") -> list[str]:
        """The command that tags the rows with two workers."""
        words = f"-m postagger.bulk --engine {engine} --workers 2 --device cpu --output-format jsonl"
        return [*words.split(), "--input", rows.pattern, "--output", str(self.output)]

    def kill_early(self, command: Sequence[str], title: str) -> None:
        """Kill a run after its first part; its engine, which has this in its command line, must go, too."""
        with self.running(command) as process:
            self.wait_for_part(1)
            assert self.processes(title)
            kill_group(process)
        self.must_be_empty()

    def kill_worker(self, title: str) -> None:
        """Kill a worker, which has this in its command line, and wait for the one in its place."""
        before = self.processes(title)
        os.kill(before[-1], signal.SIGKILL)
        wait_until(lambda: set(self.processes(title)) - set(before), SECONDS, self.errors)

    def wait_for_part(self, number: int) -> None:
        """Until so many parts are finished."""
        wait_until(lambda: self.finished() >= number, SECONDS, self.errors)

    def finished(self) -> int:
        """How many parts are finished."""
        ledger = self.output / "_finished.jsonl"
        return ledger.read_bytes().count(b"\n") if ledger.exists() else 0

    @property
    def output(self) -> Path:
        """The folder for what is tagged."""
        return self.folder / "out"

    def must_be_empty(self) -> None:
        """Wait until no process is left."""
        wait_until(lambda: not self.processes(), _SECONDS_TO_GO, lambda: f"left behind: {self.processes()}")

    def processes(self, title: str = "") -> list[int]:
        """All that carry the mark and have this in their command line."""
        mark = f"{_MARK}={self.environment[_MARK]}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                is_ours = mark in (entry / "environ").read_bytes().split(b"\0")
                if is_ours and title.encode() in (entry / "cmdline").read_bytes().replace(b"\0", b" "):
                    found.append(int(entry.name))
        return found


@contextlib.contextmanager
def new_place() -> Iterator[Place]:
    """A folder and an environment for an engine, of which nothing may be left behind."""
    folder = Path(tempfile.mkdtemp(prefix="pt"))  # a short path: sockets are made in it
    environment = {
        **os.environ,
        _MARK: secrets.token_hex(8),
        "RAY_TMPDIR": str(folder),
        "RAY_USAGE_STATS_ENABLED": "0",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "PYSPARK_PYTHON": sys.executable,  # else that of PATH, for sessions that a program makes itself
        "PYTHONWARNINGS": "ignore",  # of the engines themselves
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # which is quicker for so little
    }
    place = Place(folder, environment)
    try:
        yield place
        place.must_be_empty()
    finally:
        for process in place.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(is_so: Callable[[], object], seconds: float, otherwise: Callable[[], str]) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.05)


def kill_group(process: "subprocess.Popen[str]") -> None:
    """Kill a command with all that is in its process group, as a shell or a scheduler would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


TEXTS = [
    "The dog barks. It can't (won't) stop!",
    "“Bears” bear 3,000 bare bears – don't they?",
    "",
    "Dr. Lee met Ms. Ito in Rome.\tThey ate.",
]


REFUSALS = [
    "expected a column 'texts', got number text; name another column",
    "column 'number': expected strings or lists of strings, got int64; name another column",
    "tagset: expected one of ptb universal ud, or a file that maps tags, got 'none'",
    "expected a model folder, or one of english-news english-web, got 'english-new'; did you mean english-news?",
]
"""What the functions of both engines say to a column that is not there, one of numbers, another tagset and model."""


@dataclass(frozen=True)
class Rows:
    """Files of lines, more than can be tagged at once; number of their rows."""

    pattern: str
    number: int

    def check(self, output: Path, tagger: Tagger) -> None:
        """Every row is there once, with the tags that the tagger gives to it."""
        known = {text: [[*told] for told in zip(*tagged(tagger, text), strict=True)] for text in TEXTS}
        seen = set()
        for path in output.glob("*.txt-*.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                number = int(row["id"].rpartition(":")[2]) - 1
                told = zip(row["tokens"], row["tags"], row["starts"], row["ends"], strict=True)
                assert [[*one] for one in told] == known[TEXTS[number % len(TEXTS)]]
                assert row["id"] not in seen
                seen.add(row["id"])
        assert len(seen) == self.number


def write_rows(folder: Path, *, files: int, rows: int) -> Rows:
    """Files of so many rows each: the texts, again and again."""
    folder.mkdir()
    for number in range(files):
        lines = [TEXTS[row % len(TEXTS)] + "\n" for row in range(rows)]
        (folder / f"{number:02}.txt").write_text("".join(lines), encoding="utf-8")
    return Rows(str(folder / "*.txt"), files * rows)


def tagged(tagger: Tagger, text: str) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Tokens, tags, starts, ends of a text, without the help of Arrow."""
    tokens = [token for sentence in tagger.tag_text(text) for token in sentence]
    return (
        [token.text for token in tokens],
        [token.tag for token in tokens],
        [token.start for token in tokens],
        [token.end for token in tokens],
    )
