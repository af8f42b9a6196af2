"""From a text to a trained language model; a run that was cut off ends with the bits of one that was not."""

import itertools
import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from postagger import char_training, run_checkpoints
from postagger.char_language_model import CharLanguageModel
from postagger.char_training import EpochReport, TrainingRun, history_of, train_language_model, with_precision
from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.data_prep.characters import Text
from postagger.data_prep.text_files import text_of
from postagger.errors import CheckpointError, ConfigError, CorpusError, PostaggerError
from postagger.language_config import LanguageModelConfig
from postagger.run_checkpoints import RunCheckpoints
from postagger.save_interval import SaveInterval

TEXT = text_of("rhyme", "row, row, row your boat, gently down the stream. " * 12)
SMALL: dict[str, Any] = {
    "hidden_size": 8,
    "embedding_dim": 6,
    "context_length": 5,
    "batch_size": 4,
    "num_epochs": 3,
    "output_dropout": 0.3,
    "learning_rate": 0.01,
}


def config(**settings: Any) -> LanguageModelConfig:
    return LanguageModelConfig.from_settings(SMALL | settings)


def weights(model: CharLanguageModel) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.network.state_dict().items()}


def assert_same(one: CharLanguageModel, two: CharLanguageModel) -> None:
    first, second = weights(one), weights(two)
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


def test_equal_settings_give_equal_weights() -> None:
    model = train_language_model(TEXT, config())[0]
    assert_same(train_language_model(TEXT, config())[0], model)
    other = weights(train_language_model(TEXT, config(seed=2))[0])
    assert not torch.equal(other["output.weight"], weights(model)["output.weight"])


EVERY_STEP = SaveInterval(steps=1)
RESUMED = [
    {"cell": cell, "windows": windows, "input": kind, "implementation": implementation}
    for cell, windows, kind, implementation in itertools.product(
        ["rnn", "gru", "lstm"], ["consecutive", "random"], ["one-hot", "embedding"], ["torch", "from-scratch"]
    )
]
OTHERS: list[dict[str, Any]] = [
    {"direction": "both", "num_layers": 2, "dropout": 0.3},
    {"direction": "backward", "optimizer": "sgd", "learning_rate": 1.0},
    {"tied_weights": True, "embedding_dim": 8, "precision": "bfloat16"},
    {"bidirectional_leak": True, "symbols": "bytes"},
    {"held_out": 0.0, "optimizer": "adam"},
    {"patience": 1, "num_epochs": 6, "schedule": "linear"},
]


@pytest.mark.parametrize("settings", [*RESUMED, *OTHERS], ids=str)
def test_a_resumed_run_equals_an_uninterrupted_one(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = config(**settings)
    text = text_of("rhyme", "".join(map(chr, TEXT.codes.tolist())), symbols=chosen.text.symbols)
    whole, result = train_language_model(text, chosen)
    # A checkpoint after every step, and the light goes out in the middle of the second epoch.
    path, steps = tmp_path / "run.checkpoint", 0

    def write(target: Path, checkpoint: Checkpoint) -> None:
        nonlocal steps
        steps += 1
        place = checkpoint.state["position"]["epoch"], checkpoint.state["position"]["step"]
        if place in ((1, 6), (1, 7)):  # those before would be removed again
            write_checkpoint(target, checkpoint)
        if place == (1, 7):
            raise KeyError("the light went out")

    monkeypatch.setattr(run_checkpoints, "write_checkpoint", write)
    with pytest.raises(KeyError, match="the light went out"):
        train_language_model(text, chosen, checkpoints=RunCheckpoints(path, EVERY_STEP))
    assert steps > 7
    torch.manual_seed(99)
    resumed, again = train_language_model(text, chosen, checkpoints=RunCheckpoints(path, EVERY_STEP, resume=True))
    assert_same(resumed, whole)
    assert [record["nats_per_char"] for record in history_of(again)] == [
        record["nats_per_char"] for record in history_of(result)
    ]
    assert (again.best_epoch, len(again.history)) == (result.best_epoch, len(result.history))


def test_another_run_is_not_resumed(tmp_path: Path) -> None:
    resumed = RunCheckpoints(tmp_path / "run.checkpoint", resume=True)
    train_language_model(TEXT, config(), checkpoints=resumed)  # there is nothing to resume yet
    with pytest.raises(CheckpointError, match=r"--hidden-size: expected 8 as in .*, got 9; resume with the settings"):
        train_language_model(TEXT, config(hidden_size=9), checkpoints=resumed)
    with pytest.raises(CheckpointError, match="expected the data of that run, got other data; resume with the same"):
        train_language_model(replace(TEXT, sha256="0" * 64), config(), checkpoints=resumed)
    # What is shown may change.
    train_language_model(TEXT, config(prefix=("row",)), checkpoints=resumed)


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_states_are_carried_but_no_gradient_goes_back(direction: str) -> None:
    model = train_language_model(TEXT, config(num_epochs=1, direction=direction, held_out=0.0))[0]
    model.network.eval()  # without dropout
    run = TrainingRun(model, TEXT.codes, TEXT.codes[:0], None)
    run.trainer(show_progress=False)
    first, second = itertools.islice(run.batches(1, 0), 2)
    run.loss(first)
    carried = {name: value.clone() for name, value in run.carried.items() if "state" in name}
    assert len(carried) == 2 * len(model.directions)
    assert not any(value.requires_grad for value in carried.values())
    loss, count = run.loss(second)
    expected = 0.0
    for name, network in model.directions.items():
        state = (carried[f"{name}.state0"], carried[f"{name}.state1"])
        windows = second.windows[name]
        log_probs = network(windows.inputs, state)[0]
        expected -= log_probs.gather(-1, windows.targets[..., None]).sum().item()
    assert loss.item() == pytest.approx(expected, rel=0.02)  # bfloat16 where the processor has it
    assert count.item() == 20 * len(model.directions)
    for name, value in run.carried.items():
        if "state" in name:
            assert not torch.equal(value, carried[name])
    run.loss(first)  # a new epoch begins with zeros
    for name, value in carried.items():
        torch.testing.assert_close(run.carried[name], value, rtol=0.1, atol=0.05)


def test_random_windows_begin_with_fresh_states() -> None:
    model = train_language_model(TEXT, config(num_epochs=1, windows="random"))[0]
    run = TrainingRun(model, TEXT.codes, TEXT.codes[:0], None)
    run.trainer(show_progress=False)
    for batch in run.batches(1, 0):
        run.loss(batch)
    assert not any("state" in name for name in run.carried)
    orders = [[batch.windows["forward"].inputs.tolist() for batch in run.batches(epoch, 0)] for epoch in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_reports_and_history() -> None:
    reports: list[EpochReport] = []
    chosen = config(num_epochs=4, sample_every=2, prefix=("row", "漢"), sample_length=12, direction="both")
    _, result = train_language_model(TEXT, chosen, report=reports.append)
    assert [report.record.epoch for report in reports] == [2, 4]
    for report in reports:
        assert list(report.nats) == list(report.held_out) == ["forward", "backward"]
        assert sum(report.nats.values()) / 2 == pytest.approx(report.record.loss, rel=1e-4)
        assert [len(sample) for sample in report.samples] == [15, 13]
        assert report.samples[0].startswith("row")
    history = json.loads(json.dumps(history_of(result)))
    assert [record["epoch"] for record in history] == [1, 2, 3, 4]
    assert set(history[0]) == {
        "epoch",
        "nats_per_char",
        "bits_per_char",
        "perplexity",
        "held_out",
        "learning_rate",
        "characters_per_second",
        "seconds",
    }


def test_looking_at_the_model_does_not_change_it() -> None:
    looked = train_language_model(TEXT, config(prefix=("row",)), report=lambda _: None)[0]
    assert_same(looked, train_language_model(TEXT, config())[0])


def test_the_clock_may_end_the_run() -> None:
    _, result = train_language_model(TEXT, config(minutes=0.02, num_epochs=1))
    assert len(result.history) > 1
    assert 1.0 < sum(record.seconds for record in result.history) < 5.0
    rates = [record.learning_rate for record in result.history]
    assert rates[-1] == pytest.approx(0.0, abs=1e-4)


def test_a_leaking_network_learns_to_copy_and_an_honest_one_does_not() -> None:
    # Letters of pure chance: nobody can predict them, unless the next one is in sight.
    letters = "".join("abcdefgh"[number] for number in torch.randint(8, (2000,)).tolist())
    settings = {"hidden_size": 32, "num_epochs": 30, "held_out": 0.0, "output_dropout": 0.0, "batch_size": 16}
    settings |= {"context_length": 20, "learning_rate": 0.02}
    perplexities = []
    for leak in (True, False):
        result = train_language_model(text_of("chance", letters), config(**settings, bidirectional_leak=leak))[1]
        perplexities.append(history_of(result)[-1]["perplexity"])
    assert perplexities[0] < 1.3  # the last step of each window has nothing to its right
    assert perplexities[1] > 3


@pytest.mark.parametrize(
    ("text", "settings", "error", "message"),
    [
        (
            "row",
            {"held_out": 0.0},
            CorpusError,
            "small: expected more characters to train on than a window of 5, got",
        ),
        (
            "row your boat gently",
            {"held_out": 0.0},
            CorpusError,
            "small: expected characters for 4 windows of 5 side by side, got 20; give more text or --batch-size 3",
        ),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {}, CorpusError, "expected at least two different characters, got only"),
        (
            "abcdefghijklmnopqrstuvwxyz" * 2,
            {"min_count": 3},
            CorpusError,
            "expected characters that occur 3 times, got",
        ),
        ("ab" * 20, {"held_out": 0.02}, CorpusError, "expected at least two characters to hold out, got one"),
        (
            "ab" * 20,
            {"held_out": 0.0, "patience": 2},
            ConfigError,
            "--patience: expected a held-out part to be",
        ),
        (
            "ab" * 20,
            {"learning_rate": 1e30, "optimizer": "sgd", "max_grad_norm": 0.0, "precision": "float32"},
            PostaggerError,
            "; train again with a lower --learning-rate or a --max-grad-norm",
        ),
    ],
)
def test_texts_and_settings_that_do_not_fit(
    text: str, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        train_language_model(text_of("small", text), config(**settings))
    assert message in str(caught.value)


def test_the_batch_size_that_is_advised_works() -> None:
    short: Text = text_of("small", "row your boat gently")
    _, result = train_language_model(short, config(held_out=0.0, batch_size=3, num_epochs=1))
    assert len(result.history) == 1


def test_precision_is_settled_before_training() -> None:
    assert with_precision(config()).training.precision in ("float32", "bfloat16")
    assert with_precision(config(precision="bfloat16")).training.precision == "bfloat16"
    assert with_precision(config(implementation="from-scratch")).training.precision == "float32"


def test_a_checkpoint_is_written_every_so_often_across_epochs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(run_checkpoints, "write_checkpoint", lambda path, checkpoint: written.append(path))
    every = SaveInterval(seconds=0.5)  # long enough for a machine that is busy
    _, result = train_language_model(TEXT, config(num_epochs=60), checkpoints=RunCheckpoints(tmp_path / "c", every))
    seconds = sum(record.seconds for record in result.history)
    assert 0.4 * seconds / 0.5 - 2 <= len(written) <= seconds / 0.5 + 2
    assert len(written) >= 2
    assert seconds / 60 < 0.5  # no epoch is as long as that


def test_a_checkpoint_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    warnings: list[str] = []
    path = tmp_path / "file" / "c"
    checkpoints = RunCheckpoints(path, EVERY_STEP, tell=warnings.append)
    model = train_language_model(TEXT, config(num_epochs=1), checkpoints=checkpoints)[0]
    assert_same(model, train_language_model(TEXT, config(num_epochs=1))[0])
    assert warnings
    assert warnings[0].startswith(
        f"no checkpoint: {path}/training/000001: expected a folder that can be written, got: "
    )


def test_the_last_epoch_is_always_shown() -> None:
    shown: list[int] = []
    for settings in ({"num_epochs": 3}, {"num_epochs": 30, "patience": 1, "learning_rate": 1.0}, {"minutes": 0.005}):
        reports: list[EpochReport] = []
        _, result = train_language_model(TEXT, config(sample_every=1000, **settings), report=reports.append)
        assert [report.record for report in reports] == [result.history[-1]]
        shown.append(len(result.history))
    assert shown[0] == 3
    assert 2 <= shown[1] < 30


@pytest.mark.parametrize("settings", [{"optimizer": "adam", "learning_rate": 1e38}, {"held_out": 0.0}])
def test_a_run_that_diverges_in_its_last_step_is_no_success(settings: dict[str, Any]) -> None:
    chosen = config(**{"learning_rate": 1e38, "optimizer": "adam", "num_epochs": 1, "max_grad_norm": 0.0, **settings})
    codes = text_of("short", "row your boat gently down the stream")
    with pytest.raises(PostaggerError, match=r"expected .* got .*; train again with a lower --learning-rate"):
        train_language_model(codes, replace(chosen, text=replace(chosen.text, context_length=7)))


def test_a_run_cut_off_when_its_time_was_over_closes_its_last_epoch(tmp_path: Path) -> None:
    path = tmp_path / "c"
    model = train_language_model(TEXT, config(num_epochs=1))[0]
    trainer = TrainingRun(model, TEXT.codes[:500], TEXT.codes[500:], None).trainer(show_progress=False)
    trainer.run_epoch(lambda: signal.SIGINT)  # one step, then Ctrl-C
    checkpoint = trainer.checkpoint()
    position = {**checkpoint.state["position"], "seconds": 100.0}
    write_checkpoint(path, Checkpoint({**checkpoint.state, "position": position}, checkpoint.tensors))
    timed = replace(model.config, training=replace(model.config.training, minutes=1.0))
    again = CharLanguageModel(model.network, model.alphabet, timed)
    resumed = TrainingRun(again, TEXT.codes[:500], TEXT.codes[500:], None).trainer(show_progress=False)
    saved = read_checkpoint(path)
    assert saved is not None
    resumed.restore(saved)
    result = resumed.fit()
    assert len(result.history) == result.best_epoch == 1


def test_a_long_held_out_part_is_judged_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(char_training, "MOST_JUDGED", 20)
    model, result = train_language_model(TEXT, config(num_epochs=1, precision="float32"))
    _, held_out = TEXT.split(0.1)
    assert len(held_out) > 20
    score = result.history[0].dev_score
    assert score is not None
    assert -score == pytest.approx(model.nats(held_out[:20], "forward").mean().item(), rel=1e-5)
