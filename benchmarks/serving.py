"""The server under load: requests a second, latency, memory, and whether every answer is right.

    python benchmarks/serving.py                 # three minutes; prints a table for docs/benchmarks.md

64 clients of this process, each with a connection that it keeps, send sentences of 25 tokens of the treebank sample,
one a request: first as fast as they are answered, then at half that rate, then twice as many clients, which the server
shall not all let in. An answer is right if its tags are those of Tagger.tag. Latency counts from the time at which a
request was due; memory is the server's at the end, and what it grew by after the first quarter.
"""

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from postagger.argument_types import positive
from postagger.data_prep.corpus import load_corpus
from postagger.pretrained import SHIPPED, model_path
from postagger.tagger import Tagger

TOKENS = 25
SENTENCES = 2000
TABLE_HEAD = (
    "| load | clients | right | refused | wrong | answers/s | median | 99 % within | memory |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
HEAD = "POST /v1/tag HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


@dataclass(frozen=True)
class Question:
    """A request and the tags that are the right answer."""

    request: bytes
    tags: list[str]


@dataclass
class Load:
    """What came of some load. seconds: of each answer. memory: bytes that the server held, second by second."""

    name: str
    clients: int
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    duration: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.duration

    def row(self) -> str:
        """As a row of the table."""
        ordered = sorted(self.seconds)
        half, most = (1000 * ordered[int(part * len(ordered))] for part in (0.5, 0.99))
        refused = sum(count for status, count in self.statuses.items() if status in (429, 503))
        others = sum(count for status, count in self.statuses.items() if status not in (200, 429, 503))
        growth = self.memory[-1] / self.memory[len(self.memory) // 4] - 1
        return (
            f"| {self.name} | {self.clients} | {self.statuses[200]:,} | {refused:,} | {self.wrong + others} | "
            f"{self.rate:,.0f} | {half:.1f} ms | {most:.1f} ms | {self.memory[-1] / 1e6:.0f} MB, {growth:+.1%} |"
        )


def main() -> None:
    """Start a server, load it, print the table."""
    parser = argparse.ArgumentParser(description="The server under load.")
    parser.add_argument("--model", default=SHIPPED[0], help=f"model folder, or one of {' '.join(SHIPPED)}")
    parser.add_argument("--clients", type=positive, default=64, help="at the same time (default: 64)")
    parser.add_argument("--seconds", type=positive, default=60, help="of each load (default: 60)")
    options = parser.parse_args()
    questions = _questions(options.model)
    with _server(options.model) as process:
        port = _port(process)
        print(TABLE_HEAD)
        try:
            for load in asyncio.run(_loads(port, process.pid, questions, options.clients, options.seconds)):
                print(load.row())
        finally:
            process.terminate()


def _questions(model: str) -> list[Question]:
    tokens = [token for sentence in load_corpus(["treebank"]).part("all") for token in sentence.tokens]
    starts = range(0, min(len(tokens) // TOKENS, SENTENCES) * TOKENS, TOKENS)
    sentences = [tokens[start : start + TOKENS] for start in starts]
    tagger = Tagger.load(model_path(model))
    questions = []
    for sentence in sentences:
        body = json.dumps({"tokens": sentence})
        request = HEAD.format(len(body)) + body
        questions.append(Question(request.encode(), [tag for _, tag in tagger.tag(sentence)]))
    return questions


def _server(model: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "postagger.serve", "--model", model, "--port", "0"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r":(\d+)$", said)
    if found is None:
        sys.exit(f"expected the server's address, got {said!r}")
    return int(found[1])


async def _loads(port: int, pid: int, questions: Sequence[Question], clients: int, seconds: int) -> list[Load]:
    warm = Load("warm-up", clients)
    await _run(warm, port, pid, questions, min(3, seconds), None)
    peak, half, crowd = Load("peak", clients), Load("half the peak", clients), Load("crowd", 2 * clients)
    await _run(peak, port, pid, questions, seconds, None)
    await _run(half, port, pid, questions, seconds, peak.rate / 2)
    await _run(crowd, port, pid, questions, seconds, None)
    return [peak, half, crowd]


async def _run(
    load: Load, port: int, pid: int, questions: Sequence[Question], seconds: int, rate: float | None
) -> None:
    """rate: requests a second of all clients together, at even times; None for as many as are answered."""
    start = time.perf_counter()
    every = None if rate is None else load.clients / rate
    async with asyncio.TaskGroup() as group:
        for number in range(load.clients):
            group.create_task(_client(load, port, random.Random(number), questions, start + seconds, every))
        group.create_task(_watch(load, pid, start + seconds))
    load.duration = time.perf_counter() - start


async def _client(
    load: Load, port: int, luck: random.Random, questions: Sequence[Question], end: float, every: float | None
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = time.perf_counter() + luck.random() * (every or 0)
    while asked < end:
        await asyncio.sleep(asked - time.perf_counter())
        question = luck.choice(questions)
        writer.write(question.request)
        status, content, closes = await _reply(reader)
        load.statuses[status] += 1
        load.seconds.append(time.perf_counter() - asked)
        if status == 200:
            load.wrong += json.loads(content)["sentences"][0]["tags"] != question.tags
        asked = time.perf_counter() if every is None else asked + every
        if closes:
            writer.close()
            await asyncio.sleep(0.1)  # as whoever is refused should
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            asked = max(asked, time.perf_counter())
    writer.close()


async def _reply(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, content, and whether the connection ends."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = re.search(r"content-length: (\d+)", head)
    assert length is not None
    return int(head.split()[1]), await reader.readexactly(int(length[1])), "connection: close" in head


async def _watch(load: Load, pid: int, end: float) -> None:
    while time.perf_counter() < end:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        assert found is not None
        load.memory.append(int(found[1]) << 10)
        await asyncio.sleep(min(1, max(0.1, end - time.perf_counter())))


if __name__ == "__main__":
    main()
