"""A worker process of the local engine: parts come in on its standard input, what becomes of them goes out.

Messages are JSON, a line each. In: the job; then, again and again, a part, the stretches of rows that are to be
divided, and the rows that must not be touched, with the reasons. Out: {"at": [first, last]}, the rows that are tagged
next, in case it does not survive them; {"at": [last, 0]}, they are tagged; {"finished": ...}; {"error": ...}.
"""

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from postagger.bulk.job import Job
from postagger.bulk.part import Part, RowRange
from postagger.bulk.portion import Portion, rejected_row
from postagger.bulk.reading import read_rows
from postagger.bulk.stages import tagged, tokenised_portion, written
from postagger.errors import PostaggerError
from postagger.memory_errors import is_out_of_memory
from postagger.stored_files import one_line

_PIECES = 64  # of a stretch that is divided


def main() -> None:
    """Work until the standard input ends; then at once, whatever is at hand."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides what Ctrl-C means
    answers = os.dup(1)
    os.dup2(2, 1)  # what is printed must not get into the answers
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(messages,), daemon=True).start()
    worker = _Worker(Job(**messages.get()), answers)
    while True:
        worker.answer(messages.get())


def _listen(messages: "queue.SimpleQueue[Any]") -> None:
    for line in sys.stdin.buffer:
        messages.put(json.loads(line))
    os._exit(0)  # a part at hand is done again by whoever comes next


class _Worker:
    """answers: the descriptor of its output."""

    def __init__(self, job: Job, answers: int) -> None:
        self._job, self._answers = job, answers

    def answer(self, message: dict[str, Any]) -> None:
        """Do a part, and say so; or say why not."""
        part = Part(**message["part"])
        deadly = {int(number): reason for number, reason in message["deadly"].items()}
        try:
            self._job.tagger()
            divided = {(first, last) for first, last in message["divided"]}
            finished = written(part, self._job, self._tagged(part, divided, deadly))
        except PostaggerError as error:
            self._say({"error": str(error)})
        except Exception as error:
            if is_out_of_memory(error):
                os._exit(1)  # others may have more
            said = f"{type(error).__name__}: {one_line(error)}"
            self._say({"error": f"{part.path}: expected a part that can be tagged, got {said}; leave it out"})
        else:
            self._say({"finished": finished.to_dict()})

    def _tagged(self, part: Part, divided: set[RowRange], deadly: dict[int, str]) -> Iterator[Portion]:
        for portion in read_rows(part, self._job):
            for piece in _pieces(portion, divided, deadly):
                numbers = piece.rows.column("row").to_pylist() or [0]
                self._say({"at": [numbers[0], numbers[-1]]})
                told = tagged(tokenised_portion(piece, self._job), self._job.tagger())
                self._say({"at": [numbers[-1], 0]})
                yield told

    def _say(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode() + b"\n"
        while content:
            content = content[os.write(self._answers, content) :]


def _pieces(portion: Portion, divided: set[RowRange], deadly: dict[int, str]) -> Iterator[Portion]:
    """A portion as it is, or in pieces, and without what is deadly."""
    rows, count = portion.rows, portion.rows.num_rows
    numbers = rows.column("row").to_pylist()
    if count == 1 and numbers[0] in deadly:
        yield Portion(rows.slice(0, 0), [*portion.rejected, rejected_row(rows, deadly[numbers[0]])])
    elif count < 2 or (numbers[0], numbers[-1]) not in divided:
        yield portion
    else:
        yield Portion(rows.slice(0, 0), portion.rejected)
        size = -(-count // _PIECES)
        for start in range(0, count, size):
            yield from _pieces(Portion(rows.slice(start, size), []), divided, deadly)
