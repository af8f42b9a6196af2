"""Worker processes that tag, a core each: sentences go there as JSON, the ids of their tags come back.

A worker is started afresh, and not as a copy of this process: it needs nothing of the program that asks for it, waits
for nobody's threads, and is gone when its input ends, however that comes about.
"""

import contextlib
import json
import os
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from postagger.errors import PostaggerError

if TYPE_CHECKING:
    from postagger.tagger import Tagger

_LENGTH = struct.Struct("<Q")
_REQUESTS_EACH = 2  # so that the next one is there when an answer is given
_PROGRAM = "from postagger.workers import main; main()"

Answer = tuple[np.ndarray, np.ndarray]
"""Of all tokens, sentence after sentence: the ids of the best tags [N], and the probabilities of these [N] or []."""


class Workers:
    """Processes that have the same tagger. A context: they end with it."""

    def __init__(self, tagger: "Tagger", number: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="postagger-")
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._threads = ThreadPoolExecutor(_REQUESTS_EACH * number)
        try:
            path = _stored(tagger, Path(self._folder.name) / "model")
            self._workers += [_Worker(path, tagger.weights.precision) for _ in range(number)]
        except BaseException:
            self.close()
            raise
        for _ in range(_REQUESTS_EACH):
            for worker in self._workers:
                self._idle.put(worker)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.kill()  # whoever waits for an answer gets its end
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._folder.cleanup()

    def answers(
        self, groups: Iterator[Sequence[Sequence[str]]], *, confidences: bool = True
    ) -> Iterator[tuple[Sequence[Sequence[str]], Answer]]:
        """Each group of sentences with its answer, in order; no more groups are read than keep everybody busy.

        confidences: whether probabilities are wanted.

        Raises:
            PostaggerError: a worker has died. What reading the groups raises, after the groups before it were answered.
        """
        asked: deque[tuple[Sequence[Sequence[str]], Future[Answer]]] = deque()
        error: Exception | None = None
        while True:
            try:
                group = None if error else next(groups, None)
            except Exception as raised:
                group, error = None, raised
            if group is not None:
                asked.append((group, self._threads.submit(self._ask, group, confidences)))
                if len(asked) <= (_REQUESTS_EACH + 1) * len(self._workers):
                    continue
            elif not asked:
                break
            sentences, answer = asked.popleft()
            yield sentences, answer.result()
        if error is not None:
            raise error

    def _ask(self, sentences: Sequence[Sequence[str]], confidences: bool) -> Answer:
        worker = self._idle.get()
        try:
            return worker.ask(sentences, confidences)
        finally:
            self._idle.put(worker)


def _stored(tagger: "Tagger", folder: Path) -> Path:
    """Where other processes find the tagger: in the folder, if it is not in a file already."""
    if tagger.weights.file is not None:
        return tagger.weights.file
    tagger.save(folder)
    return folder


class _Worker:
    """One process, from outside. Threads may ask it at the same time; answers come in the order of the requests."""

    def __init__(self, model: Path, precision: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(model), precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._sending, self._received = threading.Lock(), threading.Condition()
        self._num_sent = self._num_received = 0

    def ask(self, sentences: Sequence[Sequence[str]], confidences: bool) -> Answer:
        count = sum(map(len, sentences))
        sure = count if confidences else 0
        try:
            content = self._exchange(json.dumps([confidences, sentences]).encode())
        except OSError:
            content = b""
        if len(content) != 4 * (count + sure):
            raise PostaggerError(
                f"expected tags from a worker process, got its end (exit code {self._process.poll()}); "
                "try again with fewer --workers, or more memory"
            )
        return np.frombuffer(content, np.int32, count), np.frombuffer(content, np.float32, sure, 4 * count)

    def _exchange(self, request: bytes) -> bytes:
        with self._sending:
            _send(self._process.stdin, request)
            number, self._num_sent = self._num_sent, self._num_sent + 1
        with self._received:
            self._received.wait_for(lambda: self._num_received == number)
            try:
                return _receive(self._process.stdout)
            finally:
                self._num_received += 1
                self._received.notify_all()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not sent yet need not be
                pipe.close()  # type: ignore[union-attr]
        self._process.wait()


def main() -> None:
    """Be a worker: answer requests from standard input until it ends."""
    from postagger.tagger import Tagger

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides what Ctrl-C means
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not get into the answers
    model, precision = sys.argv[1:]
    tagger = Tagger.load(model, device="cpu", precision="bfloat16" if precision == "bfloat16" else "float32")
    while content := _receive(requests):
        wanted, sentences = json.loads(content)
        tag_ids, confidences = tagger.best(sentences, confidences=wanted)
        _send(answers, tag_ids.astype(np.int32).tobytes() + confidences.astype(np.float32).tobytes())


def _send(pipe: IO[bytes] | Any, content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def _receive(pipe: IO[bytes] | Any) -> bytes:
    """The next message; b"" where there is none."""
    head = pipe.read(_LENGTH.size)
    return pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
