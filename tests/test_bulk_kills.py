import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bulk_corpora import bulk, check, lines, rejected_in, rows_in, stamps, write_lines
from test_full_disk import _MOUNT as MOUNT
from test_full_disk import can_mount

from postagger.bulk.ledger import LEDGER
from postagger.tagger import Tagger


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for path in tasks for number in path.read_text().split()]


def finished(output: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return (output / LEDGER).read_bytes().count(b"\n")
    return 0


def stamps_of_noted(output: Path) -> dict[str, int]:
    """Of the files that will not be written again."""
    noted = [json.loads(line) for line in (output / LEDGER).read_text().splitlines()]
    paths = {f"{output}/{one['name']}-{one['number']:05d}.parquet" for one in noted}
    return {path: stamp for path, stamp in stamps(output).items() if path in paths}


@pytest.fixture(scope="module")
def long_corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of which a run takes some seconds."""
    folder = tmp_path_factory.mktemp("long")
    texts: dict[str, Any] = {"": folder}
    for number in range(12):
        rows = lines(number, 120)
        write_lines(folder / "in" / f"{number}.txt", rows)
        texts |= {f"{number}.txt:{row}": text for row, text in enumerate(rows, start=1)}
    return texts


@contextlib.contextmanager
def running(corpus: dict[str, Any], model: Path, output: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run that has finished something, but not all."""
    arguments = bulk(corpus, output, "--model", str(model), "--workers", "2", "--part-size", "0.0012")
    process = subprocess.Popen(
        [sys.executable, "-m", "postagger.bulk", *arguments],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    before = finished(output)
    try:
        deadline = time.monotonic() + 60
        while finished(output) <= before + 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.communicate()


def test_workers_that_are_killed_cost_nothing(
    long_corpus: dict[str, Any], small_model: Path, small_tagger: Tagger, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with running(long_corpus, small_model, output) as process:
        killed = set(children(process.pid))
        assert len(killed) == 2
        for number in killed:
            os.kill(number, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert out.startswith(f"{sum(len(row['tokens']) for row in rows_in(output).values()):,} tokens of 1,440 rows")
    check(long_corpus, output, small_tagger)
    assert rejected_in(output) == {}


def test_a_run_that_is_killed_goes_on_when_it_is_started_again(
    long_corpus: dict[str, Any], small_model: Path, small_tagger: Tagger, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with running(long_corpus, small_model, output) as process:
        os.killpg(process.pid, signal.SIGKILL)
    assert finished(output) < 60
    with running(long_corpus, small_model, output) as process:
        workers = children(process.pid)
        process.kill()  # and who tags for it ends by itself
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{number}/stat").exists() for number in workers) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(Path(f"/proc/{number}/stat").exists() for number in workers)
    with running(long_corpus, small_model, output) as process:
        before, begun = finished(output), stamps_of_noted(output)
        os.killpg(process.pid, signal.SIGSTOP)
        os.killpg(process.pid, signal.SIGCONT)
        assert process.communicate(timeout=60)[1] == ""
        assert process.returncode == 0
    assert before > 6
    after = stamps(output)
    assert all(after[path] == stamp for path, stamp in begun.items())
    check(long_corpus, output, small_tagger)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_interrupted_says_how_it_goes_on(
    long_corpus: dict[str, Any], small_model: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    output = tmp_path / "out"
    with running(long_corpus, small_model, output) as process:
        workers = children(process.pid)
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    *_, told, last = err.splitlines()
    assert told.startswith(f"{finished(output)} parts are finished, ")
    assert told.endswith(" are not; the same command goes on with these")
    assert last == "postagger bulk: interrupted"
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


@pytest.mark.skipif(not can_mount(), reason="a small disk can only be had where a process may mount one")
def test_a_full_disk_ends_a_run_and_costs_nothing(
    long_corpus: dict[str, Any], small_model: Path, small_tagger: Tagger, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["-m", "postagger.bulk", *bulk(long_corpus, disk / "out", "--model", str(small_model), "--workers", "2")]
    line = shlex.join([sys.executable, *command, "--part-size", "0.0012"])
    program = f"""
        mount -t tmpfs -o size=120k tmpfs {disk}
        {line} >/dev/null
        test $? = 2 && find {disk} -name '.postagger*' >&2 && wc -l < {disk}/out/_finished.jsonl
        mount -o remount,size=9m {disk}
        {line} | tail -n 2 | head -n 1
        cp -r {disk}/out {tmp_path}/whole
    """
    ran = subprocess.run([*MOUNT, "sh", "-c", program], capture_output=True, text=True, check=False)
    (error,) = ran.stderr.splitlines()
    assert error.startswith("postagger bulk: error: ")
    assert "expected a file that can be written, got: " in error
    assert "No space left on device; make room, and run the same command again" in error
    count, old = ran.stdout.splitlines()
    assert old == f"{count} of these parts were finished before"
    assert int(count) > 3
    check(long_corpus, tmp_path / "whole", small_tagger)
