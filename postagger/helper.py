"""Helper: a process that tags for this one. Sentences go there, the ids of their tags come back.

It is started afresh, and not as a copy of this process: it needs nothing of the program that asks for it, waits for
nobody's threads, and is gone when its input ends, however that comes about: forks of this process let go of its pipes.
"""

import contextlib
import gc
import itertools
import json
import math
import os
import signal
import struct
import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import numpy as np

from postagger.answer import Answer
from postagger.errors import PostaggerError
from postagger.worker_process import worker_command, worker_environment

_COMMAND = worker_command("postagger.helper")
_LENGTH = struct.Struct("<Q")
_HEAD = struct.Struct("<dQQ?")  # temperature, number of sentences, number of tokens, whether a token holds a line end
_COUNT_TYPE = np.dtype("<u4")
_MOST_AT_ONCE = 1 << 20  # bytes; memory for all that is asked for is taken by each reading
_ID_TYPE, _CONFIDENCE_TYPE = np.dtype("<u2"), np.dtype("<f4")


class Helper:
    """It answers in the order of the requests."""

    def __init__(self, model: Path, choice: Path, precision: str, has_answered: "Callable[[Helper], None]") -> None:
        """model: what Tagger.load reads, by the first request. has_answered: is told after each answer.

        choice: a file that tells which tags are told, if it is there (see TagChoice.to_dict).
        """
        self._process = subprocess.Popen(
            [*_COMMAND, str(model), str(choice), precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what stood in a buffer would be written once more by a fork
            env=worker_environment(),
        )
        assert self._process.stdin is not None  # as both are pipes
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._has_answered = has_answered
        # One of each, so that requests and answers keep their order.
        self._sender, self._receiver = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        _helpers.add(self)

    def ask(self, sentences: Sequence[Sequence[str]], temperature: float | None) -> Future[Answer]:
        """The best tags of sentences (see best_tags), as soon as they are there.

        The answer raises PostaggerError if the process has died.
        """
        self._sender.submit(self._send, sentences, temperature)
        return self._receiver.submit(self._receive, sentences, temperature is not None)

    def end(self) -> None:
        """End it, whatever it does; in a fork of the process that has it, nothing happens."""
        if self._requests.closed:
            return
        self._process.kill()  # whoever waits for an answer gets its end
        for thread in (self._sender, self._receiver):
            thread.shutdown(cancel_futures=True)
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what was not sent yet need not be
                pipe.close()
        self._process.wait()

    def let_go(self) -> None:
        """Close the pipes, in a process that was forked: otherwise it would keep them open, and this one waiting."""
        self._requests.close()
        self._answers.close()

    def _send(self, sentences: Sequence[Sequence[str]], temperature: float | None) -> None:
        with contextlib.suppress(OSError):  # it has died, as whoever receives will find out
            _write(self._requests, _request(sentences, temperature))

    def _receive(self, sentences: Sequence[Sequence[str]], with_confidences: bool) -> Answer:
        count = sum(map(len, sentences))
        sure = count if with_confidences else 0
        content = _read(self._answers)
        self._has_answered(self)
        if content is None or len(content) != count * _ID_TYPE.itemsize + sure * _CONFIDENCE_TYPE.itemsize:
            raise PostaggerError(
                f"expected tags from a worker process, got its end (exit code {self._process.wait()}); "
                "try again with fewer --workers, or more memory"
            )
        confidences = np.frombuffer(content, _CONFIDENCE_TYPE, sure, count * _ID_TYPE.itemsize)
        return Answer(sentences, np.frombuffer(content, _ID_TYPE, count), confidences)


_helpers: "weakref.WeakSet[Helper]" = weakref.WeakSet()


def _let_go() -> None:
    for helper in list(_helpers):
        helper.let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def main() -> None:
    """Be a helper: answer requests from standard input until it ends."""
    from postagger.tag_choice import TagChoice
    from postagger.tagger import Tagger

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides what Ctrl-C means
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not get into the answers
    gc.disable()  # what a request leaves behind is in no circles
    model, choice, precision = sys.argv[1:]
    tagger = None
    while (content := _read(requests)) is not None:
        if tagger is None:
            tagger = Tagger.load(model, device="cpu", precision="bfloat16" if precision == "bfloat16" else "float32")
            if Path(choice).exists():
                stored = json.loads(Path(choice).read_text(encoding="utf-8"))
                tagger.choice = TagChoice.from_dict(tagger.tagset, stored)
        answer = tagger.answer(*_requested(content))
        _write(
            answers, answer.tag_ids.astype(_ID_TYPE).tobytes() + answer.confidences.astype(_CONFIDENCE_TYPE).tobytes()
        )


def _request(sentences: Sequence[Sequence[str]], temperature: float | None) -> bytes:
    """The lengths of sentences, then all tokens, with line ends between them; or, if they hold such, their lengths."""
    tokens = list(itertools.chain.from_iterable(sentences))
    text, counts = "\n".join(tokens), list(map(len, sentences))
    has_lines = text.count("\n") >= len(tokens) > 0
    if has_lines:
        text, counts = "".join(tokens), [*counts, *map(len, tokens)]
    head = _HEAD.pack(math.nan if temperature is None else temperature, len(sentences), len(tokens), has_lines)
    return head + np.array(counts, _COUNT_TYPE).tobytes() + text.encode("utf-8", "surrogatepass")


def _requested(content: bytes) -> tuple[list[list[str]], float | None]:
    """The sentences and the temperature of a request."""
    temperature, num_sentences, num_tokens, has_lines = _HEAD.unpack_from(content)
    counts = np.frombuffer(content, _COUNT_TYPE, num_sentences + num_tokens * has_lines, _HEAD.size)
    text = content[_HEAD.size + counts.nbytes :].decode("utf-8", "surrogatepass")
    tokens = _cut(text, counts[num_sentences:]) if has_lines else text.split("\n")
    return _cut(tokens, counts[:num_sentences]), None if math.isnan(temperature) else temperature


def _cut(whole: Any, lengths: np.ndarray) -> list[Any]:
    """A string or list, cut into parts of such lengths."""
    ends = lengths.cumsum(dtype=np.int64)
    return [whole[start:end] for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)]


def _write(pipe: IO[bytes], content: bytes) -> None:
    remaining = memoryview(_LENGTH.pack(len(content)) + content)
    while remaining:
        remaining = remaining[pipe.write(remaining) :]
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where there is no more."""
    head = _read_bytes(pipe, _LENGTH.size)
    return None if head is None else _read_bytes(pipe, _LENGTH.unpack(head)[0])


def _read_bytes(pipe: IO[bytes], count: int) -> bytes | None:
    """So many bytes, however few come at once; None if there are no more as many."""
    parts: list[bytes] = []
    while count > 0:
        part = pipe.read(min(count, _MOST_AT_ONCE))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
