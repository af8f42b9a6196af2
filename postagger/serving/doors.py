"""Doors: who may come in, and what browsers are told."""

import hmac
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postagger.serving.draining import drain
from postagger.serving.refusal import refused

_LOOPBACK = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", re.IGNORECASE)
_OPEN = frozenset(("/", "/health"))
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HostDoor:
    """Lets in only who calls this machine by its own name: a page of another site could take that site's for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "")
            if not _LOOPBACK.fullmatch(host):
                message = f"expected this machine's own name as Host, got {host[:40]!r}; use http://127.0.0.1"
                await _refuse(421, message, {})(scope, receive, send)
                return
        await self._app(scope, receive, send)


class TokenDoor:
    """Asks for a token at every path but the page, its files and /health."""

    def __init__(self, app: ASGIApp, token: str, files: frozenset[str]) -> None:
        self._app, self._expected, self._open = app, f"Bearer {token}".encode(), _OPEN | files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in self._open:
            given = Headers(scope=scope).get("authorization", "")
            if not hmac.compare_digest(given.encode("latin-1"), self._expected):
                message = "expected this server's token, got none or another; send Authorization: Bearer TOKEN"
                await _refuse(401, message, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refuse(status: int, message: str, headers: dict[str, str]) -> ASGIApp:
    """An application that only says no."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await drain(request, request.stream())
        await refused(status, message, {**headers, "Connection": "close"})(scope, receive, send)

    return application


class HeadersDoor:
    """Tells browsers to load nothing from elsewhere, and to keep the answers to themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and add the headers to the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)
