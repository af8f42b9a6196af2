"""The train command, from the command line's point of view."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pages import check_figures
from postagger import train
from postagger.data_prep.corpus import NAMED_CORPORA, load_corpus
from postagger.errors import DivergedError, MissingCorpusError, ModelFolderError
from postagger.tagger import Tagger
from postagger.trainer import Trainer
from postagger.training_result import TrainingResult

TINY = "--embedding-dim 8 --feature-dim 4 --hidden-size 8 --num-epochs 2".split()


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("POSTAGGER_"):
            monkeypatch.delenv(name)


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    before = sorted(Path().rglob("*"))
    assert train.run(list(arguments)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    told = [line for line in captured.err.splitlines() if "ready after" not in line]
    assert len(told) == 1
    assert told[0].startswith("postagger train: error: ")
    assert sorted(Path().rglob("*")) == before
    return told[0]


def test_from_a_corpus_to_a_model_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(["--corpus", "sample", "--dev", "0.1", "--test", "0.1", "--output", "model", *TINY]) == 0
    captured = capsys.readouterr()
    assert "sample test: 40 sentences" in captured.out
    assert "Saved in model after" in captured.out
    assert "epoch 2/2" in captured.err
    assert "dev 0." in captured.err
    assert "tokens/s" in captured.err
    evaluation = json.loads(Path("model/evaluation.json").read_text())
    assert (evaluation["corpus"], evaluation["split"], evaluation["sentences"]) == ("sample", "test", 40)
    history = json.loads(Path("model/history.json").read_text())
    assert [record["epoch"] for record in history] == [1, 2]
    config = json.loads(Path("model/config.json").read_text())
    assert config["training"]["seed"] == 1
    assert config["network"]["hidden_size"] == 8
    assert config["corpus"]["name"] == "sample"
    assert len(config["corpus"]["sha256"]) == 64
    assert config["corpus"]["preset"] == "default"
    assert len(Tagger.load("model").tag(["Good", "morning", "!"])) == 3


def test_without_an_output_a_new_folder_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    for expected in ("trained/sample", "trained/sample-2"):
        assert train.run(["--corpus", "sample", *TINY]) == 0
        assert f"Saved in {expected} " in capsys.readouterr().out


def test_a_place_taken_during_the_training_loses_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Tagger.predict

    def take_the_place(tagger: Tagger, sentences: list[list[str]], **how: int) -> object:
        Path("model").mkdir(exist_ok=True)
        return real(tagger, sentences, **how)

    monkeypatch.setattr(Tagger, "predict", take_the_place)
    assert train.run(["--corpus", "sample", "--output", "model", *TINY]) == 0
    assert "Saved in model-2 after" in capsys.readouterr().out
    assert Tagger.load("model-2").tag([]) == []


def test_ctrl_c_while_the_confidences_are_calibrated_costs_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from postagger import tagger_training

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tagger_training, "calibrate", interrupted)
    assert train.run(["--corpus", "sample", "--output", "model", *TINY]) == 130
    assert Tagger.load("model").temperature == 1.0


def test_scores_that_fail_cost_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from postagger.evaluation import Evaluation

    def broken(_: Evaluation) -> str:
        raise RuntimeError("no page today")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Evaluation, "to_html", broken)
    with pytest.raises(RuntimeError, match="no page today"):
        train.run(["--corpus", "sample", "--output", "model", *TINY])
    assert Tagger.load("model").tag([]) == []
    assert json.loads(Path("model/evaluation.json").read_text())["accuracy"] > 0


def test_the_report_of_a_trained_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["--corpus", "sample", "--output", "model", *TINY]
    assert train.run([*arguments, "--quote", "0"]) == 0
    stored = Path("model/evaluation.json").read_text()
    assert check_figures(Path("model/report.html").read_text(), stored) > 100
    scores = json.loads(stored)
    assert scores["history"] == json.loads(Path("model/history.json").read_text())
    assert scores["provenance"]["command"] == f"python -m postagger.train {' '.join(arguments)} --quote 0"
    assert {error["before"] for error in scores["errors"]} == {""}
    Path("model/report.html").write_text("another")
    with pytest.raises(ModelFolderError, match=r"report\.html: expected the bytes that manifest\.json vouches for"):
        Tagger.load("model")


def test_without_treebank_and_network_it_says_so_in_one_line_and_uses_the_sample(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingCorpusError("no treebank here")

    monkeypatch.setitem(NAMED_CORPORA, "treebank", missing)
    assert train.run(["--output", "model", *TINY]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first == (
        "The Penn Treebank sample is not on this machine and cannot be downloaded: training on the small sample."
    )
    assert "no treebank here" in error(capsys, "--corpus", "treebank")


def test_flags_win_over_environment_then_toml_then_the_preset(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("settings.toml").write_text(
        'corpus = "sample"\npreset = "fast"\nhidden_size = 6\nembedding_dim = 7\nnum_epochs = 1\n'
    )
    monkeypatch.setenv("POSTAGGER_EMBEDDING_DIM", "5")
    monkeypatch.setenv("POSTAGGER_BATCH_SIZE", "9")
    assert train.run(["--config", "settings.toml", "--embedding-dim", "8", "--output", "model"]) == 0
    stored = json.loads(Path("model/config.json").read_text())
    assert stored["network"]["embedding_dim"] == 8
    assert stored["network"]["hidden_size"] == 6
    assert stored["training"]["batch_size"] == 9
    assert stored["network"]["feature_dim"] == 10  # of the preset fast
    assert stored["corpus"]["preset"] == "fast"
    assert len(json.loads(Path("model/history.json").read_text())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cell", "gruu"], "--cell: expected one of rnn gru lstm, got 'gruu'"),
        (["--hidden-size", "many"], "--hidden-size: expected a whole number, got 'many'"),
        (["--hidden-size", "-3"], "--hidden-size: expected a number at least 1 and finite, got -3"),
        (["--learning-rate", "0"], "--learning-rate: expected a number above 0 and finite, got 0"),
        (["--preset", "slow"], "--preset: expected one of default thorough fast accurate seed, got 'slow'"),
        (["--bogus", "1"], "expected an option that exists, got '--bogus'"),
        (["--seed"], "--seed: expected a value, got none"),
        (["--config", "missing.toml"], "--config missing.toml: expected a TOML file, got: No such file or directory"),
        (["--config", "."], "--config .: expected a TOML file, got: Is a directory"),
        (["--config", ""], "--config : expected a TOML file, got: Is a directory"),
        (["--output", ""], "expected an output folder that does not exist, got one"),
        (["--output", "x" * 300], "expected a folder that can be written, got: File name too long"),
        (["--output", "a/b/c", "--corpus", "nowhere.conllu"], "nowhere.conllu: expected a corpus file"),
        (["--corpus", "sample", "--embedding-dim", "99999999999"], "expected sizes whose network fits into memory"),
        (["--corpus", "sample", "--patience", "2"], "--patience: expected a dev set to be patient about, got none"),
        (["--corpus", "nowhere.conllu"], "nowhere.conllu: expected a corpus file or one of treebank brown"),
        (["--corpus", "sample", "--dev", "2.0"], "expected a fraction from 0 to 1 or a file"),
        (["--corpus", "sample", "--dev", "nowhere.conllu"], "nowhere.conllu: expected a corpus file"),
    ],
)
def test_wrong_input_is_one_clear_line(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert message in error(capsys, *arguments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hidden_size = 'many'\n", "--hidden-size: expected a whole number, got 'many'"),
        ("hiddensize = 3\n", "expected settings that exist, got 'hiddensize'"),
        (
            "hidden_size = = 3\n",
            "--config settings.toml: expected a TOML file, got: Invalid value (at line 1, column 15)",
        ),
        ("hidden_size = true\n", "--hidden-size: expected a whole number"),
        ("corpus = 5\n", "--corpus: expected texts, got 5"),
        ("corpus = [5]\n", "--corpus: expected texts, got (5,)"),
        ("dev = true\n", "--dev: expected a number or a text or nothing, got True"),
        ("force = true\n", "expected settings that exist, got 'force'"),
        ("preset = 'slow'\n", "--preset: expected one of default thorough fast accurate seed, got 'slow'"),
        ("[training]\nseed = 1\n", "expected settings that exist, got 'training'"),
    ],
)
def test_wrong_toml_is_one_clear_line(capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    Path("settings.toml").write_text(text)
    assert message in error(capsys, "--config", "settings.toml")


def test_wrong_environment_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTAGGER_CELL", "gruu")
    assert "POSTAGGER_CELL: expected one of rnn gru lstm, got 'gruu'" in error(capsys)
    monkeypatch.delenv("POSTAGGER_CELL")
    monkeypatch.setenv("POSTAGGER_LEARNINGRATE", "1")
    assert "expected variables of settings that exist, got POSTAGGER_LEARNINGRATE; unset it" in error(capsys)


def test_an_output_folder_that_exists_is_refused_before_any_work(capsys: pytest.CaptureFixture[str]) -> None:
    Path("model").mkdir()
    Path("model/notes.txt").write_text("precious")
    assert "model: expected an output folder that does not exist" in error(
        capsys, "--corpus", "sample", "--output", "model"
    )
    assert "expected a folder of just config.json" in error(
        capsys, "--corpus", "sample", "--output", "model", "--force"
    )


def test_ctrl_c_saves_the_best_model_so_far() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "postagger.train", "--corpus", "sample", "--output", "model", *TINY[:-1], "5000"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    seen = ""
    deadline = time.monotonic() + 60
    while "epoch 3/5000" not in seen and time.monotonic() < deadline:
        seen += process.stderr.read(80)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted: saving the best model so far; to go on: the same command with --output model --resume." in err
    assert "Saved in model" in out
    assert json.loads(Path("model/config.json").read_text())["training_result"]["interrupted"] is True
    assert len(Tagger.load("model").tag(["Stop", "."])) == 2


def start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "postagger.train", "--corpus", "sample", *TINY[:-1], "16", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stderr is not None
    seen, deadline = "", time.monotonic() + 60
    while text not in seen and time.monotonic() < deadline:
        seen += process.stderr.read(80)


@pytest.mark.slow
def test_sigterm_saves_the_state_and_resume_ends_with_the_bits_of_a_run_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    process = start("--output", "cut")
    until(process, "epoch 3/16")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "to go on: the same command with --output cut --resume" in err
    assert "accuracy" not in out  # there was no time for scores
    assert len(Tagger.load("cut").tag(["Stop", "."])) == 2
    again = ["--corpus", "sample", *TINY[:-1], "16", "--output"]
    message = error(capsys, *again, "cut", "--resume", "--hidden-size", "9")
    assert "--hidden-size: expected 8 as in cut.checkpoint, got 9; resume with the settings of that run" in message
    assert "--resume: expected no --force beside it, got both" in error(capsys, *again, "cut", "--resume", "--force")
    assert "cut.checkpoint: expected no unfinished run, got one; add --resume to go on" in error(capsys, *again, "cut")
    # Killed in the middle of what comes next, and then resumed to the end.
    process = start("--output", "cut", "--resume", "--checkpoint-every", "1")
    until(process, "epoch 8/16")
    process.kill()
    process.communicate()
    capsys.readouterr()
    assert train.run([*again, "cut", "--resume"]) == 0
    assert "Going on with cut.checkpoint/training: " in capsys.readouterr().err
    assert not Path("cut.checkpoint").exists()
    assert train.run([*again, "whole"]) == 0
    assert Path("cut/weights.safetensors").read_bytes() == Path("whole/weights.safetensors").read_bytes()
    before = Path("cut/config.json").read_bytes()
    capsys.readouterr()
    assert train.run([*again, "cut", "--resume"]) == 0
    assert capsys.readouterr().err == "cut: the run is complete, and there is nothing to resume.\n"
    assert Path("cut/config.json").read_bytes() == before


def test_a_run_that_saved_nothing_yet_begins_anew(capsys: pytest.CaptureFixture[str]) -> None:
    assert train.run(["--corpus", "sample", "--output", "model", *TINY, "--resume"]) == 0
    assert "model.checkpoint: there is no checkpoint yet, so the run begins anew." in capsys.readouterr().err
    assert sorted(map(str, Path().iterdir())) == ["model"]


def test_a_loss_that_is_no_number_saves_the_model_before_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Trainer.run_epoch

    def third_diverges(trainer: Trainer[Any], interrupted: Any) -> None:
        if trainer.checkpoint().state["position"]["epoch"] == 2:
            raise DivergedError("expected a finite loss, got nan; train again with a lower --learning-rate")
        real(trainer, interrupted)

    monkeypatch.setattr(Trainer, "run_epoch", third_diverges)
    assert train.run(["--corpus", "sample", "--output", "model", *TINY[:-1], "5"]) == 2
    captured = capsys.readouterr()
    assert "The loss is no number any more: saving the model of epoch 2." in captured.err
    last = captured.err.splitlines()[-1]
    assert last == (
        "postagger train: error: expected a finite loss, got nan; train again with a lower --learning-rate; "
        "the model of epoch 2 is in model, and --force replaces it"
    )
    assert len(Tagger.load("model").tag(["Stop", "."])) == 2


def test_ctrl_c_while_judging_saves_the_model_without_scores(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tagger, "predict", interrupt)
        assert train.run(["--corpus", "sample", "--output", "model", *TINY]) == 130
    assert "saving the model without its scores" in capsys.readouterr().err
    assert json.loads(Path("model/evaluation.json").read_text()) == {}
    assert len(Tagger.load("model").tag(["Stop", "."])) == 2


def test_a_full_disk_keeps_the_scores_on_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("postagger.output_folder._write_file", full)
    assert train.run(["--corpus", "sample", "--output", "model", *TINY]) == 2
    captured = capsys.readouterr()
    assert "sample test: 40 sentences" in captured.out
    assert captured.err.splitlines()[-1].endswith("No space left on device; make room or choose another --output")
    assert list(Path().iterdir()) == []


def test_a_reader_that_stops_early_still_leaves_the_model() -> None:
    command = f"{sys.executable} -m postagger.train --corpus sample --output model {' '.join(TINY)} | head -1"
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).returncode == 0
    assert len(Tagger.load("model").tag(["Stop", "."])) == 2


RAW_TEXT = "The quiet engineer writes letters.\n\nShe reads the letters.\n\n" * 20
RAW = "--min-raw-count 2 --pretraining-batch-size 8".split()


def test_raw_text_first(capsys: pytest.CaptureFixture[str]) -> None:
    Path("raw").mkdir()
    Path("raw/a.txt").write_text(RAW_TEXT)
    assert train.run(["--corpus", "sample", "--raw-text", "raw", "--output", "model", *TINY, *RAW]) == 0
    captured = capsys.readouterr()
    assert "raw text: 40 sentences, 220 tokens" in captured.err
    assert "raw text epoch 1/1" in captured.err
    tagger = Tagger.load("model")
    assert "engineer" in tagger.extractor.words
    assert tagger.facts["corpus"]["raw_text"] == ["raw"]
    assert tagger.config.pretraining.min_raw_count == 2


def test_two_runs_with_raw_text_are_equal_to_the_bit() -> None:
    Path("raw.txt").write_text(RAW_TEXT)
    for name in ("one", "other"):
        arguments = ["--corpus", "sample", "--raw-text", "raw.txt", "--augmentation", "0.2", "--output", name]
        assert train.run([*arguments, *TINY, *RAW]) == 0
    assert Path("one/weights.safetensors").read_bytes() == Path("other/weights.safetensors").read_bytes()


def test_raw_text_that_is_missing_or_empty(capsys: pytest.CaptureFixture[str]) -> None:
    message = error(capsys, "--corpus", "sample", "--raw-text", "nowhere.txt")
    assert "--raw-text nowhere.txt: expected a text file or one of brown" in message
    Path("empty.txt").touch()
    assert "expected text, got an empty one" in error(capsys, "--corpus", "sample", "--raw-text", "empty.txt")
    Path("latin.txt").write_bytes(b"caf\xe9")
    assert "latin.txt: expected UTF-8 text, got byte 0xe9" in error(
        capsys, "--corpus", "sample", "--raw-text", "latin.txt"
    )


def test_a_compact_model_is_smaller_and_tags_as_it_was_judged(capsys: pytest.CaptureFixture[str]) -> None:
    for name, more in (("plain", []), ("compact", ["--compact"])):
        assert train.run(["--corpus", "sample", "--output", name, *TINY, *more]) == 0
        printed = capsys.readouterr().out
    sizes = {name: Path(name, "weights.safetensors").stat().st_size for name in ("plain", "compact")}
    assert sizes["compact"] < 0.45 * sizes["plain"]
    tagger = Tagger.load("compact")
    first = load_corpus(["sample"]).test[0]
    tagged = " ".join(f"{token}/{tag}" for token, tag in tagger.tag(first.tokens))
    assert f"  {tagged}\n" in printed


def test_ctrl_c_while_raw_text_is_read_ends_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("raw.txt").write_text(RAW_TEXT)
    monkeypatch.setattr(Trainer, "fit", lambda _: TrainingResult(interrupted_by=signal.SIGINT))
    arguments = ["--corpus", "sample", "--raw-text", "raw.txt", "--output", "model", *TINY, *RAW]
    assert train.run(arguments) == 130
    assert capsys.readouterr().err.endswith("postagger train: interrupted\n")
    assert not Path("model").exists()
