"""A run on a Ray of its own that is killed, and goes on with a cluster of two nodes, of which one is lost."""

import pytest
from engines import SECONDS, Place, Rows, need, write_rows

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
def rows(place: Place) -> Rows:
    return write_rows(place.folder / "in", files=FILES, rows=2000)


def test_a_run_that_is_killed_leaves_no_process_and_keeps_what_is_finished(place: Place, rows: Rows) -> None:
    place.kill_early(place.bulk("ray", rows), "raylet")
    assert 0 < place.finished() < FILES


def test_a_cluster_that_is_not_there_is_told_at_once(place: Place, rows: Rows) -> None:
    with place.running(place.bulk("ray", rows), RAY_ADDRESS="127.0.0.1:1") as process:
        assert process.wait(SECONDS) == 2
    told = place.errors().splitlines()[-1]
    assert told.startswith(
        "postagger bulk: error: --engine ray: expected a cluster of Ray, got: [Errno 111] Connection"
    )


def test_the_rest_survives_the_end_of_a_worker_and_of_a_node(place: Place, rows: Rows) -> None:
    done = place.finished()
    with place.running(["-c", TWO_NODES]) as cluster:
        assert cluster.stdin is not None
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        with place.running(place.bulk("ray", rows), RAY_ADDRESS=address) as process:
            place.wait_for_part(done + 1)
            place.kill_worker("ray::MapWorker")
            print(file=cluster.stdin, flush=True)
            assert cluster.stdout.readline() == "lost\n"
            assert place.finished() < FILES
            said = place.end_of(process)
        cluster.communicate(timeout=20)
    assert said.splitlines()[1] == f"{done} of these parts were finished before"
    rows.check(place.output, postagger.load())
