"""What the tests of pages share: a browser, and the figures that a page shows."""

import json
import math
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

# What Chromium would do beside showing a page, none of it wanted here.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split()
)


class Figures(HTMLParser):
    """The figures of a page: the path of each, its unrounded value, and the text that is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._open: tuple[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "data-path" in given:
            self._open = given["data-path"] or "", given["value"] or ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found.append((*self._open, data))
            self._open = None


def looked_up(scores: Any, pointer: str) -> Any:
    """What stands at a JSON pointer."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        scores = scores[int(key)] if isinstance(scores, list) else scores[key]
    return scores


def check_figures(page: str, stored: str) -> int:
    """Every figure of a page is the one in evaluation.json, rounded as it is shown; how many there are."""
    scores = json.loads(stored)
    figures = Figures(page).found
    for path, value, shown in figures:
        expected = looked_up(scores, path)
        assert float(value) == expected, path
        number = float(shown.replace(",", ""))
        digits = len(shown.partition(".")[2])
        rounded = (
            math.isclose(number, expected, rel_tol=0.005)
            if "e" in shown
            else abs(number - expected) <= 0.5000001 / 10**digits
        )
        assert rounded or re.fullmatch(r"[\d.]{3,6}", shown), (path, shown, expected)
    return len(figures)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine; skips the test where there is none, unless no test may skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("TESTS_MUST_NOT_SKIP"):
            raise FileNotFoundError("expected chromium, got none; apt-get install chromium")
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


def complaints(page: Page, address: str) -> list[str]:
    """What a page will have said in its console and in dialogs, and what else than its own address it asked for."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))

    def asked(request: Request) -> None:
        if request.url != address:
            said.append(request.url)

    page.on("request", asked)
    return said


def written(path: Path, page: str) -> str:
    """The address of a page that is written there."""
    path.write_text(page, encoding="utf-8")
    return path.as_uri()
