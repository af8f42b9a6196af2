"""The real commands under the real torchrun."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from postagger.char_language_model import CharLanguageModel
from postagger.tagger import Tagger

_SECONDS = 120
LAUNCHER = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]


def torchrun(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*LAUNCHER, *arguments], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


@pytest.mark.slow
def test_a_tagger_is_trained_by_two_processes(tmp_path: Path) -> None:
    arguments = "postagger.train --corpus sample --preset fast --num-epochs 2 --output tagger".split()
    ended = torchrun(arguments, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("\nSaved in tagger after ") == 1  # the first process alone prints
    assert ended.stderr.count("sentences; ready after") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["tagger"]
    config = json.loads((tmp_path / "tagger" / "config.json").read_text())
    assert config["training_result"]["processes"] == 2
    assert len(json.loads((tmp_path / "tagger" / "history.json").read_text())) == 2
    assert len(Tagger.load(tmp_path / "tagger").tag(["The", "dog", "barks", "."])) == 4


@pytest.mark.slow
def test_a_language_model_is_trained_by_two_processes(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("the quick brown fox jumps over the lazy dog. " * 30)
    sizes = "--hidden-size 8 --context-length 5 --batch-size 5 --num-epochs 2 --sample-every 1"
    ended = torchrun(f"postagger.charlm train --text text --output writer {sizes}".split(), tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert [line[:8] for line in ended.stdout.splitlines() if line.startswith("epoch")] == ["epoch 1:", "epoch 2:"]
    assert ended.stdout.count("\nSaved in writer after ") == 1
    assert CharLanguageModel.load(tmp_path / "writer").perplexity("the dog. ") > 1


@pytest.mark.slow
def test_a_mistake_is_told_once(tmp_path: Path) -> None:
    ended = torchrun("postagger.train --corpus missing.conllu --output tagger".split(), tmp_path)
    assert ended.returncode == 1  # torchrun's own, whatever its processes end with
    told = "postagger train: error: missing.conllu: expected a corpus file or one of "
    assert ended.stderr.count("postagger train: error:") == ended.stderr.count(told) == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_a_run_that_is_interrupted_keeps_its_model_and_goes_on(tmp_path: Path) -> None:
    arguments = "--corpus sample --preset fast --num-epochs 6 --checkpoint-every 10 --output tagger".split()
    running = subprocess.Popen(
        [*LAUNCHER, "postagger.train", *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(_SECONDS * 10):
            if list(tmp_path.glob("tagger.checkpoint/training/0*")):
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=_SECONDS)
    finally:
        running.kill()
    assert "Interrupted: saving the best model so far; to go on: the same command with --output tagger --resume" in told
    assert (tmp_path / "tagger.checkpoint").exists()
    assert json.loads((tmp_path / "tagger" / "config.json").read_text())["training_result"]["interrupted"]
    ended = torchrun(["postagger.train", *arguments, "--resume"], tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Going on with tagger.checkpoint/training: " in ended.stderr
    result = json.loads((tmp_path / "tagger" / "config.json").read_text())["training_result"]
    assert (result["interrupted"], result["best_epoch"]) == (False, 6)
    assert not (tmp_path / "tagger.checkpoint").exists()


@pytest.mark.slow
def test_a_dev_set_from_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "dev.conllu")
    ended = torchrun("postagger.train --corpus sample --dev dev.conllu --output tagger".split(), tmp_path)
    assert ended.returncode == 1
    told = "--dev: expected files that 2 processes can read, got "
    assert ended.stderr.count("postagger train: error:") == ended.stderr.count(told) == 1
