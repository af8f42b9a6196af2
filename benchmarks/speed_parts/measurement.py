"""A measured process from inside: python -m speed_parts.measurement REQUEST loads a saved model, waits, tags, tells.

Linux only: it reads /proc. Times are of the clock that all processes share.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rivals import LOADERS, MissingRivalError

READY = "ready"
FIRST_SENTENCE = ["It", "works", "."]
MEMORY_READINGS, SENTENCES_A_LOOK = 10, 256

Sentences = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Request:
    """What the process is asked for.

    contestant: a name of LOADERS, or any other for what postagger.load reads. task: one of TASKS. sentences: a file;
    count: the first so many of it, None for all; share: of these, each second from the first (0) or the second (1).
    tokens: how many the task stream tags.
    """

    contestant: str
    model: str
    task: str
    sentences: str
    count: int | None = None
    share: int | None = None
    tokens: int = 0


@dataclass(frozen=True)
class Loaded:
    """A contestant: one tags a sentence, all tags many; tagger is ours, None where it is a rival."""

    one: Callable[[Sequence[str]], object]
    all: Callable[[Sentences], Sequence[object]]
    tagger: Any = None


def main() -> None:
    """Read, load, say so, wait for a line, do the task, print its figures."""
    request = Request(**json.loads(sys.argv[1]))
    sentences = read(request)
    before = memory("VmRSS")
    try:
        loaded = load(request.contestant, Path(request.model))
    except MissingRivalError as error:
        print(json.dumps({"missing": str(error)}), flush=True)
        return
    loaded.one(FIRST_SENTENCE)
    print(READY, flush=True)
    sys.stdin.readline()
    figures = TASKS[request.task](loaded, sentences, request)
    print(json.dumps({**figures, "before_mb": before, "peak_mb": memory("VmHWM")}), flush=True)


def read(request: Request) -> list[list[str]]:
    """The sentences of the request; none where the task reads them itself."""
    if request.task == "stream":
        return []
    sentences = list(_lines(request))
    return sentences if request.share is None else sentences[request.share :: 2]


def _lines(request: Request) -> Iterator[list[str]]:
    """A list of tokens in JSON a line."""
    with Path(request.sentences).open(encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, request.count))


def load(contestant: str, model: Path) -> Loaded:
    """By the loader of a rival, or by postagger.load.

    Raises:
        MissingRivalError: a package is not installed.
    """
    if contestant in LOADERS:
        tag = LOADERS[contestant](model)
        if "torch" in sys.modules:  # some have loaded it, whether they need it or not
            sys.modules["torch"].set_num_threads(1)
        return Loaded(lambda tokens: tag([tokens]), tag)
    import postagger

    tagger = postagger.load(model, device="cpu")
    return Loaded(tagger.tag, lambda sentences: list(tagger.stream(sentences)), tagger)


def bulk(loaded: Loaded, sentences: Sentences, _: Request) -> dict[str, Any]:
    """All sentences at once."""
    start = time.monotonic()
    tagged = loaded.all(sentences)
    end = time.monotonic()
    if len(tagged) != len(sentences):
        raise RuntimeError(f"expected {len(sentences)} tagged sentences, got {len(tagged)}")
    return {"start": start, "end": end, "tokens": sum(map(len, sentences))}


def workers(loaded: Loaded, sentences: Sentences, _: Request) -> dict[str, Any]:
    """All sentences by two workers who have started."""
    with loaded.tagger.workers(2) as two:
        two.wait()
        start = time.monotonic()
        tagged = list(two.stream(sentences))
        return {"start": start, "end": time.monotonic(), "tokens": sum(map(len, tagged))}


def workers_and_their_start(loaded: Loaded, sentences: Sentences, _: Request) -> dict[str, Any]:
    """All sentences by two workers who start for that."""
    start = time.monotonic()
    tagged = list(loaded.tagger.stream(sentences, workers=2))
    return {"start": start, "end": time.monotonic(), "tokens": sum(map(len, tagged))}


def single(loaded: Loaded, sentences: Sentences, _: Request) -> dict[str, Any]:
    """One sentence after the other."""
    start = time.monotonic()
    for tokens in sentences:
        loaded.one(tokens)
    end = time.monotonic()
    return {"start": start, "end": end, "tokens": sum(map(len, sentences)), "sentences": len(sentences)}


def stream(loaded: Loaded, _: Sentences, request: Request) -> dict[str, Any]:
    """The sentences again and again, so many tokens in all: the largest memory within each tenth, in megabytes.

    They are read from the file each time, so that no text is held.
    """
    readings: list[tuple[int, float]] = []
    tokens, largest = 0, 0.0
    for number, tagged in enumerate(loaded.tagger.stream(_again_and_again(request))):
        tokens += len(tagged)
        if number % SENTENCES_A_LOOK == 0:
            largest = max(largest, memory("VmRSS"))
        if tokens * MEMORY_READINGS >= (len(readings) + 1) * request.tokens:
            readings.append((tokens, max(largest, memory("VmRSS"))))
            largest = 0.0
    return {"readings": readings}


def _again_and_again(request: Request) -> Iterator[Sequence[str]]:
    remaining = request.tokens
    while True:
        for sentence in _lines(request):
            if remaining <= 0:
                return
            remaining -= len(sentence)
            yield sentence


def memory(name: str) -> float:
    """The memory of this process in megabytes: resident now (VmRSS), or at most (VmHWM).

    Not by getrusage, whose largest figure is at least that of the process which started this one.
    """
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"expected {name} in /proc/self/status, got none")
    return int(found[1]) * 1024 / 1e6


TASKS: dict[str, Callable[[Loaded, Sentences, Request], dict[str, Any]]] = {
    "bulk": bulk,
    "workers": workers,
    "workers and their start": workers_and_their_start,
    "single": single,
    "stream": stream,
}


if __name__ == "__main__":
    main()
