"""Training on a corpus that is streamed: as good as in memory, and exact after whatever cut it off."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import SMALL
from postagger import run_checkpoints, train
from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.streamed_corpus import StreamedCorpus, stream_corpus
from postagger.errors import CheckpointError, CorpusError
from postagger.pretraining import pretrain_for
from postagger.run_checkpoints import RunCheckpoints
from postagger.save_interval import SaveInterval
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

TINY = "--embedding-dim 8 --feature-dim 4 --hidden-size 8 --batch-size 4 --num-epochs 3".split()
SHARDS = ["a.tagged", "b.tagged", "c.tagged"]
STREAM = ["--stream", "--shuffle-buffer", "16", "--corpus", *SHARDS, "--dev", "dev.tagged", *TINY]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 sentences of the sample in three files, and 10 for dev."""
    monkeypatch.chdir(tmp_path)
    sample = load_corpus(["sample"]).train
    places = {"a.tagged": slice(5), "b.tagged": slice(5, 45), "c.tagged": slice(45, 60), "dev.tagged": slice(60, 70)}
    for name, place in places.items():
        lines = (" ".join(f"{token}/{tag}" for token, tag in zip(s.tokens, s.tags, strict=True)) for s in sample[place])
        Path(name).write_text("\n".join(lines) + "\n")


def small(**settings: Any) -> TaggerConfig:
    parts = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    return TaggerConfig.from_settings({**parts, "num_epochs": 2, "batch_size": 4, **settings})


def streamed(shuffle_buffer: int = 16) -> StreamedCorpus:
    return stream_corpus(SHARDS, dev="dev.tagged", shuffle_buffer=shuffle_buffer)


def in_memory() -> Corpus:
    return load_corpus(SHARDS, dev="dev.tagged")


def check_equal(one: Tagger, other: Tagger) -> None:
    """To the bit."""
    states = one.network.state_dict(), other.network.state_dict()
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert one.facts["corpus"] == other.facts["corpus"]
    assert one.lexicon.to_dict() == other.lexicon.to_dict()
    assert one.temperature == other.temperature


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"augmentation": 0.3, "use_characters": True, "min_count": 2},
        {"r_drop": 0.5, "unknown_word_rate": 4.0},
        {"schedule": "linear", "max_affix_length": 0},
    ],
    ids=str,
)
def test_a_corpus_of_one_block_teaches_what_it_teaches_in_memory(settings: dict[str, Any]) -> None:
    one, result = train_tagger(streamed(100), small(**settings))
    other, expected = train_tagger(in_memory(), small(**settings))
    check_equal(one, other)
    assert [record.dev_score for record in result.history] == [record.dev_score for record in expected.history]


def test_many_blocks_teach_as_well() -> None:
    accuracies = [
        train_tagger(corpus, small(num_epochs=12))[1].history[-1].dev_score for corpus in (streamed(), in_memory())
    ]
    assert accuracies == [pytest.approx(accuracies[1], abs=0.1)] * 2
    assert accuracies[0] is not None
    assert accuracies[0] > 0.5


@pytest.mark.parametrize(
    ("settings", "step"),
    [
        ({}, 1),
        ({}, 4),
        ({}, 5),
        ({"augmentation": 0.3}, 14),
        ({"r_drop": 0.5, "cell": "lstm", "num_layers": 2, "dropout": 0.3}, 9),
    ],
    ids=str,
)
def test_a_resumed_run_equals_an_uninterrupted_one(
    settings: dict[str, Any], step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, result = train_tagger(streamed(), small(**settings))
    checkpoints = RunCheckpoints(tmp_path / "c", SaveInterval(steps=1))

    def write(path: Path, checkpoint: Checkpoint) -> None:
        write_checkpoint(path, checkpoint)
        position = checkpoint.state["position"]
        if (position["epoch"], position["step"]) == (1, step):
            raise KeyError("the light went out")

    with monkeypatch.context() as patch:
        patch.setattr(run_checkpoints, "write_checkpoint", write)
        with pytest.raises(KeyError, match="the light went out"):
            train_tagger(streamed(), small(**settings), checkpoints=checkpoints)
    torch.manual_seed(99)
    resuming = replace(checkpoints, resume=True)
    resumed, again = train_tagger(streamed(), small(**settings), checkpoints=resuming)
    check_equal(resumed, whole)
    assert [record.loss for record in again.history] == [record.loss for record in result.history]


def test_a_run_in_another_order_is_not_resumed(tmp_path: Path) -> None:
    resuming = RunCheckpoints(tmp_path / "c", resume=True)
    train_tagger(streamed(), small(), checkpoints=resuming)
    with pytest.raises(CheckpointError, match=r"--shuffle-buffer: expected 16 as in .*, got 17; resume with the"):
        train_tagger(streamed(17), small(), checkpoints=resuming)
    with pytest.raises(CheckpointError, match=r"--stream: expected True as in .*, got None; resume with the settings"):
        train_tagger(in_memory(), small(), checkpoints=resuming)
    Path("b.tagged").write_text(Path("b.tagged").read_text().replace("the/DT", "the/XX", 1))
    with pytest.raises(CheckpointError, match="expected the data of that run, got other data"):
        train_tagger(streamed(), small(), checkpoints=resuming)


def test_raw_text_teaches_without_the_streamed_sentences() -> None:
    Path("raw.txt").write_text("The dog barks. The cat sleeps. A dog sleeps.\n" * 20)
    config = small(min_raw_count=1, pretraining_batch_size=4)
    pretrained = pretrain_for(streamed(), ["raw.txt"], config)
    assert pretrained is not None
    assert set(pretrained.extractor.words.symbols) == set("the dog barks cat sleeps a .".split())
    one, _ = train_tagger(streamed(100), config, pretrained=pretrained)
    other, _ = train_tagger(in_memory(), config, pretrained=pretrained)
    check_equal(one, other)
    assert pretrain_for(streamed(), [], config) is None


def test_a_file_that_changes_in_the_middle_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, checkpoints = streamed(), RunCheckpoints(tmp_path / "c", SaveInterval(steps=1))
    before = Path("c.tagged").read_text()

    def write(path: Path, checkpoint: Checkpoint) -> None:
        write_checkpoint(path, checkpoint)
        if checkpoint.state["position"]["epoch"] == 1:
            Path("c.tagged").write_text(before.replace("/", "/X"))

    with monkeypatch.context() as patch:
        patch.setattr(run_checkpoints, "write_checkpoint", write)
        with pytest.raises(CorpusError, match=r"c\.tagged, line \d+: expected from here on what was there when"):
            train_tagger(corpus, small(), checkpoints=checkpoints)
    saved = read_checkpoint(tmp_path / "c/training")
    assert saved is not None
    assert saved.state["position"]["step"] == 4 * 2  # of two blocks
    Path("c.tagged").write_text(before)
    resumed, _ = train_tagger(streamed(), small(), checkpoints=replace(checkpoints, resume=True))
    check_equal(resumed, train_tagger(streamed(), small())[0])


def test_the_command_streams_is_killed_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run([*STREAM, "--output", "whole"]) == 0
    captured = capsys.readouterr()
    assert "a.tagged+b.tagged+c.tagged: 60 train, 10 dev, 0 test sentences; ready after" in captured.err
    assert "a.tagged+b.tagged+c.tagged dev: 10 sentences" in captured.out
    again = [*STREAM, "--output", "cut", "--resume", "--checkpoint-every", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "postagger.train", *again], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not Path("cut.checkpoint/training/000007").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    assert train.run(again) == 0
    assert "Going on with cut.checkpoint/training: " in capsys.readouterr().err
    assert Path("cut/weights.safetensors").read_bytes() == Path("whole/weights.safetensors").read_bytes()
    stored = json.loads(Path("cut/config.json").read_text())["corpus"]
    assert stored["sha256"] == in_memory().sha256
    assert (stored["stream"], stored["shuffle_buffer"], stored["train_sentences"]) == (True, 16, 60)
    assert train.run(again) == 0
    assert capsys.readouterr().err == "cut: the run is complete, and there is nothing to resume.\n"
    assert train.run([*again, "--shuffle-buffer", "17"]) == 2
    assert "--shuffle-buffer: expected 16 as in cut, got 17" in capsys.readouterr().err


def test_without_dev_and_test_the_beginning_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(["--stream", "--corpus", *SHARDS, *TINY, "--output", "model"]) == 0
    captured = capsys.readouterr()
    assert "these scores are of the training sentences, and far too good" in captured.err
    assert "train: 60 sentences" in captured.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--stream: expected files to train on, got none; name them with --corpus"),
        (["--corpus", "brown"], "--stream: expected files, got the named corpus brown; leave --stream out"),
        (["--corpus", "a.tagged", "--dev", "0.1"], "--dev: expected a file beside --stream, got 0.1; put a part"),
        (["--corpus", "a.tagged", "--shuffle-buffer", "0"], "--shuffle-buffer: expected a number at least 1"),
        (["--corpus", "a.tagged", "broken.tagged"], "broken.tagged, line 2: expected word/TAG, got 'b'; give every"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.tagged").write_text("a/DT\nb\n")
    assert train.run(["--stream", *arguments, *TINY, "--output", "model"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"postagger train: error: {message}")
    assert captured.err.count("\n") == 1
    assert not Path("model").exists()
