"""Batcher: requests that wait at the same time are answered together, by one thread."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar


class Job(Protocol):
    """What is to be done. cost: how much it is, in tokens or about so."""

    @property
    def cost(self) -> int:
        """How much it is."""


AnyJob = TypeVar("AnyJob", bound=Job)
Answer = TypeVar("Answer")

_MOST_COST = 8192  # beyond which a batch is no quicker, only longer to wait for


class Batcher(Generic[AnyJob, Answer]):
    """While one batch is worked on, the next gathers: nobody waits for others to come, and many come cheaper."""

    def __init__(
        self, work: Callable[[Sequence[AnyJob]], Sequence[Answer | Exception]], tell: Callable[[int], None]
    ) -> None:
        """work: jobs -> an answer to each, or the error that this one raised; runs in the thread.

        tell: is told of each batch how many jobs it has.
        """
        self._work, self._tell = work, tell
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tagging")
        self._waiting: deque[tuple[AnyJob, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def answer(self, job: AnyJob) -> Answer:
        """The answer to a job; raises what the job does."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    def close(self) -> None:
        """End the thread, once it has done what it is at."""
        self._thread.shutdown()

    async def _run(self) -> None:
        try:
            while batch := self._next_batch():
                await self._run_batch(batch)
        finally:
            self._task = None

    async def _run_batch(self, batch: Sequence[tuple[AnyJob, "asyncio.Future[Answer]"]]) -> None:
        loop = asyncio.get_running_loop()
        answers: Sequence[Answer | Exception]
        self._tell(len(batch))
        try:
            answers = await loop.run_in_executor(self._thread, self._work, [job for job, _ in batch])
        except Exception as error:  # nobody may wait for ever
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # whoever asked has gone
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _next_batch(self) -> list[tuple[AnyJob, "asyncio.Future[Answer]"]]:
        """The jobs that have waited longest, at least one if there is one."""
        batch: list[tuple[AnyJob, asyncio.Future[Answer]]] = []
        cost = 0
        while self._waiting and (not batch or cost + self._waiting[0][0].cost <= _MOST_COST):
            job, future = self._waiting.popleft()
            if not future.done():
                batch.append((job, future))
                cost += job.cost
        return batch
