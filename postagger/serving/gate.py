"""Gate: lets in as many requests as can be worked on, each with as large a body and as long as the limits say."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from starlette.requests import ClientDisconnect, Request

from postagger.data_prep.quoting import printable
from postagger.serving.draining import drain
from postagger.serving.limits import Limits
from postagger.serving.refusal import RefusalError

_LONGEST_NUMBER = 18


class Gate:
    """in_flight: how many requests are inside."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.in_flight = 0

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """A request is inside as long as the context is open.

        Raises:
            RefusalError: too many are (429).
        """
        limits = self.limits
        if self.in_flight >= limits.concurrency:
            message = f"expected at most {limits.concurrency} requests at a time, got one more; try again in a second"
            raise RefusalError(429, message, unread=True)
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    @contextlib.asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """What is done here takes no longer than a request may.

        Raises:
            RefusalError: it does (503).
        """
        try:
            async with asyncio.timeout(self.limits.seconds):
                yield
        except TimeoutError:
            message = (
                f"expected to be done within {self.limits.seconds:g} s, got no further; ask for less, or try again"
            )
            raise RefusalError(503, message, closes=True) from None

    async def body(self, request: Request) -> bytes:
        """The body of a request.

        Raises:
            RefusalError: it is too large (413), or not said to be JSON (415), or its end does not come (422).
        """
        _check_type(request)
        return await _read(request, self.limits.body_bytes)


def _check_type(request: Request) -> None:
    """Only JSON: no page of another site can send that without being asked first."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        said = printable(kind[:40]) or "none"
        raise RefusalError(415, f"expected Content-Type: application/json, got {said}; set the header", unread=True)


async def _read(request: Request, most: int) -> bytes:
    announced, stream = request.headers.get("content-length", ""), request.stream()
    if announced.isdecimal() and (len(announced) > _LONGEST_NUMBER or int(announced) > most):
        await drain(request, stream)
        raise _too_large(most, f"{int(announced):,}" if len(announced) <= _LONGEST_NUMBER else "far more")
    pieces, size = [], 0
    try:
        async for piece in stream:
            size += len(piece)
            if size > most:
                await drain(request, stream)
                raise _too_large(most, "more")
            pieces.append(piece)
    except ClientDisconnect:
        message = "expected a whole body, got the end of the connection; send it again"
        raise RefusalError(422, message, closes=True) from None
    return b"".join(pieces)


def _too_large(most: int, got: str) -> RefusalError:
    return RefusalError(413, f"expected a body of at most {most:,} bytes, got {got}; send it in parts", closes=True)
