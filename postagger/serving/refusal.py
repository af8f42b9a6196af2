"""Refusals: what a request is told that is not answered."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

_RETRY_AFTER_SECONDS = 1
_PASSES = (429, 503)  # what will do later


class RefusalError(Exception):
    """status: of HTTP. The message is one line: what was expected, what came, what to do.

    closes: whether the connection ends, since the rest of the request is not read. unread: nothing of its body was.
    """

    def __init__(self, status: int, message: str, *, closes: bool = False, unread: bool = False) -> None:
        super().__init__(message)
        self.status, self.message, self.closes, self.unread = status, message, closes or unread, unread

    def response(self) -> JSONResponse:
        """As an answer."""
        headers = {"Connection": "close"} if self.closes else {}
        return refused(self.status, self.message, headers)


def refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer that says why there is none."""
    later = {"Retry-After": str(_RETRY_AFTER_SECONDS)} if status in _PASSES else {}
    return JSONResponse({"error": {"status": status, "message": message}}, status, headers={**(headers or {}), **later})
