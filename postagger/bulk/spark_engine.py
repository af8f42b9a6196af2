"""The engine "spark": parts on a cluster of Spark, or on this machine's cores.

Each part is a task of its own, done in one Python worker from reading to writing; a worker loads the model once and
keeps it for its further tasks. Spark does a task again whose worker has died, as often as spark.task.maxFailures says.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from postagger.bulk.job import Job
from postagger.bulk.kept_handlers import kept_handlers
from postagger.bulk.outcome import finished, outcome_of
from postagger.bulk.part import Finished, Part
from postagger.bulk.stages import tag_part
from postagger.errors import ConfigError, PostaggerError
from postagger.scoring.threads import ONE_THREAD
from postagger.stored_files import one_line

try:
    import pyarrow as pa
    import pyspark  # noqa: F401 - whose absence is told, and not that of what comes with it
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ImportError as error:
    raise ConfigError(
        f"--engine spark: expected PySpark, got: {one_line(error)}; pip install 'postagger[spark]'"
    ) from None

_ATTEMPTS = 4
_POLL_SECONDS = 0.2
_GROUP = "postagger bulk"
# Set by spark-submit, or by whoever wants the next session to be one of a cluster.
_SUBMITTED = ("PYSPARK_GATEWAY_PORT", "PYSPARK_SUBMIT_ARGS")


def tag_parts(parts: Sequence[Part], job: Job) -> Iterator[Finished]:
    """Tag parts; each is told of as soon as its files are there, in any order.

    The session is the active one, else that of spark-submit or PYSPARK_SUBMIT_ARGS, else one on this machine, which
    ends with the run.

    Raises:
        PostaggerError: what a worker has met; or Spark could not go on.
    """
    with _session(job.workers) as session:
        try:
            told = set()
            for outcome in _outcomes(session, parts, job):
                one = finished(outcome)
                if (one.name, one.number) not in told:  # a task may have been done twice
                    told.add((one.name, one.number))
                    yield one
        except (PySparkException, Py4JError) as error:
            raise PostaggerError(
                f"--engine spark: expected an end of the run, got: {one_line(error)}; run the same command "
                f"again, which goes on where this one stopped, or with --engine local"
            ) from None


def _outcomes(session: SparkSession, parts: Sequence[Part], job: Job) -> Iterator[str]:
    """What is told of each part: once by an accumulator, as soon as its task has ended, and once by its row."""
    context = session.sparkContext
    ended = context.accumulator([], _Joined())
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # on pandas, which is not used
        rows = session.range(0, len(parts), 1, len(parts)).mapInArrow(
            partial(_tagged, parts=parts, job=job, ended=ended), "outcome string"
        )

    def collected() -> list[Any]:
        context.setJobGroup(_GROUP, "tagging", interruptOnCancel=True)  # holds for this thread
        return list(rows.collect())

    with ThreadPoolExecutor(1) as pool:
        running, count = pool.submit(collected), 0
        try:
            while wait([running], _POLL_SECONDS).not_done:
                fresh = ended.value[count:]
                count += len(fresh)
                yield from fresh
        finally:
            if not running.done():
                context.cancelJobGroup(_GROUP)
        yield from (row.outcome for row in running.result())


def _tagged(batches: Iterable[Any], *, parts: Sequence[Part], job: Job, ended: Any) -> Iterator[Any]:
    """Numbers of parts -> their outcomes."""
    for batch in batches:
        outcomes = [outcome_of(partial(tag_part, parts[number], job)) for number in batch.column("id").to_pylist()]
        ended.add(outcomes)
        yield pa.RecordBatch.from_pydict({"outcome": outcomes})


class _Joined:
    """How an accumulator adds: lists, one behind the other."""

    def zero(self, value: list[str]) -> list[str]:
        return []

    def addInPlace(self, value1: list[str], value2: list[str]) -> list[str]:  # noqa: N802  # as Spark calls it
        value1 += value2
        return value1


@contextlib.contextmanager
def _session(workers: int) -> Iterator[SparkSession]:
    """A session; what was begun for it is ended."""
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    try:
        with kept_handlers():
            session = _started(workers)
    except PySparkException as error:
        raise PostaggerError(
            f"--engine spark: expected a session of Spark, got: {one_line(error)}; is there a Java of the version that "
            f"it wants (java -version, JAVA_HOME)?"
        ) from None
    try:
        yield session
    finally:
        session.stop()


def _started(workers: int) -> SparkSession:
    if any(name in os.environ for name in _SUBMITTED):
        return SparkSession.builder.getOrCreate()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.app.name": _GROUP,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        **{f"spark.executorEnv.{name}": value for name, value in ONE_THREAD.items()},
    }
    builder = SparkSession.builder.master(f"local[{workers},{_ATTEMPTS}]").config(map=settings)
    with _unheard():
        return builder.getOrCreate()


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """What is started meanwhile has no standard error: Java would tell there what concerns nobody, until it ends."""
    sys.stderr.flush()
    before, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(nowhere)
