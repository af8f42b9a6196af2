import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from postagger.serving.batcher import Batcher


@dataclass(frozen=True)
class Number:
    value: int
    cost: int = 1


class Doubling:
    """Doubles numbers, refuses 13, and waits at 0 until it is let go on."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = threading.Event()

    def __call__(self, jobs: Sequence[Number]) -> list[int | Exception]:
        values = [job.value for job in jobs]
        self.batches.append(values)
        if values == [0]:
            self.may_go_on.wait()
        if 99 in values:
            raise RuntimeError("all is lost")
        return [ValueError("13") if value == 13 else 2 * value for value in values]


async def answers(work: Doubling, numbers: Sequence[Number], impatient: int | None = None) -> list[int | BaseException]:
    """The first number is worked on alone while the others come."""
    batcher: Batcher[Number, int] = Batcher(work, lambda _: None)
    first = asyncio.create_task(batcher.answer(Number(0)))
    await asyncio.sleep(0.01)
    tasks = [asyncio.create_task(batcher.answer(number)) for number in numbers]
    await asyncio.sleep(0.01)
    if impatient is not None:
        tasks[impatient].cancel()
    work.may_go_on.set()
    found = await asyncio.gather(first, *tasks, return_exceptions=True)
    again = await batcher.answer(Number(7))
    batcher.close()
    return [*found[1:], again]


def test_what_waits_is_done_together() -> None:
    work = Doubling()
    assert asyncio.run(answers(work, [Number(1), Number(2), Number(3)])) == [2, 4, 6, 14]
    assert work.batches == [[0], [1, 2, 3], [7]]


def test_a_batch_is_not_larger_than_is_quick() -> None:
    work = Doubling()
    numbers = [Number(1, 5000), Number(2, 3000), Number(3, 3000), Number(4, 100_000), Number(5)]
    assert asyncio.run(answers(work, numbers)) == [2, 4, 6, 8, 10, 14]
    assert work.batches == [[0], [1, 2], [3], [4], [5], [7]]


def test_an_error_is_told_to_whom_it_concerns() -> None:
    one, two, three, seven = asyncio.run(answers(Doubling(), [Number(1), Number(13), Number(3)]))
    assert (one, three, seven) == (2, 6, 14)
    assert isinstance(two, ValueError)


def test_if_all_fails_all_are_told_and_the_next_one_is_answered() -> None:
    *lost, seven = asyncio.run(answers(Doubling(), [Number(1), Number(99)]))
    assert [str(error) for error in lost] == ["all is lost", "all is lost"]
    assert seven == 14


def test_whoever_has_gone_costs_nothing() -> None:
    work = Doubling()
    one, two, three, _ = asyncio.run(answers(work, [Number(1), Number(2), Number(3)], impatient=1))
    assert (one, three) == (2, 6)
    assert isinstance(two, asyncio.CancelledError)
    assert work.batches == [[0], [1, 3], [7]]


@pytest.mark.parametrize("number", [1, 50])
def test_many_rounds(number: int) -> None:
    async def run() -> list[int]:
        batcher: Batcher[Number, int] = Batcher(Doubling(), lambda _: None)
        return [await batcher.answer(Number(value + 1000)) for value in range(number)]

    assert asyncio.run(run()) == [2 * (value + 1000) for value in range(number)]
