"""A disk that is full in the middle of a save: what was there before is there afterwards, and can be read."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from pathlib import Path
import torch
from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.errors import OutputError
from postagger.tagger import Tagger

disk, model = Path(sys.argv[1]), sys.argv[2]
tagger = Tagger.load(model)
expected = tagger.tag(["The", "dog", "barks", "."])
state = lambda number: Checkpoint({"number": number}, {"a": torch.full((8_000,), float(number))})
tagger.save(disk / "model")
for number in (1, 2):
    write_checkpoint(disk / "run.checkpoint/training", state(number))
before = sorted(map(str, disk.rglob("*")))
refused = set()
for free in range(0, 24_000, 4_096):  # from no room at all to nearly enough
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4_096)):
                pass
        except OSError:
            os.truncate(disk / "filler", max(0, filler.tell() - free))
    for name, save in {
        "model": lambda: tagger.save(disk / "model", force=True),
        "checkpoint": lambda: write_checkpoint(disk / "run.checkpoint/training", state(3)),
        "new": lambda: tagger.save(disk / "deep/new"),
    }.items():
        try:
            save()
        except OutputError as error:
            assert "No space left on device; make room" in str(error), error
            refused.add(name)
        else:
            raise AssertionError(f"{name} fits into {free} bytes")
        assert Tagger.load(disk / "model").tag(["The", "dog", "barks", "."]) == expected
        assert read_checkpoint(disk / "run.checkpoint/training").state["number"] == 2
    (disk / "filler").unlink()
    assert sorted(map(str, disk.rglob("*"))) == before
tagger.save(disk / "model", force=True)
write_checkpoint(disk / "run.checkpoint/training", state(3))
assert read_checkpoint(disk / "run.checkpoint/training").state["number"] == 3
print("refused:", *sorted(refused))
"""


_MOUNT = ["unshare", "--mount", "--map-root-user"]


def can_mount() -> bool:
    """Whether a process may have a name space of its own, and mount a small disk there."""
    return bool(shutil.which("unshare")) and not subprocess.run([*_MOUNT, "true"], check=False).returncode


@pytest.mark.skipif(not can_mount(), reason="a small disk can only be had where a process may mount one")
def test_a_full_disk_leaves_model_and_checkpoint_readable(small_model: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "program.py").write_text(PROGRAM)
    mount = f"mount -t tmpfs -o size=400k tmpfs {tmp_path / 'disk'}"
    run = f"{sys.executable} {tmp_path / 'program.py'} {tmp_path / 'disk'} {small_model}"
    # Whoever looks from outside sees no disk, and it is gone with the process.
    done = subprocess.run([*_MOUNT, "sh", "-c", f"{mount} && exec {run}"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("refused: checkpoint model new\n", "")
