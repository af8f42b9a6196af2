import glob
import os
import random
from itertools import islice
from pathlib import Path

import pytest

from postagger.bulk.globs import globbed

GLOBS = [
    "**/*.txt",
    "a/**/*.txt",
    "**",
    "a/**",
    "**/b/*",
    "*/**/1.*",
    "./**/*",
    "**/**/*.txt",
    "a/**/c/**/*",
    "[ab]/**",
]
GLOBS += ["**/x[[]1]/*", ".h/**/*", "none/**/*", "*.txt", "{}/**/*.txt"]


@pytest.mark.parametrize("seed", range(20))
def test_globs_name_what_those_of_python_name(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = random.Random(seed)
    monkeypatch.chdir(tmp_path)
    folders = [Path()]
    for _ in range(6):
        folders.append(choices.choice(folders) / choices.choice(["a", "b", "c", ".h", "x[1]"]))
        folders[-1].mkdir(exist_ok=True)
    for _ in range(8):
        (choices.choice(folders) / choices.choice(["1.txt", "2.txt", ".z.txt", "y.jsonl"])).touch()
    for pattern in (one.format(tmp_path) for one in GLOBS):
        known = {os.path.normpath(path) for path in glob.glob(pattern, recursive=True)}  # noqa: PTH207
        files = {path for path in known if Path(path).is_file()}
        assert {os.path.normpath(path) for path in globbed(pattern) if Path(path).is_file()} == files


def test_links_that_lead_back_are_gone_into_once(tmp_path: Path) -> None:
    (tmp_path / "x.txt").touch()
    for name in "abc":
        (tmp_path / name).symlink_to(tmp_path)
    assert list(islice(globbed(f"{tmp_path}/**/*.txt"), 9)) == [f"{tmp_path}/x.txt"]
