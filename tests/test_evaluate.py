"""The evaluate command."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import conllu
import pytest

from pages import check_figures
from postagger import evaluate, train

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
    assert "--split: expected one of train dev test all, got 'some'" in error(capsys, *model, "--split", "some")
    assert "choose another part" in error(capsys, *model, "--corpus", "sample", "--split", "dev")
    Path("scores").mkdir()
    assert "scores: expected an output folder that does not exist" in error(capsys, *model, "--output", "scores")


def test_the_three_files(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--model", str(small_model), "--corpus", str(gold), "--output", "scores"]
    assert evaluate.run(arguments) == 0
    assert "Saved in scores: evaluation.json predictions.conllu report.html." in capsys.readouterr().out
    assert sorted(path.name for path in Path("scores").iterdir()) == [
        "evaluation.json",
        "predictions.conllu",
        "report.html",
    ]
    stored = Path("scores/evaluation.json").read_text()
    assert check_figures(Path("scores/report.html").read_text(), stored) > 50
    facts = json.loads(stored)["provenance"]
    assert facts["command"] == f"python -m postagger.evaluate {' '.join(arguments)}"
    assert (facts["corpus"], facts["split"], facts["model_trained_on"]["seed"]) == ("gold.tagged", "all", 1)
    assert len(facts["judged_SHA-256"]) == len(facts["model_trained_on"]["SHA-256 of all parts"]) == 64
    assert "torch" in facts["judged_with"]
    predicted = [
        token["xpos"] for sentence in conllu.parse(Path("scores/predictions.conllu").read_text()) for token in sentence
    ]
    right = [tag == other for tag, other in zip(predicted, ["DT", "NN", "VBZ", ".", "VB", "XYZ"], strict=True)]
    assert json.loads(stored)["accuracy"] == sum(right) / 6
    assert evaluate.run([*arguments, "--force"]) == 0


@pytest.mark.usefixtures("gold")
def test_a_pipe_is_read_once(small_model: Path) -> None:
    os.mkfifo("pipe")
    writer = threading.Thread(target=Path("pipe").write_text, args=("1\tdog" + "\t_" * 2 + "\tNN" + "\t_" * 5 + "\n",))
    writer.start()
    arguments = ["--corpus", "pipe", "--format", "conllu", "--tag-field", "xpos", "--output", "scores"]
    assert evaluate.run(["--model", str(small_model), *arguments]) == 0
    writer.join()
    assert Path("scores/predictions.conllu").read_text().startswith("1\tdog\t_\t_\tNN\t_\t0\troot\t_\t")


def test_beside_models_and_files_of_others(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rival.tagged").write_text("The/DT dog/NN barks/NNS ./.\nRun/VB !/XYZ\n")
    arguments = ["--model", str(small_model), "--corpus", str(gold), "--output", "scores", "--compare", "english-news"]
    assert evaluate.run([*arguments, "--compare-predictions", "rival.tagged"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "rival: accuracy 0.8333. There are too few sentences to tell which is better; neither is ahead" in printed
    shipped, rival = json.loads(Path("scores/evaluation.json").read_text())["comparisons"]
    assert (shipped["tagger"], shipped["other"], rival["other"]) == ("small", "english-news", "rival")
    assert (rival["accuracy"], rival["test"]["only_first"], rival["test"]["only_second"]) == (5 / 6, 1, 1)
    assert [(one["word"], one["predicted"], one["other"]) for one in rival["only_tagger"]] == [("barks", "VBZ", "NNS")]
    assert "only rival" in Path("scores/report.html").read_text()


def test_experiments(small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = ["--model", str(small_model), "--output", "scores"]
    gold.write_text(GOLD.replace("XYZ", ".") * 5)
    corpus = ["--corpus", str(gold), "--split", "test"]
    assert evaluate.run([*model, *corpus, "--seeds", "2", "--folds", "2", "--learning-curve"]) == 0
    assert "2 seeds, trained on 9 sentences of gold.tagged, judged on 1 other:" in capsys.readouterr().out
    experiments = json.loads(Path("scores/evaluation.json").read_text())["experiments"]
    assert {name: len(one["runs"]) for name, one in experiments.items()} == {
        "seeds": 2,
        "learning_curve": 1,
        "folds": 2,
    }
    assert experiments["seeds"]["runs"][0]["accuracy"] == experiments["learning_curve"]["runs"][-1]["accuracy"]
    assert not Path("scores.runs.jsonl").exists()
    assert Path("scores/report.html").read_text().count("<svg") >= 4


def test_interrupted_experiments_keep_what_is_finished(
    small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from postagger.evaluation import experiments

    real, runs = experiments._judge, []

    def second_is_interrupted(*arguments: Any) -> Any:
        runs.append(arguments[0].name)
        if len(runs) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(experiments, "_judge", second_is_interrupted)
    gold.write_text(GOLD * 3)
    arguments = ["--model", str(small_model), "--corpus", str(gold), "--folds", "2", "--output", "scores"]
    assert evaluate.run(arguments) == 130
    assert "finished runs are kept in scores.runs.jsonl; the same command goes on" in capsys.readouterr().err
    assert evaluate.run(arguments) == 0
    assert runs == ["fold 1", "fold 2", "fold 2"]
    assert not Path("scores.runs.jsonl").exists()


def test_no_two_taggers_have_one_name(small_model: Path, gold: Path) -> None:
    """The format of a file with an odd name is said; sentences read so are written, too."""
    other = Path("other") / small_model.name
    other.parent.mkdir()
    other.symlink_to(small_model)
    Path("odd.txt").write_text(GOLD)
    Path("more").mkdir()
    Path("more/odd.txt").write_text(GOLD)
    beside = ["--compare", str(other), "--compare", str(other), "--compare-format", "tagged"]
    files = ["--compare-predictions", "odd.txt", "--compare-predictions", "more/odd.txt"]
    corpus = ["--corpus", "odd.txt", "--format", "tagged", "--output", "new/folder/scores"]
    assert evaluate.run(["--model", str(small_model), *corpus, *beside, *files]) == 0
    comparisons = json.loads(Path("new/folder/scores/evaluation.json").read_text())["comparisons"]
    names = [comparisons[0]["tagger"], *(one["other"] for one in comparisons)]
    assert len(set(names)) == 5
    assert (names[0], names[3:]) == (str(small_model), ["odd.txt", "more/odd.txt"])


def test_scores_of_what_was_trained_on_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "a/DT\nb/NN\nc/DT\nd/NN\n" * 5
    Path("all.tagged").write_text(text)
    quick = ["--num-epochs", "1", "--hidden-size", "4"]
    assert train.run(["--corpus", "all.tagged", "--dev", "0.1", "--output", "model", *quick]) == 0
    assert "chose the epoch" not in capsys.readouterr().out
    corpus = ["--model", "model", "--corpus", "all.tagged"]
    for split, said in (("train", "far too good"), ("dev", "chose the epoch"), ("all", "are too good"), ("test", None)):
        assert evaluate.run([*corpus, "--split", split, "--output", split]) == 0
        stored = json.loads(Path(split, "evaluation.json").read_text())["caution"]
        printed = " ".join(capsys.readouterr().out.split())
        assert (said in stored and stored in printed) if said else not stored
        assert (said in Path(split, "report.html").read_text()) if said else True
    Path("other.tagged").write_text(text * 2)
    assert evaluate.run(["--model", "model", "--corpus", "other.tagged"]) == 0
    assert "too good" not in capsys.readouterr().out
    Path("copy.tagged").write_text("a/DT\n" * 500)
    assert evaluate.run(["--model", "model", "--corpus", "copy.tagged"]) == 0
    assert "knows every word of these sentences" in " ".join(capsys.readouterr().out.split())
    assert evaluate.run(["--corpus", "all.tagged", "--split", "train", "--compare", "model"]) == 0
    assert "far too good" in " ".join(capsys.readouterr().out.split())
    assert evaluate.run([*corpus]) == 0  # the file as a whole
    assert "are too good" in " ".join(capsys.readouterr().out.split())


def test_no_text_in_a_report_that_must_not_show_it(small_model: Path, gold: Path) -> None:
    assert evaluate.run(["--model", str(small_model), "--corpus", str(gold), "--output", "scores", "--quote", "0"]) == 0
    assert sorted(path.name for path in Path("scores").iterdir()) == ["evaluation.json", "report.html"]
    assert "none, on purpose" in Path("scores/report.html").read_text()
    assert {
        (one["before"], one["after"]) for one in json.loads(Path("scores/evaluation.json").read_text())["errors"]
    } == {("", "")}


def test_bad_input_for_comparisons_and_experiments(
    small_model: Path, gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ["--model", str(small_model), "--corpus", str(gold)]
    Path("rival.tagged").write_text("The/DT cat/NN\n")
    said = error(capsys, *model, "--compare-predictions", "rival.tagged")
    assert "rival.tagged: expected 'dog' as token 2 of sentence 1, got 'cat'; tag the very sentences" in said
    assert "nowhere.tagged: expected a file that can be read" in error(
        capsys, *model, "--compare-predictions", "nowhere.tagged"
    )
    assert "name the format with --compare-format" in error(capsys, *model, "--compare-predictions", "rival.txt")
    assert "nowhere/manifest.json: expected a file of a model folder" in error(capsys, *model, "--compare", "nowhere")
    assert "--seeds: expected --output for the runs to be kept beside" in error(capsys, *model, "--seeds", "2")
    assert "choose with --split test" in error(capsys, *model, "--seeds", "2", "--output", "scores")
    assert "--folds: expected from 2 to" in error(capsys, *model, "--folds", "3", "--output", "scores")
    assert "expected a whole number of at least 1, got '0'" in error(capsys, *model, "--folds", "0")
    assert "expected a whole number of at least 0, got '-1'" in error(capsys, *model, "--quote", "-1")
    Path("file").touch()
    assert "file: expected an output folder, got a file or a link; choose another" in error(
        capsys, *model, "--output", "file"
    )
    assert not Path("scores").exists()


def _empty(gold: Path) -> str:
    gold.write_text("")
    return str(gold)
