"""python -m postagger.serve: the tagger as an HTTP service, with a page to look at."""

import contextlib
import ipaddress
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.argument_types import positive, whole_number
from postagger.command_line import Parser, add_model_arguments, command, note
from postagger.errors import ConfigError, ModelFolderError
from postagger.pretrained import SHIPPED, model_path
from postagger.stored_files import StoredFiles

if TYPE_CHECKING:
    from postagger.serving.application import Served

_GRACE_SECONDS = 2  # beyond the longest time a request may take
_SHORTEST_TOKEN = 16
_SCORES, _MOST_OF_SCORES = "evaluation.json", 8 << 20  # bytes; those of the shipped models have a thirtieth of it
_EXAMPLES = """examples:
  postagger serve                                          the page is at http://127.0.0.1:8000
  curl -H 'Content-Type: application/json' -d '{"text": "The dog barks."}' http://127.0.0.1:8000/v1/tag
  postagger serve --host 0.0.0.0 --token-file token.txt    for other machines, who must know the token
"""


@command("serve")
def run(arguments: Sequence[str]) -> int:
    """Load the model, listen, answer until told to stop."""
    options = parser().parse_args(arguments)
    token = _token(options)
    uvicorn = _uvicorn()

    from postagger.serving.application import build_application
    from postagger.serving.limits import Limits

    limits = Limits(options.max_body_bytes, options.max_tokens, options.max_seconds, options.max_concurrency)
    with _listening(options.host, options.port) as listening:
        address = _address(listening)
        app = build_application(
            _served(options), limits, token=token, at_start=lambda: note(f"postagger serve: {address}")
        )
        config = uvicorn.Config(
            app,
            http="h11",  # which bounds the head of a request, and answers one after the other
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=round(limits.seconds) + _GRACE_SECONDS,
        )
        # After the last answer uvicorn sends itself the signal that it was stopped by; being asked to stop is no error.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(
        prog="postagger serve", description="Tag over HTTP, and on a page in the browser.", epilog=_EXAMPLES
    )
    add_model_arguments(parser, shipped=SHIPPED, threads=False)
    parser.add_argument("--language-model", metavar="DIR", help="character language model, for the page's second tab")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: 127.0.0.1, this machine)")
    port = whole_number(0, 2**16 - 1)
    parser.add_argument("--port", type=port, default=8000, help="port to listen at; 0 for a free one (default: 8000)")
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="file with the token that every request must know; needed beyond this machine",
    )
    parser.add_argument("--max-body-bytes", type=positive, default=1_000_000, help="of a request (default: 1000000)")
    parser.add_argument("--max-tokens", type=positive, default=20_000, help="of a request (default: 20000)")
    parser.add_argument("--max-seconds", type=positive, default=10, help="that a request may take (default: 10)")
    parser.add_argument("--max-concurrency", type=positive, default=64, help="requests at a time (default: 64)")
    return parser


def _uvicorn() -> Any:
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise ConfigError(f"expected {error.name} for a server, got none; pip install 'postagger[serve]'") from None
    return uvicorn


def _token(options: Namespace) -> str | None:
    """What requests must know.

    Raises:
        ConfigError: there is none although other machines can come; or it cannot be read, or is easily guessed.
    """
    if options.token_file is None:
        if not _is_loopback(options.host):
            raise ConfigError(
                f"--host {options.host}: expected --token-file for an address that other machines reach, got none; "
                f"python -c 'import secrets; print(secrets.token_urlsafe())' > token.txt makes one"
            )
        return None
    try:
        token = Path(options.token_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise ConfigError(
            f"--token-file {options.token_file}: expected a text file, got: {reason}; name another"
        ) from None
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or any(map(str.isspace, token)):
        raise ConfigError(
            f"--token-file {options.token_file}: expected at least {_SHORTEST_TOKEN} ASCII characters without blanks, "
            f"got {len(token)} characters; python -c 'import secrets; print(secrets.token_urlsafe())' makes some"
        )
    return token


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise ConfigError(
            f"--host {host} --port {port}: expected an address to listen at, got: {reason}; choose another"
        ) from None


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _served(options: Namespace) -> "Served":
    from postagger.serving.application import Served
    from postagger.tagger import Tagger

    path = model_path(options.model)
    tagger = Tagger.load(path, device=options.device)
    language_model = None
    if options.language_model is not None:
        from postagger.char_language_model import CharLanguageModel

        language_model = CharLanguageModel.load(options.language_model, device=options.device)
    return Served(
        tagger,
        options.model if options.model in SHIPPED else path.resolve().stem,
        _accuracy(path),
        language_model,
        Path(options.language_model or "").name,
    )


def _accuracy(path: Path) -> float | None:
    """What the model's folder tells of it; an ONNX file tells nothing."""
    files = StoredFiles(path, ModelFolderError, "the scores of a model", "copy the folder again")
    with contextlib.suppress(ModelFolderError):
        accuracy = files.json_object(_SCORES, files.read(_SCORES, _MOST_OF_SCORES)).get("accuracy")
        if isinstance(accuracy, int | float) and not isinstance(accuracy, bool) and 0 <= accuracy <= 1:
            return float(accuracy)
    return None


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
