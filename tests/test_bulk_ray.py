"""A run on a Ray of its own that is killed, and goes on with a cluster of two nodes, of which one is lost."""

import os
import signal
from collections.abc import Iterator

import pytest
from engines import Place, Rows, kill_group, need, place, write_rows

import postagger

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
    return write_rows(here.folder / "in", files=FILES, rows=2000)


def command(here: Place, rows: Rows) -> list[str]:
    words = f"-m postagger.bulk --engine ray --workers 2 --device cpu --output-format jsonl --input {rows.pattern}"
    return [*words.split(), "--output", str(here.output)]


def test_a_run_that_is_killed_leaves_no_process_and_keeps_what_is_finished(here: Place, rows: Rows) -> None:
    with here.running(command(here, rows)) as process:
        here.wait_for_part(1)
        assert here.processes("raylet")
        kill_group(process)
    assert here.finished() < FILES
    here.must_be_empty()


def test_the_rest_survives_the_end_of_a_worker_and_of_a_node(here: Place, rows: Rows) -> None:
    done = here.finished()
    with here.running(["-c", TWO_NODES]) as cluster:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        with here.running(command(here, rows), RAY_ADDRESS=address) as process:
            here.wait_for_part(done + 1)
            os.kill(here.processes("ray::MapWorker")[0], signal.SIGKILL)
            print(file=cluster.stdin, flush=True)
            assert cluster.stdout.readline() == "lost\n"
            assert here.finished() < FILES
            said = here.end_of(process)
        cluster.communicate(timeout=20)
    assert said.splitlines()[1] == f"{done} of these parts were finished before"
    rows.check(here.output, postagger.load())
