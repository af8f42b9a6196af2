"""Without an engine, whoever asks for it is told what to install."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from postagger.bulk import run
from postagger.errors import ConfigError


@pytest.mark.parametrize(
    ("package", "engine", "said"),
    [
        ("ray", "ray", r"expected Ray Data, got: .*ray.*; pip install 'postagger\[ray\]'"),
        ("pyspark", "spark", r"expected PySpark, got: .*pyspark.*; pip install 'postagger\[spark\]'"),
    ],
)
def test_the_command(
    package: str,
    engine: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    forget(package, f"postagger.bulk.{engine}_engine", monkeypatch)
    (tmp_path / "a.txt").write_text("The dog barks.\n")
    assert run(["--input", str(tmp_path / "a.txt"), "--output", str(tmp_path / "out"), "--engine", engine]) == 2
    assert re.fullmatch(f"postagger bulk: error: --engine {engine}: {said}\n", capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("package", "module", "said"),
    [
        ("ray", "ray", r"expected Ray Data for datasets, got: .*ray.*; pip install 'postagger\[ray\]'"),
        ("pyspark", "spark", r"expected PySpark for data frames, got: .*pyspark.*; pip install 'postagger\[spark\]'"),
    ],
)
def test_the_functions(package: str, module: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(package, f"postagger.integrations.{module}", monkeypatch)
    with pytest.raises(ConfigError, match=said):
        importlib.import_module(f"postagger.integrations.{module}")


def forget(package: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Act as if a package were not installed, towards a module that wants it."""
    monkeypatch.delitem(sys.modules, module, raising=False)
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
