"""The evaluate command."""

import json
from pathlib import Path

import pytest

from postagger import evaluate

GOLD = "The/DT dog/NN barks/VBZ ./.\nRun/VB !/XYZ\n"


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("gold.tagged").write_text(GOLD)
    return Path("gold.tagged")


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert evaluate.run(list(arguments)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_table_and_json(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.run(["--model", str(small_model), "--corpus", str(gold), "--output", "scores"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("gold.tagged all: 2 sentences, 6 tokens\n")
    assert "Never seen in training, counted as errors: XYZ (1)" in table
    stored = json.loads(Path("scores/evaluation.json").read_text())
    assert stored["accuracy"] == pytest.approx(5 / 6)
    assert stored["unseen_tags"] == {"XYZ": 1}


def test_parts_of_corpora(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(small_model)
    assert evaluate.run(["--model", model, "--corpus", "sample"]) == 0
    assert capsys.readouterr().out.startswith("sample test: 40 sentences")
    assert evaluate.run(["--model", model, "--corpus", "sample", "--split", "all"]) == 0
    assert capsys.readouterr().out.startswith("sample all: 400 sentences")
    gold.write_text("a/DT\n" * 20)
    assert evaluate.run(["--model", model, "--corpus", str(gold), "--split", "train"]) == 0
    assert capsys.readouterr().out.startswith("gold.tagged train: 18 sentences")


def test_bad_input(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = ["--model", str(small_model)]
    assert "nowhere/manifest.json: expected a file of a model folder" in error(capsys, "--model", "nowhere")
    assert "nowhere.tagged: expected a corpus file" in error(capsys, *model, "--corpus", "nowhere.tagged")
    assert "got an empty corpus" in error(capsys, *model, "--corpus", _empty(gold))
    assert "invalid choice: 'some'" in error(capsys, *model, "--split", "some")
    assert "choose another part" in error(capsys, *model, "--corpus", "sample", "--split", "dev")
    Path("scores").mkdir()
    assert "scores: expected an output folder that does not exist" in error(capsys, *model, "--output", "scores")


def _empty(gold: Path) -> str:
    gold.write_text("")
    return str(gold)
