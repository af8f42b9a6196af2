"""Requests to the server: their bodies alone, and whole ones put to the application without any sockets."""

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message

from postagger.serving.application import Served, build_application
from postagger.serving.limits import Limits
from postagger.serving.messages import ContinueRequest, Request, TagRequest, parsed
from postagger.serving.refusal import RefusalError
from postagger.tagger import Tagger

from . import valid_files
from .material import arbitrary
from .mutations import mutated
from .target import Target, check_message, check_places, promise

_LIMITS = Limits(body_bytes=20_000, tokens=200)
_STATUSES = frozenset((200, 404, 405, 413, 415, 421, 422))
_NAME = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
_CONTROLS = frozenset((*range(9), *range(10, 32), 127))
_MOST_DIGITS = 18
_PIECE = 1000


def request_targets(tagger: Tagger) -> list[Target]:
    """Those of the server of a tagger."""
    application = _Application(build_application(Served(tagger, "small"), _LIMITS))
    return [
        Target("tag bodies", 5, _spoilt(valid_files.tag_request), lambda data: _body(TagRequest, data)),
        Target("continue bodies", 2, _spoilt(valid_files.continue_request), lambda data: _body(ContinueRequest, data)),
        Target("requests", 1, _request, application.request),
    ]


def _spoilt(make: Callable[[Random], bytes]) -> Callable[[Random], bytes]:
    def spoilt(random: Random) -> bytes:
        if random.random() < 0.05:
            return random.choice([b"[", b'{"text":', b'{"tokens":[']) * random.choice([1, 200, 9000])
        return arbitrary(random) if random.random() < 0.05 else mutated(random, make(random))

    return spoilt


def _request(random: Random) -> bytes:
    head, _, body = valid_files.request(random).partition(b"\r\n\r\n")
    if random.random() < 0.3:
        head = mutated(random, head)
    return head + b"\r\n\r\n" + (mutated(random, body) if random.random() < 0.5 else body)


def _body(kind: type[Request], data: bytes) -> bool:
    """What is accepted says what the JSON says; what is refused is refused by one line."""
    try:
        found = parsed(kind, data)
    except RefusalError as refusal:
        promise(refusal.status == 422, f"status {refusal.status}")
        check_message(refusal.message)
        return False
    said = json.loads(data)
    promise(found.model_dump(include=set(said)) == said, f"{found} of {said}")
    return True


class _Application:
    """An application; each request has a loop of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def request(self, data: bytes) -> bool:
        """An answer of a known status, whose tokens are those that were sent."""
        scope, body = _scope(data)
        if scope is None:
            return False  # which no server would pass on
        status, content = asyncio.run(self._answer(scope, body))
        promise(status in _STATUSES, f"status {status}: {content[:200]!r}")
        if status != 200:
            if scope["method"] != "HEAD":
                error = json.loads(content)["error"]
                promise(error["status"] == status, f"{error}")
                check_message(error["message"])
        elif scope["path"] == "/v1/tag":
            _check_tags(json.loads(body), json.loads(content))
        return status == 200

    async def _answer(self, scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
        pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)] or [b""]
        sent: list[Message] = []

        async def receive() -> Message:
            if not pieces:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        promise(sent[0]["type"] == "http.response.start" and not sent[-1].get("more_body", False), f"sent {sent}")
        return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


def _scope(data: bytes) -> tuple[dict[str, Any] | None, bytes]:
    """A request as a server would hand it over, and its body; None if it would not."""
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    words = line.split(b" ")
    if len(words) != 3 or not words[0].isalpha() or not words[1].startswith(b"/") or not words[1].isascii():
        return None, body
    path, _, query = words[1].partition(b"?")
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (one.partition(b":") for one in lines)]
    for name, value in headers:
        if not name or not _NAME.issuperset(name) or set(value) & _CONTROLS:
            return None, body
        if name == b"content-length" and len(value) > _MOST_DIGITS:
            return None, body
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": words[0].decode().upper(),
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
    return scope, body


def _check_tags(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """Every token has a tag; they are the text, or those that were sent."""
    sentences = answer["sentences"]
    for one in sentences:
        promise(len(one["tags"]) == len(one["tokens"]), f"{one}")
    if asked.get("tokens") is not None:
        sent = asked["tokens"]
        several = sent if sent and isinstance(sent[0], list) else [sent]
        promise([one["tokens"] for one in sentences] == several, f"{sentences}, not {several}")
        return
    texts = [asked["text"]] if isinstance(asked["text"], str) else asked["text"]
    for number, text in enumerate(texts):
        own = [one for one in sentences if one.get("text", 0) == number]
        check_places(text, [x for one in own for x in zip(one["tokens"], one["starts"], one["ends"], strict=True)])
