"""Draining: what is read of a request that is refused, so that whoever sends it reads why."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

_SECONDS = 1.0


async def drain(request: Request, stream: AsyncIterator[bytes]) -> None:
    """Read on for a moment, keeping nothing; who finds a closed connection while sending never sees the answer.

    stream: the rest of the body. Whoever waits for leave to send it gets none.
    """
    if request.headers.get("expect", "").lower() == "100-continue":
        return
    end = time.monotonic() + _SECONDS
    with contextlib.suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(_SECONDS):
            async for _ in stream:
                if time.monotonic() > end:
                    return
