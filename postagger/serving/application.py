"""The HTTP application: which path answers what."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp

import postagger
from postagger.data_prep.quoting import printable
from postagger.data_prep.tag_meanings import tag_example, tag_meaning
from postagger.serving.batcher import Batcher
from postagger.serving.doors import HeadersDoor, HostDoor, TokenDoor
from postagger.serving.draining import drain
from postagger.serving.gate import Gate
from postagger.serving.limits import Limits
from postagger.serving.messages import (
    ContinueRequest,
    ErrorAnswer,
    HealthAnswer,
    LanguageModelAnswer,
    LimitsAnswer,
    ModelAnswer,
    TagAnswer,
    TagInWords,
    TagRequest,
    TagsetAnswer,
    parsed,
)
from postagger.serving.metrics import CONTENT_TYPE, MeasuredApp, Metrics
from postagger.serving.refusal import RefusalError, refused
from postagger.serving.tagging import TaggedJob, Tagging, TaggingJob
from postagger.tagger import Tagger

_PATHS = frozenset(("/", "/v1/tag", "/v1/continue", "/v1/model", "/v1/tagset", "/health", "/metrics"))
if TYPE_CHECKING:  # as these need torch
    from postagger.char_language_model import CharLanguageModel
    from postagger.serving.generation import Generation

_REFUSALS = (401, 413, 415, 422, 429, 503)
_PAGE = Path(__file__).parent / "page"
_MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}  # whatever the machine calls them
_PAGE_HEADERS = {"Cache-Control": "no-cache"}  # a new version's files belong together


@dataclass(frozen=True)
class Served:
    """What is served: a tagger with its name and accuracy, and perhaps a character-level language model."""

    tagger: Tagger
    name: str
    accuracy: float | None = None
    language_model: "CharLanguageModel | None" = None
    language_model_name: str = ""


def build_application(
    served: Served, limits: Limits, *, token: str | None = None, at_start: Callable[[], None] = lambda: None
) -> ASGIApp:
    """An ASGI application. token: what every request must know; without one only this machine's own names are served.

    at_start: called once it answers.
    """
    metrics = Metrics()
    application = _Application(served, limits, metrics)
    app: ASGIApp = application.routes(at_start)
    app = HostDoor(app) if token is None else TokenDoor(app, token, frozenset(_page_files()))
    return MeasuredApp(HeadersDoor(app), metrics, _PATHS)


class _Application:
    """The answers to requests. Each method is that of a path."""

    def __init__(self, served: Served, limits: Limits, metrics: Metrics) -> None:
        self._served, self._limits, self._metrics = served, limits, metrics
        self._gate = Gate(limits)
        metrics.in_flight.set_function(lambda: self._gate.in_flight)
        self._tagging = Tagging(served.tagger, served.name, limits.tokens)
        self._batcher: Batcher[TaggingJob, TaggedJob] = Batcher(self._tagging.work, metrics.batches.observe)
        self._generation = None if served.language_model is None else _generation(served.language_model)

    def routes(self, at_start: Callable[[], None]) -> FastAPI:
        """The paths, with what OpenAPI tells of them."""

        @contextlib.asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            at_start()
            yield
            self._batcher.close()
            if self._generation is not None:
                self._generation.close()

        app = FastAPI(
            title="postagger",
            version=postagger.__version__,
            docs_url=None,  # these pages load scripts from elsewhere
            redoc_url=None,
            lifespan=lifespan,
            exception_handlers={
                RefusalError: _refuse,
                HTTPException: _refuse_http,
                RequestValidationError: _refuse_parameters,
                Exception: _refuse_bug,
            },
        )
        app.post("/v1/tag", response_model=None, responses=_said(TagAnswer), openapi_extra=_body(TagRequest))(self.tag)
        app.post("/v1/continue", response_model=None, responses=_said(None), openapi_extra=_body(ContinueRequest))(
            self.continue_
        )
        app.get("/v1/model")(self.model)
        app.get("/v1/tagset", responses={422: {"model": ErrorAnswer}})(self.tagset)
        app.get("/health")(self.health)
        app.head("/health", include_in_schema=False)(self.health)
        app.get("/metrics", response_class=Response)(self.metrics)
        for path, file in _page_files().items():
            app.api_route(path, methods=["GET", "HEAD"], include_in_schema=False)(_sender(file))
        return app

    async def tag(self, request: Request) -> Response:
        """Tag text or tokens, of one sentence or of many."""
        with self._gate.inside():
            async with self._gate.in_time():
                wanted = parsed(TagRequest, await self._gate.body(request))
                answer = await self._batcher.answer(TaggingJob(wanted))
        self._metrics.tagged(answer)
        return Response(answer.content, media_type="application/json")

    async def continue_(self, request: Request) -> Response:
        """Go on writing where the prefix ends, as plain text that is sent as it is made."""
        generation = self._generation
        if generation is None:
            message = "expected a server with a character language model, got none; start it with --language-model DIR"
            raise RefusalError(404, message, unread=True)
        with contextlib.ExitStack() as inside:
            inside.enter_context(self._gate.inside())
            async with self._gate.in_time():
                wanted = parsed(ContinueRequest, await self._gate.body(request))
            return generation.stream(wanted, inside.pop_all())

    async def model(self) -> ModelAnswer:
        """What answers here, and how much may be asked."""
        served = self._served
        return ModelAnswer(
            name=served.name,
            version=postagger.__version__,
            corpus=served.tagger.facts.get("corpus", {}).get("name"),
            accuracy=served.accuracy,
            tagsets=list(self._tagging.tagsets),
            language_model=self._language_model(),
            limits=LimitsAnswer(**asdict(self._limits)),
        )

    async def tagset(self, tagset: str = "ptb") -> TagsetAnswer:
        """The tags of a tagset, in words."""
        tagsets = self._tagging.tagsets
        if tagset not in tagsets:
            raise RefusalError(
                422, f"expected one of the tagsets {' '.join(tagsets)}, got {tagset[:40]!r}; choose one of these"
            )
        tags = [TagInWords(tag=tag, meaning=tag_meaning(tag), example=tag_example(tag)) for tag in tagsets[tagset]]
        return TagsetAnswer(tagset=tagset, tags=tags)

    async def health(self) -> HealthAnswer:
        """Whether the server answers."""
        return HealthAnswer()

    async def metrics(self) -> Response:
        """What it has done, for Prometheus."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)

    def _language_model(self) -> LanguageModelAnswer | None:
        model = self._served.language_model
        if model is None:
            return None
        return LanguageModelAnswer(
            name=self._served.language_model_name,
            direction="forward" if "forward" in model.directions else "backward",
        )


def _generation(model: "CharLanguageModel") -> "Generation":
    from postagger.serving.generation import Generation  # which needs torch

    return Generation(model)


def _page_files() -> dict[str, Path]:
    """The files of the page, by their paths."""
    files = {f"/{file.name}": file for file in sorted(_PAGE.iterdir())}
    return {"/": files["/index.html"], **files}


def _sender(file: Path) -> Callable[[], Response]:
    return lambda: FileResponse(file, headers=_PAGE_HEADERS, media_type=_MEDIA_TYPES[file.suffix])


def _body(kind: type[TagRequest] | type[ContinueRequest]) -> dict[str, Any]:
    """What OpenAPI tells of a body that is read by the gate."""
    content = {"application/json": {"schema": kind.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def _said(kind: type[TagAnswer] | None) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI tells of answers."""
    good: dict[str, Any] = {"content": {"text/plain": {}}} if kind is None else {"model": kind}
    refusals: dict[int | str, dict[str, Any]] = {one: {"model": ErrorAnswer} for one in _REFUSALS}
    return {200: good} | refusals


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    if error.unread:
        await drain(request, request.stream())
    return error.response()


async def _refuse_http(request: Request, error: Exception) -> Response:
    """A path or a method that is not there."""
    assert isinstance(error, HTTPException)
    got = printable(f"{request.method[:10]} {request.url.path[:40]}")
    message = f"expected a path and method that are there, got {got}; see /openapi.json"
    return refused(error.status_code, message, error.headers)


async def _refuse_parameters(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return refused(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}; see /openapi.json")


async def _refuse_bug(*_: Any) -> Response:
    return refused(500, "expected an answer, got an error inside the server, which its log tells of; report it")
