"""A run on a Ray of its own that is killed, and goes on with a cluster of two nodes, of which one is lost."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import postagger
from tests.engines import SECONDS, Place, Rows, finished_lines, kill_group, need, place, wait_until, write_rows

need("ray")

# Nodes whose end is found out within a second; the last one goes when a line comes.
TWO_NODES = """
import sys
from ray.cluster_utils import Cluster
watch = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 200, "health_check_failure_threshold": 3}
nodes = {"num_cpus": 1, "include_dashboard": False}
cluster = Cluster(initialize_head=True, head_node_args={**nodes, "_system_config": watch})
second = cluster.add_node(num_cpus=1)
print(cluster.address, flush=True)
for _ in sys.stdin:
    cluster.remove_node(second, allow_graceful=False)
    print("lost", flush=True)
cluster.shutdown()
"""
FILES = 12


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as here:
        yield here


@pytest.fixture(scope="module")
def rows(here: Place) -> Rows:
    return write_rows(here.folder / "in", files=FILES, rows=4000)


def command(here: Place, rows: Rows) -> list[str]:
    words = f"-m postagger.bulk --engine ray --workers 2 --device cpu --output-format jsonl --input {rows.pattern}"
    return [*words.split(), "--output", str(here.folder / "out")]


def test_a_run_that_is_killed_leaves_no_process_and_keeps_what_is_finished(here: Place, rows: Rows) -> None:
    process = here.start(command(here, rows))
    try:
        wait_until(lambda: finished_lines(here.folder / "out"), SECONDS, lambda: said(here))
        assert here.processes("raylet")
    finally:
        kill_group(process)
    assert finished_lines(here.folder / "out") < FILES
    wait_until(lambda: not here.processes(), 20, lambda: f"left behind: {here.processes()}")


def test_the_rest_survives_the_end_of_a_worker_and_of_a_node(here: Place, rows: Rows) -> None:
    done = finished_lines(here.folder / "out")
    cluster = here.start(["-c", TWO_NODES])
    assert cluster.stdout is not None
    assert cluster.stdin is not None
    address = cluster.stdout.readline().strip()
    process = here.start(command(here, rows), RAY_ADDRESS=address)
    try:
        wait_until(lambda: finished_lines(here.folder / "out") > done, SECONDS, lambda: said(here))
        os.kill(here.processes("ray::MapWorker")[0], signal.SIGKILL)
        cluster.stdin.write("\n")
        cluster.stdin.flush()
        assert cluster.stdout.readline() == "lost\n"
        assert finished_lines(here.folder / "out") < FILES
        out, _ = process.communicate(timeout=SECONDS)
    finally:
        kill_group(process)
        cluster.stdin.close()
        cluster.wait(timeout=20)
    assert process.returncode == 0, said(here)
    assert out.splitlines()[1] == f"{done} of these parts were finished before"
    rows.check(here.folder / "out", postagger.load())


def said(here: Place) -> str:
    return Path(here.folder, "stderr").read_text(errors="replace")[-3000:]
