"""Workers: several processes tag, a core each.

This process is one of them: it tags what its helpers have no time for, and the first sentences while they start.
"""

import json
import os
import queue
import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from postagger.answer import Answer
from postagger.data_prep.sentence_groups import sentence_groups
from postagger.errors import InputError, PostaggerError
from postagger.helper import Helper
from postagger.prediction import Prediction

if TYPE_CHECKING:
    from postagger.tagger import Tagger

_REQUESTS_EACH = 3  # so that a helper has some to do as long as this process tags a group itself


class Workers:
    """This process and helpers, who have the tagger as it is now. A context: the helpers end with it.

    Several streams can be read at the same time, by several threads, too; but not by a process that was forked since.
    """

    def __init__(self, tagger: "Tagger", number: int) -> None:
        """number: of processes, this one among them.

        Raises:
            InputError: there are none; or the tagger is on a device that its helpers could not use at the same time.
        """
        if number < 1:
            raise InputError(f"workers: expected a number of at least 1, got {number}; 1 means this process alone")
        device = tagger.weights.device_type
        if device != "cpu":
            raise InputError(f"workers: expected a tagger on the CPU, got one on {device}; load it with device cpu")
        self._tagger = tagger
        self._process = os.getpid()
        folder = Path(tempfile.mkdtemp(prefix="postagger-"))
        self._remove_folder = weakref.finalize(self, _remove, folder, self._process)
        self._idle: queue.SimpleQueue[Helper] = queue.SimpleQueue()  # who can take another request
        self._helpers: list[Helper] = []
        try:
            model, choice = tagger.weights.file or folder / "model", folder / "choice.json"
            if tagger.choice is not None:
                choice.write_text(json.dumps(tagger.choice.to_dict()), encoding="utf-8")
            for _ in range(number - 1):
                self._helpers.append(Helper(model, choice, tagger.weights.precision, self._idle.put))
            if self._helpers and tagger.weights.file is None:
                tagger.save(model)  # while they start
        except BaseException:
            self.close()
            raise
        self._starts = [helper.ask([], None) for helper in self._helpers]  # who then reports to be idle
        for helper in (_REQUESTS_EACH - 1) * self._helpers:
            self._idle.put(helper)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all helpers."""
        for helper in self._helpers:
            helper.end()
        self._remove_folder()

    def wait(self) -> None:
        """Until all helpers have started, which nobody needs to wait for.

        Raises:
            PostaggerError: one has died.
        """
        for start in self._starts:
            start.result()

    def stream(self, sentences: Iterable[Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
        """As Tagger.stream."""
        for answer in self.answers(sentence_groups(sentences), None):
            yield from answer.tagged(self._tagger.output_tagset)

    def predictions(self, sentences: Iterable[Sequence[str]]) -> Iterator[Prediction]:
        """As Tagger.predictions."""
        for answer in self.answers(sentence_groups(sentences), self._tagger.temperature):
            yield from answer.predictions(self._tagger.output_tagset)

    def answers(self, groups: Iterator[Sequence[Sequence[str]]], temperature: float | None) -> Iterator[Answer]:
        """The answer to each group of sentences, in order; no more groups are read than keep everybody busy.

        temperature: see best_tags.

        Raises:
            PostaggerError: a helper has died; or this process was forked from theirs. What reading the groups raises,
                after the groups before it were answered.
        """
        asked: deque[Future[Answer]] = deque()
        most = (_REQUESTS_EACH + 2) * (1 + len(self._helpers))
        waits = not any(start.done() for start in self._starts)  # for helpers; the first group need not
        error: Exception | None = None
        while asked or error is None:
            if self._process != os.getpid():
                raise PostaggerError(
                    "expected workers of this process, got those of the one that it was forked from; "
                    "make others: tagger.workers(2)"
                )
            may_read = error is None and len(asked) < most
            helper = self._idle_helper() if may_read and not waits else None
            if asked and helper is None and (not may_read or asked[0].done()):
                yield asked.popleft().result()
                continue
            try:
                group = next(groups)
            except Exception as raised:  # as StopIteration is one
                error = raised
            else:
                asked.append(helper.ask(group, temperature) if helper else self._own_answer(group, temperature))
            waits = False
        if not isinstance(error, StopIteration):
            raise error

    def _idle_helper(self) -> Helper | None:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return None

    def _own_answer(self, group: Sequence[Sequence[str]], temperature: float | None) -> Future[Answer]:
        answer: Future[Answer] = Future()
        answer.set_result(self._tagger.answer(group, temperature))
        return answer


def _remove(folder: Path, process: int) -> None:
    """Remove a folder, unless this is a fork of the process that needs it."""
    if process == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)
