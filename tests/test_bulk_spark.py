"""A run on a Spark of its own that is killed, and goes on with local[2,4], where a worker is killed."""

import os
import signal
from collections.abc import Iterator

import pytest
from engines import Place, Rows, kill_group, need, place, write_rows

import postagger

need("pyspark")

FILES = 12


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as here:
        yield here


@pytest.fixture(scope="module")
def rows(here: Place) -> Rows:
    return write_rows(here.folder / "in", files=FILES, rows=2000)


def command(here: Place, rows: Rows) -> list[str]:
    words = f"-m postagger.bulk --engine spark --workers 2 --device cpu --output-format jsonl --input {rows.pattern}"
    return [*words.split(), "--output", str(here.output)]


def test_a_run_that_is_killed_leaves_no_process_and_keeps_what_is_finished(here: Place, rows: Rows) -> None:
    with here.running(command(here, rows)) as process:
        here.wait_for_part(1)
        assert here.processes("java")
        kill_group(process)
    assert here.finished() < FILES
    here.must_be_empty()


def test_the_rest_survives_the_end_of_a_worker(here: Place, rows: Rows) -> None:
    done = here.finished()
    with here.running(command(here, rows)) as process:
        here.wait_for_part(done + 1)
        os.kill(here.processes("pyspark.daemon")[-1], signal.SIGKILL)  # the first one starts the others
        assert here.finished() < FILES
        said = here.end_of(process)
    assert said.splitlines()[1] == f"{done} of these parts were finished before"
    rows.check(here.output, postagger.load())
