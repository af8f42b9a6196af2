"""A run on a Spark of its own that is killed, and goes on with local[2,4], where a worker is killed."""

import pytest
from engines import Place, Rows, need, write_rows

import postagger

need("pyspark")

FILES = 12


@pytest.fixture(scope="module")
def rows(place: Place) -> Rows:
    return write_rows(place.folder / "in", files=FILES, rows=2000)


def test_a_run_that_is_killed_leaves_no_process_and_keeps_what_is_finished(place: Place, rows: Rows) -> None:
    place.kill_early(place.bulk("spark", rows), "java")
    assert 0 < place.finished() < FILES


def test_the_rest_survives_the_end_of_a_worker(place: Place, rows: Rows) -> None:
    done = place.finished()
    with place.running(place.bulk("spark", rows)) as process:
        place.wait_for_part(done + 1)
        place.kill_worker("pyspark.daemon")
        assert place.finished() < FILES
        said = place.end_of(process)
    assert said.splitlines()[1] == f"{done} of these parts were finished before"
    rows.check(place.output, postagger.load())
