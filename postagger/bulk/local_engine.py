"""The engine that comes with the package: worker processes on this machine, a core each."""

import contextlib
import json
import queue
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from postagger.bulk.job import Job
from postagger.bulk.part import Finished, Part, RowRange
from postagger.errors import PostaggerError
from postagger.worker_process import worker_command, worker_environment

_COMMAND = worker_command("postagger.bulk.local_worker")
_MOST_DEATHS = 3
"""So often the same rows may cost a worker's life, before they are divided, or a single one is rejected."""
_MOST_DEATHS_TOGETHER = 100
"""So often workers may die one after the other, before any has tagged a row: then it is not the rows."""


def tag_parts(parts: Sequence[Part], job: Job) -> Iterator[Finished]:
    """Tag parts, and tell each as it is done. A worker that dies is replaced, and its part is done again.

    Raises:
        PostaggerError: a part cannot be read or written, or workers die whatever they do.
    """
    remaining: queue.SimpleQueue[Part] = queue.SimpleQueue()
    for part in parts:
        remaining.put(part)
    done: queue.SimpleQueue[Finished | Exception] = queue.SimpleQueue()
    workers = [_Worker(job) for _ in range(min(job.workers, len(parts)))]
    threads = [threading.Thread(target=_work, args=(worker, remaining, done), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        for _ in parts:
            finished = done.get()
            if isinstance(finished, Exception):
                raise finished
            yield finished
    finally:
        for worker in workers:
            worker.end()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        for worker in workers:
            worker.reap()


def _work(
    worker: "_Worker", remaining: "queue.SimpleQueue[Part]", done: "queue.SimpleQueue[Finished | Exception]"
) -> None:
    """Have parts tagged by a worker until there are none, in a thread of this process."""
    # Workers inherit this: a Ctrl-C, which they ignore, must not meet them before they do.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    with contextlib.suppress(queue.Empty, _EndedError):
        while True:
            part = remaining.get_nowait()
            try:
                done.put(worker.tag(part))
            except _EndedError:
                raise
            except Exception as error:
                done.put(error)
                return


class _EndedError(Exception):
    """The worker was ended on purpose."""


class _Deaths:
    """What workers died of, in one part.

    divided: stretches of rows that are done in pieces. deadly: rows, with reasons.
    """

    def __init__(self) -> None:
        self.divided: set[RowRange] = set()
        self.deadly: dict[int, str] = {}
        self._counts: Counter[RowRange] = Counter()

    def count(self, at: RowRange, code: int) -> bool:
        """Take down a death; False if nothing can be done about it, as it happens between rows: after (row, 0)."""
        first, last = at
        self._counts[at] += 1
        if last == 0:
            return self._counts[at] < _MOST_DEATHS
        is_piece = first < last and any(start <= first and last <= end for start, end in self.divided)
        if self._counts[at] < (1 if is_piece else _MOST_DEATHS):
            return True
        if first == last:
            self.deadly[first] = f"the worker process died here (exit code {code})"
        else:
            self.divided.add(at)
        return True

    def to_dict(self) -> dict[str, Any]:
        """For a worker."""
        return {"divided": sorted(self.divided), "deadly": self.deadly}


class _Worker:
    """A process, or after its death the next one."""

    def __init__(self, job: Job) -> None:
        self._job = json.dumps(job.to_dict()).encode() + b"\n"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._has_ended = False
        self._deaths_together = 0  # since rows were tagged, in whatever part

    def tag(self, part: Part) -> Finished:
        """A part, however many processes it takes.

        Raises:
            PostaggerError: it cannot be read or written, or workers die between rows, or whatever the rows are.
        """
        deaths = _Deaths()
        while True:
            at, answer = self._attempt({"part": part.to_dict(), **deaths.to_dict()})
            if answer is None:
                code = self.reap()
                self._deaths_together += 1
                if not deaths.count(at, code) or self._deaths_together == _MOST_DEATHS_TOGETHER:
                    raise PostaggerError(
                        f"{part.path}: expected tags from a worker process, got its end (exit code {code}), again and "
                        f"again; try with fewer --workers, or more memory"
                    )
            elif isinstance(answer, PostaggerError):
                raise answer
            else:
                return answer

    def end(self) -> None:
        """End the process at once, and start no other."""
        with self._lock:
            self._has_ended = True
            if self._process is not None:
                self._process.kill()

    def _attempt(self, message: dict[str, Any]) -> tuple[RowRange, Finished | PostaggerError | None]:
        """The rows it was at, and its answer, or None if it died, or talked nonsense."""
        at = (0, 0)
        process = self._alive()
        assert process.stdin is not None  # as both are pipes
        assert process.stdout is not None
        with contextlib.suppress(OSError):  # it has died, as reading finds out
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        for line in process.stdout:
            if not line.endswith(b"\n"):
                break
            try:
                answer = json.loads(line)
                if "finished" in answer:
                    return at, Finished.from_dict(answer["finished"])
                if "error" in answer:
                    return at, PostaggerError(answer["error"])
                first, last = map(int, answer["at"])
            except (ValueError, TypeError, KeyError, RecursionError):
                process.kill()
                break
            at = (first, last)
            if first > last == 0:
                self._deaths_together = 0
        return at, None

    def _alive(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._has_ended:
                raise _EndedError
            if self._process is None:
                self._process = subprocess.Popen(
                    _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=worker_environment()
                )
                assert self._process.stdin is not None
                with contextlib.suppress(OSError):
                    self._process.stdin.write(self._job)
            return self._process

    def reap(self) -> int:
        """Wait for the end of a process that has died, or was ended; its exit code."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return 0
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None  # as it is one
            with contextlib.suppress(OSError):  # what was not sent yet need not be
                pipe.close()
        return process.wait()
