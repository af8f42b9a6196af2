import io
import sys
from pathlib import Path

import pytest

from postagger.reading_progress import reading_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("x" * 2000)
    return path


def test_a_bar_of_bytes_on_a_terminal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with reading_progress([path, path]) as tell:
        assert tell is not None
        tell(1000)
    seen = terminal.getvalue()
    assert "/4.00k" in seen
    assert seen.endswith("\r")  # nothing remains of it


@pytest.mark.parametrize(("error", "output"), [(io.StringIO(), io.StringIO()), (Terminal(), Terminal())])
def test_no_bar_where_it_cannot_be_seen_or_would_disturb(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: io.StringIO, output: io.StringIO
) -> None:
    monkeypatch.setattr(sys, "stderr", error)
    monkeypatch.setattr(sys, "stdout", output)
    with reading_progress([path]) as tell:
        assert tell is None
    assert error.getvalue() == ""


def test_no_bar_for_standard_input_or_without_tqdm(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with reading_progress([path, None]) as tell:
        assert tell is None
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with reading_progress([path]) as tell:
        assert tell is None
