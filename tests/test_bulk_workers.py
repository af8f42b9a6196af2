import json
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from postagger.bulk import local_engine, run

# A worker process to which rows do something; of what it has lived through there is a file.
WORKER = """
import os, sys, time
from pathlib import Path
import postagger.bulk.local_worker as worker

journal = Path(sys.argv[1])

def tag(portion, tagger):
    words = {token for tokens in portion.rows.column("tokens").to_pylist() for token in tokens}
    if "Crash" in words:
        os.kill(os.getpid(), 9)
    if "Once" in words and not journal.exists():
        journal.touch()
        os._exit(7)
    if "Nonsense" in words and not journal.exists():
        journal.touch()
        os.write(worker_of[0]._answers, b"(nonsense)\\n")
        time.sleep(60)
    if "Late" in words:
        journal.touch()
    if "All" in words and journal.exists():
        os.kill(os.getpid(), 9)
    def step(rows):
        words = {token for tokens in rows.column("tokens").to_pylist() for token in tokens}
        if "Bug" in words:
            raise KeyError("a bug")
        if "Memory" in words or "Passing" in words and not journal.exists():
            journal.touch()
            raise MemoryError
        return tagger(rows)
    return portion.then(step, lambda: None)

worker_of = []
class Worker(worker._Worker):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        worker_of.append(self)

worker.tagged, worker._Worker = tag, Worker
worker.main()
"""


Run = Callable[..., tuple[int, dict[str, list[str]], dict[str, str]]]


@pytest.fixture
def run_with(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Tags lines by such workers: exit code, tokens by id, reasons by id."""

    def run_one(
        rows: list[str], worker: str = WORKER, more: str = ""
    ) -> tuple[int, dict[str, list[str]], dict[str, str]]:
        monkeypatch.setattr(local_engine, "_COMMAND", [sys.executable, "-c", worker, str(tmp_path / "journal")])
        (tmp_path / "x.txt").write_text("".join(f"{row}\n" for row in rows))
        output = tmp_path / "out"
        arguments = f"--input {tmp_path}/x.txt --output {output} --model {small_model} --workers 2 {more}".split()
        code = run(arguments)
        told: list[Any] = [row for path in output.glob("*.parquet") for row in pq.read_table(path).to_pylist()]
        rejected = [json.loads(line) for path in output.glob("rejected/*") for line in path.read_text().splitlines()]
        assert len({row["id"] for row in [*told, *rejected]}) == len(told) + len(rejected)
        return code, {row["id"]: row["tokens"] for row in told}, {row["id"]: row["reason"] for row in rejected}

    return run_one


def test_a_row_that_costs_workers_their_lives_is_rejected_alone(
    run_with: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [f"dog {number}" for number in range(5000)]
    deadly = [4095]  # the last one of a portion
    for number in deadly:
        rows[number] = "The Crash barks"
    code, told, rejected = run_with(rows)
    assert code == 0
    assert rejected == {f"x.txt:{number + 1}": "the worker process died here (exit code -9)" for number in deadly}
    assert told == {f"x.txt:{number + 1}": row.split() for number, row in enumerate(rows) if number not in deadly}
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_that_dies_once_costs_no_row(run_with: Run) -> None:
    code, told, rejected = run_with(["The Once", "barks"])
    assert (code, told, rejected) == (0, {"x.txt:1": ["The", "Once"], "x.txt:2": ["barks"]}, {})


def test_rows_with_which_tagging_fails_are_rejected_with_the_reason(run_with: Run) -> None:
    rows = random.Random(1).choices(["The Bug", "The dog"], k=50)
    code, told, rejected = run_with(rows)
    assert code == 0
    bugs = {f"x.txt:{number}" for number, row in enumerate(rows, start=1) if "Bug" in row}
    assert rejected == dict.fromkeys(bugs, "KeyError: 'a bug'")
    assert len(told) == 50 - len(bugs)


def test_a_row_for_which_memory_is_too_small_is_rejected_alone(run_with: Run) -> None:
    code, told, rejected = run_with(["The dog", "The Memory", "barks"])
    assert (code, list(told)) == (0, ["x.txt:1", "x.txt:3"])
    assert rejected == {"x.txt:2": "the worker process died here (exit code 1)"}


def test_memory_that_is_too_small_for_a_moment_costs_no_row(run_with: Run) -> None:
    code, told, rejected = run_with(["The dog", "The Passing", "barks"])
    assert (code, list(told), rejected) == (0, ["x.txt:1", "x.txt:2", "x.txt:3"], {})


def test_a_worker_that_talks_nonsense_is_replaced(run_with: Run) -> None:
    code, told, rejected = run_with(["The dog", "The Nonsense"])
    assert (code, list(told), rejected) == (0, ["x.txt:1", "x.txt:2"], {})


def test_workers_that_die_of_every_row_later_on_end_the_run(
    run_with: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_engine, "_MOST_DEATHS_TOGETHER", 4)
    rows = ["The dog " * 20 + "Late"] + ["All dogs " * 20] * 9  # a part each
    code, told, rejected = run_with(rows, more="--part-size 0.0001 --workers 1")
    assert (code, list(told), list(rejected)) == (2, ["x.txt:1"], ["x.txt:2"])
    assert "got its end (exit code -9), again and again; try with" in capfd.readouterr().err


def test_what_lies_in_the_folder_of_the_user_is_not_executed_by_workers(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.py").write_text("raise SystemExit(9)")
    (tmp_path / "x.txt").write_text("The dog\n")
    monkeypatch.chdir(tmp_path)
    assert run(f"--input x.txt --output out --model {small_model} --workers 1".split()) == 0


def test_workers_that_cannot_even_begin_end_the_run(run_with: Run, capfd: pytest.CaptureFixture[str]) -> None:
    code, told, rejected = run_with(["The dog"], worker="import os; os._exit(3)")
    assert (code, told, rejected) == (2, {}, {})
    err = capfd.readouterr().err
    assert "x.txt: expected tags from a worker process, got its end (exit code 3), again and again; try with" in err


def test_what_is_wrong_with_all_rows_ends_the_run_and_rejects_none(
    run_with: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = WORKER.replace("worker.main()", "worker.tokenised_portion = 7\nworker.main()")
    code, told, rejected = run_with(["The dog"], worker=broken)
    assert (code, told, rejected) == (2, {}, {})
    said = "x.txt: expected a part that can be tagged, got TypeError: 'int' object is not callable; leave it out"
    assert said in capfd.readouterr().err


def test_rows_at_the_start_that_cost_lives_do_not_end_the_run(run_with: Run) -> None:
    code, told, rejected = run_with(["Crash"] * 3 + ["The dog"] * 3)
    assert (code, list(told)) == (0, ["x.txt:4", "x.txt:5", "x.txt:6"])
    assert list(rejected) == ["x.txt:1", "x.txt:2", "x.txt:3"]


def test_ctrl_c_does_not_meet_a_worker_that_is_starting(run_with: Run, capfd: pytest.CaptureFixture[str]) -> None:
    asked = "import signal, sys\nprint(*signal.pthread_sigmask(signal.SIG_BLOCK, []), file=sys.stderr)\n"
    code, told, _ = run_with(["The dog"], worker=asked + WORKER)
    assert (code, list(told)) == (0, ["x.txt:1"])
    assert capfd.readouterr().err == f"{signal.SIGINT}\n"


def test_workers_that_die_of_every_row_end_the_run(
    run_with: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_engine, "_MOST_DEATHS_TOGETHER", 7)
    code, told, rejected = run_with(["Crash"] * 9)
    assert (code, told, rejected) == (2, {}, {})
    assert "got its end (exit code -9), again and again; try with" in capfd.readouterr().err
