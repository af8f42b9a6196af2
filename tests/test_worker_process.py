import subprocess
import sys
from pathlib import Path

import pytest

from postagger.worker_process import worker_command, worker_environment

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("module", ["postagger.helper", "postagger.bulk.local_worker"])
def test_a_worker_finds_the_package_and_nothing_in_the_folder_of_the_user(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    monkeypatch.setattr(sys, "path", ["", *(place for place in sys.path if place not in ("", str(ROOT)))])
    command = [*worker_command(module), "model", "choice", "float32"]
    ran = subprocess.run(command, cwd=tmp_path, env=worker_environment(), stdin=subprocess.DEVNULL, check=False)
    assert ran.returncode == 0
