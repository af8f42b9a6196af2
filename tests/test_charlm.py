"""The language model's commands, from the command line's point of view."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from postagger.charlm import run
from postagger.data_prep import raw_text
from postagger.data_prep.raw_text import default_text
from postagger.errors import MissingCorpusError

RHYME = "row, row, row your boat, gently down the stream.\n"
TINY = "--hidden-size 16 --embedding-dim 8 --context-length 8 --batch-size 4 --num-epochs 3".split()


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("POSTAGGER_"):
            monkeypatch.delenv(name)
    Path("rhyme.txt").write_text(RHYME * 20)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charlm")
    (folder / "rhyme.txt").write_text(RHYME * 20)
    path = folder / "model"
    settings = [*TINY, "--num-epochs", "40", "--learning-rate", "0.02", "--output-dropout", "0"]
    assert run(["train", "--text", str(folder / "rhyme.txt"), *settings, "--output", str(path)]) == 0
    return path


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    before = sorted(Path().rglob("*"))
    assert run(list(arguments)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    told = [line for line in captured.err.splitlines() if "ready after" not in line]
    assert len(told) == 1
    assert told[0].startswith(f"postagger charlm {arguments[0]}: error: ")
    assert sorted(Path().rglob("*")) == before
    return told[0]


def test_from_a_text_to_a_model_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--text", "rhyme.txt", *TINY, "--prefix", "row", "漢", "--output", "model"]) == 0
    captured = capsys.readouterr()
    epochs = [line for line in captured.out.splitlines() if line.startswith("epoch ")]
    assert [line.split(":")[0] for line in epochs] == ["epoch 1", "epoch 2", "epoch 3"]
    for word in ("perplexity", "bits", "nats a character; held out: perplexity"):
        assert all(word in line for line in epochs)
    assert captured.out.count("\n - row") == captured.out.count("\n - 漢") == 3
    assert captured.err.count("warning: the model does not know 漢 of --prefix; it reads <unk> there") == 1
    assert "rhyme.txt, held-out: 97 characters" in captured.out
    assert "6-gram" in captured.out
    assert "Saved in model after" in captured.out
    evaluation = json.loads(Path("model/evaluation.json").read_text())
    assert (evaluation["corpus"], evaluation["split"], evaluation["characters"]) == ("rhyme.txt", "held-out", 97)
    config = json.loads(Path("model/config.json").read_text())
    assert config["kind"] == "char_language_model"
    assert (config["corpus"]["train_characters"], config["corpus"]["held_out_characters"]) == (882, 98)
    assert len(json.loads(Path("model/history.json").read_text())) == 3
    assert not Path("model.checkpoint").exists()


def test_a_named_output_may_be_left_out() -> None:
    for _ in range(2):
        assert run(["train", "--text", "rhyme.txt", *TINY]) == 0
    assert sorted(path.name for path in Path("trained").iterdir()) == ["rhyme", "rhyme-2"]


def test_without_a_text_and_without_the_treebank(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str, *, package: str) -> None:
        raise MissingCorpusError(f"{name} {package}")

    monkeypatch.setattr(raw_text, "nltk_corpus", missing)
    assert default_text()[0] == "sample"
    assert run(["train", *TINY, "--num-epochs", "1", "--characters", "3000"]) == 0
    assert "training on the small sample" in capsys.readouterr().err
    assert run(["evaluate", "--model", "trained/sample"]) == 0
    assert "sample, held-out: 299 characters" in capsys.readouterr().out


def test_the_settings_of_the_lessons(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["--characters", "500", "--num-epochs", "40", "--hidden-size", "12", "--context-length", "10"]
    assert run(["train", "--preset", "lesson", "--text", "rhyme.txt", *settings, "--output", "model"]) == 0
    captured = capsys.readouterr()
    assert "these scores are of the text the model was trained on" in captured.err
    assert "rhyme.txt, train: 499 characters" in captured.out
    assert captured.out.count("epoch ") == 1  # every 40th and the last
    config = json.loads(Path("model/config.json").read_text())
    assert (config["network"]["input"], config["text"]["newlines"], config["text"]["held_out"]) == (
        "one-hot",
        "spaces",
        0.0,
    )


def test_environment_file_and_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTAGGER_HIDDEN_SIZE", "9")
    monkeypatch.setenv("POSTAGGER_TAG_FIELD", "upos")  # the tagger's, passed over
    Path("my.toml").write_text('text = "rhyme.txt"\ncell = "gru"\nnum_epochs = 1\nprefix = ["a", "b"]\n')
    assert run(["train", "--config", "my.toml", "--batch-size", "2", "--output", "model"]) == 0
    config = json.loads(Path("model/config.json").read_text())
    assert (config["network"]["hidden_size"], config["network"]["cell"]) == (9, "gru")
    assert config["sample"]["prefix"] == ["a", "b"]


def test_the_small_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--map", "hello", "ohlol"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("  epoch ") for line in lines) == 45
    assert sum(line.startswith("  ohlol is first written in epoch ") for line in lines) == 3
    assert "expected two words of one length" in error(capsys, "train", "--map", "hello", "hi")


def test_a_leak_is_explained_by_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["--bidirectional-leak", *TINY, "--output", "leak"]
    assert run(["train", "--text", "rhyme.txt", *settings]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("has seen the character it should predict") == 1
    assert captured.out.count("has seen the character it should predict") == 1
    assert run(["evaluate", "--model", "leak", "--text", "rhyme.txt"]) == 0
    assert "has seen the character it should predict" in capsys.readouterr().out
    assert run(["generate", "--model", "leak", "--length", "5"]) == 0
    assert "has seen the character it should predict" in capsys.readouterr().err


def test_evaluate_knows_the_text_it_was_trained_on(
    capsys: pytest.CaptureFixture[str], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["evaluate", "--model", str(model), "--text"]
    assert run([*arguments, "rhyme.txt", "--output", "scores"]) == 0
    assert capsys.readouterr().out.startswith("rhyme.txt, held-out: 97 characters")
    stored = json.loads(Path("scores/evaluation.json").read_text())
    trained = json.loads((model / "evaluation.json").read_text())
    assert stored["perplexity"] == pytest.approx(trained["perplexity"])
    assert stored["baseline"] == trained["baseline"]
    assert run([*arguments, "rhyme.txt", "--split", "train"]) == 0
    assert capsys.readouterr().out.startswith("rhyme.txt, train: 881 characters")
    Path("other.txt").write_text("row your boat, 漢")
    assert run([*arguments, "other.txt", "--baseline", "rhyme.txt"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("other.txt, all: 15 characters")
    assert "1 characters are unknown to the model" in out
    assert "6-gram" in out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RHYME.encode())))
    assert run([*arguments, "-"]) == 0
    assert capsys.readouterr().out.startswith("standard input, all: 48 characters")
    assert "--split train: expected the text the model was trained on" in error(
        capsys, *arguments, "other.txt", "--split", "train"
    )
    Path("one.txt").write_text("a")
    assert "one.txt: expected at least two characters to judge by, got 1" in error(capsys, *arguments, "one.txt")
    assert "scores: expected an output folder that does not exist" in error(
        capsys, *arguments, "rhyme.txt", "--output", "scores"
    )


def test_generate(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    arguments = ["generate", "--model", str(model)]
    assert run([*arguments, "--prefix", "row, row", "--length", "16", "--greedy"]) == 0
    assert capsys.readouterr() == ("row, row, row your boat,\n", "")
    assert run([*arguments, "--prefix", "row", "--length", "8", "--temperature", "0", "--count", "2"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert (out[0], out[2], out[1]) == ("--- 1", "--- 2", out[3])
    texts = []
    for seed in ("1", "1", "2"):
        assert run([*arguments, "--seed", seed, "--temperature", "1.5", "--top-k", "9", "--top-p", "0.99"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == 201


def test_unknown_characters_of_a_prefix_are_named(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    assert run(["generate", "--model", str(model), "--prefix", "漢\tb漢", "--length", "3"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("漢\tb漢")
    assert captured.err == "warning: the model does not know 漢 U+0009 of the prefix; it reads <unk> there\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--text", "nowhere.txt"], "nowhere.txt: expected text to read, got: No such file or directory"),
        (["train", "--text", "empty.txt"], "empty.txt: expected text, got an empty one; name another with --text"),
        (
            ["train", "--text", "latin.txt"],
            "latin.txt: expected UTF-8 text, got byte 0xe9 at offset 1; convert it to UTF-8",
        ),
        (["train", "--text", "short.txt", "--held-out", "0"], "expected more characters to train on than a window of"),
        (["train", "--text", "same.txt"], "same.txt: expected at least two different characters, got only one"),
        (
            ["train", "--text", "rhyme.txt"],
            "for 32 windows of 32 side by side, got 882; give more text or",
        ),
        (
            [
                "train",
                "--text",
                "rhyme.txt",
                *TINY,
                "--optimizer",
                "sgd",
                "--learning-rate",
                "1e30",
                "--max-grad-norm",
                "0",
            ],
            "expected a loss below 10000 a token, got 1.21395e+29; train again with a lower --learning-rate",
        ),
        (["train", "--text", "rhyme.txt", "--cell", "gruu"], "--cell: expected one of rnn gru lstm, got 'gruu'"),
        (["train", "--text", "rhyme.txt", "--held-out", "1"], "--held-out: expected a number at least 0 and below 1"),
        (
            ["train", "--text", "rhyme.txt", "--minutes", "0"],
            "--minutes: expected a number above 0 and finite, got",
        ),
        (["train", "--preset", "best"], "--preset: expected one of default lesson, got 'best'"),
        (["generate", "--model", "nowhere"], "nowhere/manifest.json: expected a file of a model folder"),
        (
            ["generate", "--model", "MODEL", "--length", "-1"],
            "--length: expected a whole number of at least",
        ),
        (["generate", "--model", "MODEL", "--temperature", "-1"], "--temperature: expected a number at least 0"),
        (["generate", "--model", "MODEL", "--top-p", "0"], "--top-p: expected a number above 0 and at most 1, got 0.0"),
        (["evaluate", "--model", "MODEL", "--text", "empty.txt"], "empty.txt: expected text, got an empty one"),
    ],
)
def test_mistakes_are_told_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], model: Path
) -> None:
    Path("empty.txt").touch()
    Path("latin.txt").write_bytes("hé".encode("latin-1"))
    Path("short.txt").write_text("abc")
    Path("same.txt").write_text("a" * 2000)
    assert message in error(capsys, *(argument.replace("MODEL", str(model)) for argument in arguments))


def test_force_replaces_like_by_like(capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.checkpoint").mkdir()
    Path("m.checkpoint/thesis.txt").write_text("all my work")
    assert "m.checkpoint: expected a folder of checkpoints and nothing else, got others" in error(
        capsys, "train", "--text", "rhyme.txt", *TINY, "--output", "m", "--force"
    )
    assert "expected a folder of just" in error(
        capsys, "train", "--text", "rhyme.txt", *TINY, "--output", ".", "--force"
    )
    assert run(["train", "--text", "rhyme.txt", *TINY]) == 0
    assert run(["train", "--text", "rhyme.txt", *TINY, "--force"]) == 0
    assert [path.name for path in Path("trained").iterdir()] == ["rhyme"]


def test_a_reader_that_has_gone_is_no_reason_to_stop(tmp_path: Path) -> None:
    with start("train", "--text", "rhyme.txt", *TINY, "--output", "m") as process:
        assert process.stdout is not None
        process.stdout.close()
        process.wait()
    assert process.returncode == 0
    assert Path("m/weights.safetensors").exists()


def test_names_in_any_script_can_be_printed() -> None:
    Path("歌.txt").write_text(RHYME * 20)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for arguments in (["train", *TINY, "--output", "m"], ["evaluate", "--model", "m"]):
        command = [sys.executable, "-m", "postagger.charlm", *arguments, "--text", "歌.txt"]
        assert "歌.txt" in subprocess.check_output(command, env=environment, stderr=subprocess.DEVNULL).decode()


def test_commands_that_do_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["write"]) == 2
    assert capsys.readouterr().err == (
        "postagger charlm: error: expected one of train evaluate generate, got 'write'; try --help\n"
    )
    assert run([]) == run(["--help"]) == 0
    assert "train a character-level language model" in capsys.readouterr().out


def start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "postagger.charlm", *arguments]
    # A shell's background jobs ignore Ctrl-C; here it must arrive.
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.mark.slow
def test_ctrl_c_saves_and_resume_goes_on_to_the_same_bits(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "train",
        "--text",
        "rhyme.txt",
        *TINY,
        "--num-epochs",
        "24",
        "--sample-length",
        "3",
        "--prefix",
        "row",
    ]
    with start(*arguments, "--output", "cut") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("epoch 4:"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "to go on: the same command with --output cut --resume" in err
    assert Path("cut/weights.safetensors").exists()
    Path("cut.checkpoint").rename("new.checkpoint")
    assert "new.checkpoint: expected no unfinished run, got one; add --resume" in error(
        capsys, *arguments, "--output", "new"
    )
    Path("new.checkpoint").rename("cut.checkpoint")
    assert run([*arguments, "--output", "cut", "--resume"]) == 0
    assert not Path("cut.checkpoint").exists()
    assert run([*arguments, "--output", "whole"]) == 0
    assert Path("cut/weights.safetensors").read_bytes() == Path("whole/weights.safetensors").read_bytes()
    assert len(json.loads(Path("cut/history.json").read_text())) == 24


@pytest.mark.slow
def test_ctrl_c_ends_writing_cleanly(model: Path) -> None:
    with start("generate", "--model", str(model), "--length", "100000000", "--prefix", "row") as process:
        assert process.stdout is not None
        assert process.stdout.read(30).startswith("row")  # it comes as it is made
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = process.communicate()
    assert process.returncode == 130
    assert time.monotonic() - began < 20
    assert out.endswith("\n")
    assert err == "postagger charlm generate: interrupted\n"
