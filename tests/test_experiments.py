"""The same settings trained again: what is trained on what, and what is kept of it."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SENTENCES, SMALL
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.errors import ConfigError
from postagger.evaluation import evaluate, experiments
from postagger.evaluation.experiments import Experiment, Plan, Run, plan_folds, plan_learning_curve, plan_seeds, run_all
from postagger.evaluation.result_file import ResultFile
from postagger.tagger_training import train_tagger

QUICK = replace(SMALL, training=replace(SMALL.training, num_epochs=2, batch_size=32, patience=1))
NUMBERED = [Sentence((f"w{number}",), ("A",)) for number in range(10)]


def without_patience(config: TaggerConfig) -> TaggerConfig:
    return replace(config, training=replace(config.training, patience=0))


def test_seeds() -> None:
    corpus = Corpus.from_parts("small", SENTENCES, [], SENTENCES[:1])
    plan = plan_seeds(corpus, QUICK, 3)
    assert plan.title == "3 seeds, trained on 3 sentences of small, judged on 1 other"
    assert [(run.name, run.config.training.seed) for run in plan.runs] == [("seed 1", 1), ("seed 2", 2), ("seed 3", 3)]
    assert all(run.corpus is corpus for run in plan.runs)


def test_every_sentence_is_judged_once_and_never_trained_on_there() -> None:
    corpus = Corpus.from_parts("small", NUMBERED[:6], NUMBERED[6:8], NUMBERED[8:])
    plan = plan_folds(corpus, QUICK, 3)
    assert [len(run.corpus.test) for run in plan.runs] == [3, 3, 4]
    assert [one for run in plan.runs for one in run.corpus.test] == NUMBERED
    for run in plan.runs:
        assert not set(run.corpus.train) & set(run.corpus.test)
        assert len(run.corpus.train) + len(run.corpus.test) == 10
        assert run.config.training.patience == 0  # there is no dev set to be patient about
    for count in (1, 11):
        with pytest.raises(ConfigError, match=rf"--folds: expected from 2 .* \(10\), got {count}"):
            plan_folds(corpus, QUICK, count)


def test_the_learning_curve_ends_with_all_sentences() -> None:
    corpus = Corpus.from_parts("big", NUMBERED * 32, [], NUMBERED)
    plan = plan_learning_curve(corpus, QUICK)
    assert [len(run.corpus.train) for run in plan.runs] == [20, 40, 80, 160, 320]
    assert plan.runs[-1].corpus.train == corpus.train
    assert [
        len(one.corpus.train) for one in plan_learning_curve(Corpus.from_parts("s", NUMBERED, [], []), QUICK).runs
    ] == [10]


def test_a_run_is_what_training_and_judging_by_hand_give(tmp_path: Path) -> None:
    corpus = load_corpus(["sample"])
    config = without_patience(QUICK)
    plan = plan_seeds(corpus, config, 2)
    told: list[str] = []
    results = ResultFile(tmp_path / "new" / "runs.jsonl")
    ((name, done),) = run_all({"seeds": plan}, (), results, show_progress=False, tell=told.append)
    runs = done.runs
    tagger, _ = train_tagger(corpus, replace(config, training=replace(config.training, seed=2)))
    expected = evaluate(tagger, corpus.test)
    assert (name, runs[1].name, runs[1].train_sentences) == ("seeds", "seed 2", 360)
    assert (runs[1].accuracy, runs[1].accuracy_unknown) == (expected.accuracy, expected.accuracy_unknown)
    assert runs[1].tokens == expected.tokens
    assert told == [f"{run.name}: accuracy {run.accuracy:.4f}, trained" for run in runs]
    list(run_all({"seeds": plan}, (), results, show_progress=False, tell=told.append))
    assert told[2:] == [f"{run.name}: accuracy {run.accuracy:.4f}, kept from before" for run in runs]


def test_finished_runs_are_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_seeds(load_corpus(["sample"]), without_patience(QUICK), 3)
    path = tmp_path / "runs.jsonl"
    trained = []

    def third_is_interrupted(*arguments: object, **more: object) -> object:
        trained.append(more["name"])
        tagger, result = train_tagger(*arguments, **more)  # type: ignore[arg-type]
        result.interrupted_by = signal.SIGINT * (len(trained) == 2)
        return tagger, result

    monkeypatch.setattr(experiments, "train_tagger", third_is_interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(run_all({"seeds": plan}, (), ResultFile(path), show_progress=False))
    ((_, resumed),) = run_all({"seeds": plan}, (), ResultFile(path), show_progress=False)
    assert trained == ["seed 1", "seed 2", "seed 2", "seed 3"]
    ((_, fresh),) = run_all({"seeds": plan}, (), ResultFile(None), show_progress=False)
    assert [run.accuracy for run in resumed.runs] == [run.accuracy for run in fresh.runs]
    alike = {"curve": Plan("the same run by another name", [replace(plan.runs[0], name="360 sentences")])}
    ((_, shared),) = run_all(alike, (), ResultFile(path), show_progress=False)
    assert shared.runs == [replace(resumed.runs[0], name="360 sentences")]
    assert len(trained) == 4 + 3
    other = plan_seeds(load_corpus(["sample"]), without_patience(SMALL), 1)
    assert experiments._key(other.runs[0], ()) not in ResultFile(path)  # other settings are other runs


def test_mean_and_spread() -> None:
    runs = [Run(f"seed {n}", 1, 1, accuracy, None, None, 0.0) for n, accuracy in enumerate((0.90, 0.92, 0.97), 1)]
    result = Experiment.of("three", runs)
    assert [result.mean, result.lowest, result.highest] == pytest.approx([0.93, 0.90, 0.97])
    assert result.deviation == pytest.approx((((0.03**2) + 0.01**2 + 0.04**2) / 2) ** 0.5)
    for untold in (Experiment.of("one", runs[:1]), Experiment.of("curve", runs, alike=False)):
        assert (untold.mean, untold.deviation) == (None, None)
