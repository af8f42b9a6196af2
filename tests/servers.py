"""What the tests of the server share: one that runs, and a connection that says just what it is told to."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = "POST /v1/tag HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """Why it is refused."""
        return str(self.json["error"]["message"])


@dataclass(frozen=True)
class Server:
    process: "subprocess.Popen[str]"
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Bytes that are resident now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) << 10

    def connect(self) -> "Connection":
        return Connection(socket.create_connection(("127.0.0.1", self.port), timeout=20))

    def get(self, path: str, *headers: str) -> Reply:
        with self.connect() as connection:
            lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
            connection.send("\r\n".join(lines) + "\r\n\r\n")
            return connection.reply()

    def post(self, body: object, path: str = "/v1/tag", *headers: str) -> Reply:
        """A body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self.connect() as connection:
            lines = [HEAD.replace("/v1/tag", path) + f"Content-Length: {len(content)}", "Connection: close", *headers]
            connection.send("\r\n".join(lines) + "\r\n\r\n")
            connection.send(content)
            return connection.reply()


class Connection:
    """Bytes there, a reply back."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._file = connected.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def patience(self, seconds: float) -> None:
        """Wait no longer for the other side."""
        self._socket.settimeout(seconds)

    def send(self, content: str | bytes) -> None:
        self._socket.sendall(content.encode() if isinstance(content, str) else content)

    def reply(self) -> Reply:
        status = int(self._file.readline().split()[1])
        headers = {}
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        if "content-length" in headers:
            return Reply(status, headers, self._file.read(int(headers["content-length"])))
        pieces = []
        while size := int(self._file.readline(), 16):
            pieces.append(self._file.read(size))
            self._file.readline()
        return Reply(status, headers, b"".join(pieces))


@contextmanager
def server(model: Path, *arguments: str) -> Iterator[Server]:
    """A server at a free port; it must end as it should when it is asked to."""
    command = [sys.executable, "-m", "postagger.serve", "--model", str(model), "--port", "0", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = re.search(r"^postagger serve: http://\S+:(\d+)$", said)
        assert found is not None, said + process.stderr.read()
        yield Server(process, int(found[1]))
    finally:
        process.terminate()
        try:
            said = process.communicate(timeout=20)[1]
        finally:
            process.kill()
    assert process.returncode == 0, said
    assert said == ""
