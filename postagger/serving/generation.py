"""Generation: a character language model goes on writing, piece by piece, beside whatever else is served."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import torch
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from postagger.char_language_model import CharLanguageModel
from postagger.sampling import Sampling
from postagger.serving.messages import ContinueRequest

_PIECE = 8  # characters that are written in one go; texts of several people are written in turns


class Generation:
    """One thread writes all texts."""

    def __init__(self, model: CharLanguageModel) -> None:
        torch.set_num_threads(1)  # more are slower for one character at a time, and tagging wants some, too
        self._model = model
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writing")

    def stream(self, request: ContinueRequest, inside: ExitStack) -> "TextStream":
        """The continuation, sent as it is made. inside: closed at the end, however that comes about."""
        return TextStream(self._pieces(request), inside)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    async def _pieces(self, request: ContinueRequest) -> AsyncIterator[str]:
        generator = None if request.seed is None else torch.Generator().manual_seed(request.seed)
        pieces = self._model.stream(request.prefix, request.length, Sampling(request.temperature), generator)
        loop = asyncio.get_running_loop()
        while piece := await loop.run_in_executor(self._thread, _next, pieces):
            yield piece


class TextStream(StreamingResponse):
    """Text that is sent as it is made."""

    def __init__(self, pieces: AsyncIterator[str], inside: ExitStack) -> None:
        super().__init__(pieces, media_type="text/plain; charset=utf-8")
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._inside:
            await super().__call__(scope, receive, send)


def _next(pieces: Iterator[str]) -> str:
    """Some of the pieces, joined; nothing once there are no more."""
    return "".join(itertools.islice(pieces, _PIECE))
