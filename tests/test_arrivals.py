import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from postagger import arrivals
from postagger.arrivals import arriving_lines, bursts
from postagger.errors import CorpusError


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end to write into; the other one is standard input."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as file:
        monkeypatch.setattr(sys, "stdin", file)
        yield writer


def test_what_has_arrived_comes_before_an_empty_line(pipe: int) -> None:
    lines = arriving_lines(None)
    os.write(pipe, "\ufeffé\r\n\nthi".encode())
    assert [next(lines) for _ in range(3)] == [(1, "é\r\n"), (2, "\n"), (2, "")]
    os.write(pipe, b"rd\n")
    assert [next(lines) for _ in range(2)] == [(3, "third\n"), (3, "")]
    os.write(pipe, b"last")
    assert next(lines) == (3, "")
    os.close(pipe)
    assert list(lines) == [(4, "last")]


def test_a_busy_writer_is_waited_for_a_little(pipe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_PATIENCE_SECONDS", 30)
    os.write(pipe, b"one\n")

    def write_late() -> None:
        time.sleep(0.05)
        os.write(pipe, b"two\n")
        os.close(pipe)

    writer = threading.Thread(target=write_late)
    writer.start()
    assert list(arriving_lines(None)) == [(1, "one\n"), (2, "two\n")]
    writer.join()


def test_what_drips_in_is_not_held_back_for_long(pipe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drops, now = iter([b"drop\n"] * 7), 0.0

    def has_more(_: int, seconds: float) -> bool:
        """There never is, but after 8 ms."""
        nonlocal now
        if seconds == 0:
            return False
        now += 0.008
        if drop := next(drops, b""):
            os.write(pipe, drop)
        else:
            os.close(pipe)
        return True

    monkeypatch.setattr(arrivals, "_has_more", has_more)
    monkeypatch.setattr(arrivals, "time", SimpleNamespace(monotonic=lambda: now))
    lines = [line for _, line in arriving_lines(None)]
    # After 24 ms the 20 that one waits are over, and what is there goes on.
    assert lines == ["drop\n", "drop\n", "", "drop\n", "drop\n", "drop\n", "", "drop\n", "drop\n"]


def test_a_file_never_makes_wait_and_tells_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100_000 + b"\n\ny")  # longer than a chunk
    told: list[int] = []
    assert list(arriving_lines(path, told.append)) == [(1, "x" * 100_000 + "\n"), (2, "\n"), (3, "y")]
    assert sum(told) == path.stat().st_size


def test_input_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\nb")))
    assert list(arriving_lines(None)) == [(1, "a\n"), (2, "b")]


def test_bad_input_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pipe: int) -> None:
    os.write(pipe, b"a\n")
    lines = arriving_lines(None)
    assert [next(lines), next(lines)] == [(1, "a\n"), (1, "")]
    os.write(pipe, b"b\xff\n")
    with pytest.raises(CorpusError, match=r"standard input, line 2: expected UTF-8 text, got the byte 0xff at .* 3;"):
        next(lines)
    os.close(pipe)
    with pytest.raises(CorpusError, match="nowhere: expected a file that can be read, got: No such file"):
        next(arriving_lines(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CorpusError, match="expected text from standard input, got a closed one"):
        next(arriving_lines(None))


def test_bursts_lose_nothing_and_come_one_at_a_time() -> None:
    read = []

    def items() -> Iterator[int | None]:
        for item in [1, None, None, 2, 3, None]:
            read.append(item)
            yield item

    all_bursts = bursts(items())
    assert list(next(all_bursts)) == [1]
    assert read == [1, None]
    assert [list(burst) for burst in all_bursts] == [[2, 3]]
