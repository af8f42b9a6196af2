"""The engine "ray": parts on a cluster of Ray, or on one of this machine's own.

    part -> actor on a CPU: read, tokenise, tag, write -> outcome
    part -> task: read, tokenise -> actor on a GPU: tag -> task: write -> outcome

An actor loads the model once. Where it has a GPU, the CPUs read, tokenise and write beside it; a part is then one row
on its way, its portions as bytes, so that it stays together. Whatever dies, Ray does again what it had, by the settings
that Ray Data has anyway.
"""

import contextlib
import dataclasses
import json
import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from postagger.bulk.job import Job
from postagger.bulk.kept_handlers import kept_handlers
from postagger.bulk.outcome import failure, finished, outcome_of
from postagger.bulk.part import Finished, Part
from postagger.bulk.portion import Portion
from postagger.bulk.stages import tag_part, tagged, tokenised, written
from postagger.errors import ConfigError, PostaggerError
from postagger.stored_files import one_line

try:
    import pyarrow as pa
    import ray.data
except ImportError as error:
    raise ConfigError(
        f"--engine ray: expected Ray Data, got: {one_line(error)}; pip install 'postagger[ray]'"
    ) from None

_PORTIONS = pa.list_(pa.large_binary())
_SECONDS_TO_REACH = 20
_ONE_BY_ONE = {"batch_size": 1, "batch_format": "pyarrow"}


def tag_parts(parts: Sequence[Part], job: Job) -> Iterator[Finished]:
    """Tag parts; each is told of as soon as its files are there, in any order.

    The cluster is that of RAY_ADDRESS, else one that runs on this machine, else one that is started for this run.

    Raises:
        PostaggerError: what a worker has met; or Ray could not go on.
    """
    with _cluster(job.workers):
        try:
            for row in _outcomes(parts, job).iter_rows():
                yield finished(row["outcome"])
        except ray.exceptions.RayError as error:
            raise PostaggerError(
                f"--engine ray: expected an end of the run, got: {one_line(error)}; run the same command again, which "
                f"goes on where this one stopped, or with --engine local"
            ) from None


@contextlib.contextmanager
def _cluster(workers: int) -> Iterator[None]:
    """Be connected to a cluster; what was begun for that is ended."""
    if ray.is_initialized():
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_IGNORE_UNHANDLED_ERRORS", "1")  # of actors that died, whose work is done again
    with contextlib.redirect_stdout(sys.stderr):  # as Ray tells there, too, of nodes that are gone
        with kept_handlers(), _unheard():
            _connect(workers)
        try:
            yield
        finally:
            with kept_handlers():
                ray.shutdown()


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Where Ray's core says on standard error, past Python, that it shall say nothing."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - which is no path
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _connect(workers: int) -> None:
    quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address := os.environ.get("RAY_ADDRESS"):
            _reach(address)
            ray.init(**quiet)
            return
        try:
            ray.init(num_cpus=workers, include_dashboard=False, **quiet)
        except ValueError:  # there is a cluster already, which has what it has
            ray.init(**quiet)
    except (OSError, OverflowError, RuntimeError, ValueError) as error:
        raise PostaggerError(
            f"--engine ray: expected a cluster of Ray, got: {one_line(error)}; start one, and name it in RAY_ADDRESS "
            f"(with RAY_AUTH_MODE=token where it asks for a token), or leave that out for one of this machine"
        ) from None


def _reach(address: str) -> None:
    """Find out whether anybody listens at host:port, as Ray itself would wait for minutes.

    Raises:
        OSError, OverflowError: nobody does, or there is no such port.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():  # and no word, such as auto
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS_TO_REACH).close()


def _outcomes(parts: Sequence[Part], job: Job) -> "ray.data.Dataset":
    """A row for each part, lazily: the column outcome."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    rows = ray.data.from_items([{"part": json.dumps(part.to_dict())} for part in parts], override_num_blocks=len(parts))
    num_gpus = _num_gpus(job.device)
    if not num_gpus:
        actors = ray.data.ActorPoolStrategy(size=min(job.workers, len(parts)))
        alone = dataclasses.replace(job, device="cpu")
        return rows.map_batches(PartTagger, fn_constructor_args=(alone,), compute=actors, num_cpus=1, **_ONE_BY_ONE)
    actors = ray.data.ActorPoolStrategy(size=min(job.workers, num_gpus))
    read = rows.map_batches(partial(_read, job=job), num_cpus=1, **_ONE_BY_ONE)
    known = read.map_batches(PortionTagger, fn_constructor_args=(job,), compute=actors, num_gpus=1, **_ONE_BY_ONE)
    return known.map_batches(partial(_write, job=job), num_cpus=1, **_ONE_BY_ONE)


def _num_gpus(device: str) -> int:
    """How many GPUs may tag.

    Raises:
        ConfigError: there are none, but they shall.
    """
    number = int(ray.cluster_resources().get("GPU", 0)) if device in ("auto", "cuda") else 0
    if device == "cuda" and not number:
        raise ConfigError("--device cuda: expected a cluster of Ray with GPUs, got one without; leave --device out")
    return number


class PartTagger:
    """An actor on a CPU: does all of a part."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, table: Any) -> Any:
        """A part -> its outcome."""
        (told,) = table.column("part").to_pylist()
        return pa.table({"outcome": [outcome_of(lambda: tag_part(_part(told), self._job))]})


def _read(table: Any, *, job: Job) -> Any:
    """A part -> the same with its tokenised portions."""
    (told,) = table.column("part").to_pylist()
    try:
        return _row(told, [portion.to_bytes() for portion in tokenised(_part(told), job)])
    except PostaggerError as error:
        return _row(told, [], failure(error))


class PortionTagger:
    """An actor on a GPU: tags the portions of parts."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, table: Any) -> Any:
        """A part with tokenised portions -> the same with tagged ones."""
        (row,) = table.to_pylist()
        if row["failure"]:
            return table
        try:
            tagger = self._job.tagger()
            return _row(row["part"], [tagged(Portion.from_bytes(one), tagger).to_bytes() for one in row["portions"]])
        except PostaggerError as error:
            return _row(row["part"], [], failure(error))


def _write(table: Any, *, job: Job) -> Any:
    """A part with tagged portions -> its outcome."""
    (row,) = table.to_pylist()
    portions = map(Portion.from_bytes, row["portions"])
    outcome = row["failure"] or outcome_of(lambda: written(_part(row["part"]), job, portions))
    return pa.table({"outcome": [outcome]})


def _row(told: str, portions: list[bytes], failed: str = "") -> Any:
    """What travels: a part, as it was told, its portions, and why it cannot be tagged."""
    return pa.table({"part": [told], "portions": pa.array([portions], _PORTIONS), "failure": [failed]})


def _part(told: str) -> Part:
    return Part(**json.loads(told))
