"""Bad requests to the HTTP server, each with the server that it goes to."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from forked_commands import ForkedCommands

from servers import Connection, Reply

PAGE_FILES = sorted(path.name for path in (Path(__file__).parent.parent / "postagger/serving/page").iterdir())
_SHOWN = 30
_JSON = "Content-Type: application/json"

SERVERS = {
    "usual": "--language-model writer --max-tokens 20 --max-body-bytes 20000",
    "guarded": "--token-file good.token",
    "busy": "--max-seconds 1 --max-concurrency 1",
}
"""The options of the servers that are asked."""


@dataclass(frozen=True, eq=False)
class Request:
    """What is sent. body: as JSON, unless it is bytes; None for no body. is_shown: on the page."""

    line: str
    body: object = None
    headers: tuple[str, ...] = (_JSON,)
    server: str = "usual"
    is_shown: bool = True

    @property
    def method(self) -> str:
        return self.line.split()[0]

    @property
    def path(self) -> str:
        return self.line.split()[1].partition("?")[0]

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def text(self) -> str:
        """All of it in a line, shortened."""
        headers = [one for one in self.headers if one != _JSON]
        if self.body is not None and not any(one.startswith("Content-Type") for one in self.headers):
            headers.append("(no Content-Type)")
        body = self.content.decode("utf-8", "backslashreplace")
        size = f"{body[:_SHOWN]} ... ({len(self.content):,} bytes)"
        body = body if self.body is None or body else "(nothing)"
        server = {"guarded": "(--token-file)", "usual": ""}[self.server]
        return " ".join(filter(None, [server, self.line, *headers, body if len(body) < 2 * _SHOWN else size]))


def tag(body: object, *, is_shown: bool = True) -> Request:
    return Request("POST /v1/tag", body, is_shown=is_shown)


def go_on(body: object, *, is_shown: bool = True) -> Request:
    return Request("POST /v1/continue", body, is_shown=is_shown)


REQUESTS = (
    # Paths and methods.
    Request("GET /nowhere"),
    Request("GET /../serve.py", is_shown=False),
    Request("GET /v1/tag"),
    Request("PUT /v1/continue", {}, is_shown=False),
    Request("POST /v1/model", {}),
    Request("DELETE /v1/tagset", is_shown=False),
    Request("POST /health", {}, is_shown=False),
    Request("POST /metrics", {}, is_shown=False),
    Request("POST /", {}, is_shown=False),
    Request("POST /openapi.json", {}, is_shown=False),
    *(Request(f"POST /{name}", {}, is_shown=False) for name in PAGE_FILES),
    Request("GET /v1/tagset?tagset=brown"),
    Request("GET /v1/tagset?tagset=", is_shown=False),
    # What the head says.
    Request("POST /v1/tag", {"text": "Run!"}, ()),
    Request("POST /v1/tag", {"text": "Run!"}, ("Content-Type: text/plain",)),
    Request("GET /health", headers=("Host: example.org",)),
    Request("GET /health", headers=("Host: 127.0.0.1.example.org",)),
    Request("POST /v1/tag", {"text": "Run!"}, (_JSON, "Host: example.org")),
    Request("GET /v1/model", server="guarded"),
    Request("GET /v1/model", headers=("Authorization: Bearer wrong",), server="guarded"),
    Request("GET /v1/model", headers=("Authorization: Basic Zzz=",), server="guarded"),
    Request("POST /v1/tag", {"text": "Run!"}, server="guarded"),
    # Bodies.
    tag(b""),
    tag(b"{"),
    tag(b"Run!", is_shown=False),
    tag(b"[]"),
    tag(b"null", is_shown=False),
    tag(b'{"text": "\xff"}'),
    tag(b'{"text": "\xef\xbb\xbf', is_shown=False),
    tag(b"[" * 9_000 + b"]" * 9_000),
    tag(b'{"text": "Run!", "text": 7}'),
    tag({}),
    tag({"text": "Run!", "tokens": ["Run", "!"]}),
    tag({"txt": "Run!"}),
    tag({"text": 7}),
    tag({"text": None}, is_shown=False),
    tag({"text": ["Run!", 7]}, is_shown=False),
    tag({"tokens": "Run!"}, is_shown=False),
    tag({"tokens": ["Run", 7]}),
    tag({"tokens": ["Run", ["Run"]]}),
    tag({"text": "Run!", "tagset": "brown"}),
    tag({"text": "Run!", "confidence": "yes"}),
    tag({"text": "Run!", "k_best": 0}, is_shown=False),
    tag({"text": "Run!", "k_best": 11}),
    tag({"text": "Run!", "sequences": 1.5}, is_shown=False),
    tag({"text": "Run!", "min_confidence": 2}),
    tag(b'{"text": "Run!", "min_confidence": NaN}', is_shown=False),
    tag({"text": "Run!", "allowed": ["NN"]}, is_shown=False),
    tag({"text": "Run!", "allowed": {"Run": "VB"}}),
    tag({"text": "Run!", "allowed": {"Run": []}}, is_shown=False),
    tag({"text": "Run!", "allowed": {"Run": ["XYZ"]}}),
    tag({"text": "Run! " * 40}),
    tag({"tokens": [[]] * 21}, is_shown=False),
    tag({"text": "a" * 20_000}),
    go_on(b"", is_shown=False),
    go_on({"prefix": 7}, is_shown=False),
    go_on({"prefix": "a" * 10_001}),
    go_on({"length": 0}),
    go_on({"length": 2001}, is_shown=False),
    go_on({"temperature": 0}),
    go_on({"temperature": "hot"}, is_shown=False),
    go_on({"seed": -1}),
    go_on({"seed": 2**63}, is_shown=False),
    go_on({"top_k": 3}),
    Request("POST /v1/continue", {}, (_JSON, "Authorization: Bearer correct-horse-battery-staple"), "guarded"),
)


@contextmanager
def running_servers(commands: ForkedCommands, folder: Path) -> Iterator[dict[str, int]]:
    """The ports of the servers, by their names."""
    started = {
        name: commands.start(["serve", "--model", "model", "--port", "0", *options.split()], folder)
        for name, options in SERVERS.items()
    }
    try:
        yield {name: _port(running.err) for name, running in started.items()}
    finally:
        ended = {name: commands.stop(running) for name, running in started.items()}
    assert all((ran.code, ran.out, len(ran.err.splitlines())) == (0, "", 1) for ran in ended.values()), ended


def answer_to(request: Request, port: int) -> Reply:
    """Send it, read the answer."""
    headers = list(request.headers)
    if not any(one.startswith("Host: ") for one in headers):
        headers.append("Host: 127.0.0.1")
    if request.body is not None:
        headers.append(f"Content-Length: {len(request.content)}")
    head = "\r\n".join([f"{request.line} HTTP/1.1", *headers, "Connection: close"])
    with connected(port) as connection:
        connection.send(head + "\r\n\r\n")
        connection.send(request.content)
        return connection.reply()


def connected(port: int) -> Connection:
    """A connection to a server."""
    return Connection(socket.create_connection(("127.0.0.1", port), timeout=20))


def _port(said: Path) -> int:
    """What a server says that it listens at, once it does."""
    for _ in range(2000):
        if found := re.search(r":(\d+)\n", said.read_text() if said.exists() else ""):
            return int(found[1])
        time.sleep(0.01)
    raise AssertionError(f"{said.read_text()!r}")
