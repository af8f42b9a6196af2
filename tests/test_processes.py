"""Several processes that train together: their gradients, their runs, and how they fail."""

import dataclasses
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from process_groups import together
from torch import Tensor

from conftest import SENTENCES, SMALL
from postagger.char_training import TrainingRun, train_language_model
from postagger.checkpoint import read_checkpoint
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.text_files import text_of
from postagger.errors import ConfigError
from postagger.gradients import Gradients
from postagger.language_config import LanguageModelConfig
from postagger.pretraining import pretrain
from postagger.processes import ALONE, Processes, join, threads_each
from postagger.ranks import HERE, Here, launched
from postagger.run_checkpoints import RunCheckpoints
from postagger.save_interval import SaveInterval
from postagger.shared_gradients import SharedGradients
from postagger.tagger_training import train_tagger
from postagger.trainer import Trainer
from postagger.training_result import TrainingResult
from postagger.window_batch import WindowBatch

DRY = {"input_dropout": 0.0, "output_dropout": 0.0, "dropout": 0.0, "batch_size": 7, "num_epochs": 2}
RAW = {
    "precision": "float32",
    "min_raw_count": 1,
    "min_raw_affix_count": 1,
    "vector_dim": 4,
    "pretraining_dropout": 0.0,
}
TEXT = text_of("text", "the quick brown fox jumps over the lazy dog and comes back again. " * 12)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Sentences of many lengths: no number of processes divides them evenly."""
    words = [pair for sentence in SENTENCES for pair in zip(sentence.tokens, sentence.tags, strict=True)]
    train = [Sentence.from_pairs((words * 3)[start : start + length]) for length in range(1, 12) for start in (0, 5)]
    return Corpus.from_parts("lengths", train, SENTENCES, SENTENCES)


def tagger_config(**settings: Any) -> TaggerConfig:
    return TaggerConfig.from_settings({**SMALL.flat(), **DRY, **settings})


def language_config(**settings: Any) -> LanguageModelConfig:
    sizes = {"hidden_size": 8, "embedding_dim": 6, "context_length": 5, "batch_size": 7, "num_epochs": 2}
    settings = {"precision": "float32", "input": "embedding", "output_dropout": 0.0, **sizes, **settings}
    return LanguageModelConfig.from_settings(settings)


def trainer_of(
    corpus: Any, config: TaggerConfig, train: Callable[[Any, TaggerConfig], Any] = train_tagger
) -> Trainer[Any]:
    """The trainer of a run that was never begun."""
    found: list[Trainer[Any]] = []

    def keep(self: Trainer[Any]) -> TrainingResult:
        found.append(self)
        return TrainingResult()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "fit", keep)
        train(corpus, config)
    return found[0]


def norm_of_all(gradients: list[Tensor]) -> float:
    return float(torch.cat([gradient.flatten() for gradient in gradients]).norm())


def gradients_of(network: torch.nn.Module) -> list[Tensor]:
    return [parameter.grad.clone() for parameter in network.parameters() if parameter.grad is not None]


def check_same_gradients(
    size: int, network: torch.nn.Module, split: Any, loss: Any, batches: Callable[[], Any]
) -> None:
    """So many processes against one that computes whole batches, step by step."""

    def shared(processes: Processes) -> list[Any]:
        gradients: SharedGradients[Any] = SharedGradients(network, split, processes)
        found = []
        for batch in batches():
            network.zero_grad()
            _, nats, count = gradients.add(batch, 1, loss)
            found.append([nats, count, [gradient.tolist() for gradient in gradients_of(network)]])
        gradients.close()
        return found

    answers = together(size, shared)
    assert all(answer == answers[0] for answer in answers)
    whole: Gradients[Any] = Gradients(network, None, {}, lambda _: None)
    steps = list(batches())
    assert len(steps) == len(answers[0]) > 1
    for batch, (nats, count, found) in zip(steps, answers[0], strict=True):
        network.zero_grad()
        _, expected_nats, expected_count = whole.add(batch, 1, loss)
        assert count == expected_count
        assert nats == pytest.approx(expected_nats, rel=1e-6)
        expected = gradients_of(network)
        differences = [torch.tensor(one) - other for one, other in zip(found, expected, strict=True)]
        assert norm_of_all(differences) < 1e-6 * norm_of_all(expected)


@pytest.mark.parametrize(("size", "r_drop"), [(2, 0.0), (4, 0.0), (2, 0.5)])
def test_a_tagger_has_the_gradients_of_one_process(size: int, r_drop: float, corpus: Corpus) -> None:
    trainer = trainer_of(corpus, tagger_config(r_drop=r_drop))
    sizes = [len(batch.lengths) for batch in trainer.batches(1, 0)]
    assert r_drop or min(sizes) < size or size == 2  # with four, one at least has no row
    trainer.network.train()
    check_same_gradients(size, trainer.network, trainer.split, trainer.loss, lambda: trainer.batches(1, 0))


@pytest.mark.parametrize("bidirectional", [True, False])
def test_raw_text_has_the_gradients_of_one_process(bidirectional: bool, corpus: Corpus) -> None:
    config = tagger_config(bidirectional=bidirectional, **RAW)
    trainer = trainer_of([sentence.tokens for sentence in corpus.train] * 4, config, pretrain)
    trainer.network.train()
    check_same_gradients(2, trainer.network, trainer.split, trainer.loss, lambda: trainer.batches(1, 0))


@pytest.mark.parametrize("direction", ["forward", "both"])
def test_a_language_model_has_the_gradients_of_one_process(direction: str) -> None:
    model, _ = train_language_model(TEXT, language_config(direction=direction))
    run = TrainingRun(model, TEXT.codes, TEXT.codes[:0], None)
    check_same_gradients(4, model.network, WindowBatch.split, run.loss, lambda: run.batches(1, 0))


def test_nothing_is_written_over_in_one_process() -> None:
    assert ALONE.is_first
    assert ALONE.sums([1.5, 2.0]) == [1.5, 2.0]
    assert ALONE.greatest([3, 4.5]) == [3, 4.5]
    assert ALONE.first_bytes(b"abc") == b"abc"
    assert torch.equal(ALONE.first_tensors({"a": torch.arange(3)})["a"], torch.arange(3))


def test_what_processes_say_to_each_other() -> None:
    def talk(processes: Processes) -> list[Any]:
        rank = processes.rank
        mine = {"a": torch.arange(3), "b": torch.tensor([0.5])} if rank == 0 else None
        told = processes.first_tensors(mine)
        return [
            processes.sums([rank, 0.5]),
            processes.greatest([10 - rank, rank]),
            processes.first_of([rank + 0.25]),
            processes.first_bytes(b"first" if rank == 0 else b"other").decode(),
            processes.first_bytes(b"").decode(),
            {name: value.tolist() for name, value in told.items()},
            processes.summed(torch.tensor([rank, 1])).tolist(),
        ]

    said = [[3.0, 1.5], [10, 2], [0.25], "first", "", {"a": [0, 1, 2], "b": [0.5]}, [3, 3]]
    assert together(3, talk) == [said] * 3


def weights_of(network: torch.nn.Module) -> list[Any]:
    return [value.tolist() for value in network.state_dict().values()]


def run_of(corpus: Corpus, config: TaggerConfig, folder: Path, *, resume: bool = False) -> Callable[[Processes], Any]:
    """A run with a checkpoint after every step, and what it ends with."""

    def work(processes: Processes) -> Any:
        checkpoints = RunCheckpoints(folder, SaveInterval(1, None), resume, processes=processes, tell=lambda _: None)
        tagger, result = train_tagger(corpus, config, checkpoints=checkpoints)
        history = [[record.epoch, record.loss, record.dev_score] for record in result.history]
        return [weights_of(tagger.network), history]

    return work


def cut_off(corpus: Corpus, config: TaggerConfig, folder: Path, steps: int) -> Callable[[Processes], Any]:
    """The same, but the last process is asked to stop after so many steps."""
    run = run_of(corpus, config, folder)

    def work(processes: Processes) -> Any:
        stop_after(steps if processes.rank == processes.size - 1 else 0)
        return run(processes)

    return work


def stop_after(steps: int) -> None:
    """Of a copy of this process: SIGTERM after so many steps."""
    step, done = Trainer._step, 0

    def counted(self: Any, batch: Any) -> None:
        nonlocal done
        step(self, batch)
        done += 1
        if done == steps:
            signal.raise_signal(signal.SIGTERM)

    setattr(Trainer, "_step", counted)  # noqa: B010 - which mypy allows nobody to set


def test_a_run_is_the_same_again_and_when_it_is_resumed(corpus: Corpus, tmp_path: Path) -> None:
    size = 3  # as of two numbers the order of the sum does not matter
    config = tagger_config(input_dropout=0.3, output_dropout=0.3, augmentation=0.2)
    first, second = together(size, run_of(corpus, config, tmp_path / "a"))[:2]
    assert first == second
    assert together(size, run_of(corpus, config, tmp_path / "b"))[0] == first
    assert [history for _, history in together(size, cut_off(corpus, config, tmp_path / "c", 3))] == [[]] * size
    state = read_checkpoint(tmp_path / "c" / "training")
    assert state is not None
    assert state.state["position"]["step"] == 3  # where the last process was asked to stop, and all did
    assert together(size, run_of(corpus, config, tmp_path / "c", resume=True)) == [first] * size


@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 3), (3, 2)])
def test_a_run_goes_on_with_another_number_of_processes(
    before: int, after: int, corpus: Corpus, tmp_path: Path
) -> None:
    """Without dropout the number of processes changes nothing but the rounding."""
    config = tagger_config()
    alone, _ = train_tagger(corpus, config)
    together(before, cut_off(corpus, config, tmp_path, 5))
    answers = together(after, run_of(corpus, config, tmp_path, resume=True))
    assert [epoch for epoch, *_ in answers[0][1]] == [1, 2]
    for found, expected in zip(answers[0][0], alone.network.state_dict().values(), strict=True):
        assert torch.allclose(torch.tensor(found), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("before", "after"), [(2, 2), (2, 1), (1, 2)])
def test_a_language_model_goes_on_with_the_states_of_all_rows(before: int, after: int, tmp_path: Path) -> None:
    config = language_config(windows="consecutive", held_out=0.1)
    alone, expected = train_language_model(TEXT, config)

    def work(resume: bool) -> Callable[[Processes], Any]:
        def train(processes: Processes) -> Any:
            checkpoints = RunCheckpoints(
                tmp_path, SaveInterval(1, None), resume, processes=processes, tell=lambda _: None
            )
            if not resume:
                stop_after(7)
            model, result = train_language_model(TEXT, config, checkpoints=checkpoints)
            return [weights_of(model.network), [[one.loss, one.dev_score] for one in result.history]]

        return train

    together(before, work(False))
    answers = together(after, work(True))
    assert all(answer[0] == answers[0][0] for answer in answers)
    if before == after:
        whole = together(after, lambda processes: weights_of(_whole(config, processes)))
        assert answers[0][0] == whole[0]
    for found, record in zip(answers[0][1], expected.history, strict=True):
        assert found == pytest.approx([record.loss, record.dev_score], rel=1e-4)
    for weight, other in zip(answers[0][0], alone.network.state_dict().values(), strict=True):
        assert torch.allclose(torch.tensor(weight), other, rtol=1e-3, atol=1e-4)


def _whole(config: LanguageModelConfig, processes: Processes) -> torch.nn.Module:
    return train_language_model(TEXT, config, checkpoints=_none(processes))[0].network


def test_raw_text_is_read_together(corpus: Corpus) -> None:
    sentences = [sentence.tokens for sentence in corpus.train] * 4
    config = tagger_config(**RAW)
    alone = pretrain(sentences, config)

    def work(processes: Processes) -> Any:
        pretrained = pretrain(sentences, config, checkpoints=RunCheckpoints(Path("none"), processes=processes))
        return {name: weight.tolist() for name, weight in pretrained.weights.items()}

    first, second = together(2, lambda processes: _in_no_place(work, processes))
    assert first == second
    for name, weight in alone.weights.items():
        assert torch.allclose(torch.tensor(first[name]), weight, atol=2e-4), name


def _in_no_place(work: Callable[[Processes], Any], processes: Processes) -> Any:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        return work(processes)


def test_all_processes_drop_other_units(corpus: Corpus) -> None:
    config = tagger_config(num_epochs=1)
    trainer = trainer_of(corpus, config)

    def work(processes: Processes) -> Any:
        trainer.processes = processes
        trainer._gradients = trainer._make_gradients()
        trainer._step(next(iter(trainer.batches(1, 0))))
        return torch.rand(4).tolist()

    first, second = together(2, work)
    assert first != second


SILENT = ("SystemExit: 2", None)  # or it ends at once


def test_what_the_first_says_nobody_says_again() -> None:
    def work(processes: Processes) -> None:
        with processes.in_turn():
            if processes.is_first:
                raise ConfigError("expected this, got that; mend it")

    first, second = together(2, work, may_fail=True)
    assert first == "ConfigError: expected this, got that; mend it"
    assert second in SILENT


def test_what_all_find_the_first_says() -> None:
    def work(processes: Processes) -> None:
        raise ConfigError("expected this, got that; mend it")

    first, *others = together(3, work, may_fail=True)
    assert first == "ConfigError: expected this, got that; mend it"
    assert set(others) <= {*SILENT}


def test_another_fails_and_says_so() -> None:
    def work(processes: Processes) -> None:
        if processes.rank == 1:
            raise ConfigError("expected this, got that; mend it")
        processes.sums([1.0])

    first, second = together(2, work, may_fail=True)
    assert first.startswith(
        "LostProcessError: expected all processes of the run to go on, got the end of one; see what"
    )
    assert second == "ProcessError: process 1: expected this, got that; mend it"


def test_other_data_in_one_process_is_refused_by_all(corpus: Corpus, tmp_path: Path) -> None:
    def other_settings(processes: Processes) -> None:
        config = tagger_config(batch_size=7 - processes.rank)
        train_tagger(corpus, config, checkpoints=RunCheckpoints(tmp_path, processes=processes))

    def other_words(processes: Processes) -> None:
        mine = dataclasses.replace(corpus, train=corpus.train[processes.rank :])
        train_tagger(mine, tagger_config(), checkpoints=RunCheckpoints(tmp_path, processes=processes))

    def other_characters(processes: Processes) -> None:
        mine = text_of("text", "the dog barks at the old dog. " * 40 + "!" * processes.rank)
        train_language_model(mine, language_config(), checkpoints=RunCheckpoints(tmp_path, processes=processes))

    for work in (other_settings, other_words, other_characters):
        first, second = together(2, work, may_fail=True)
        assert first.startswith("ConfigError: expected the same corpus, settings and version of torch in all proc")
        assert second in SILENT


def test_one_that_ends_between_two_steps_is_missed(corpus: Corpus) -> None:
    trainer = trainer_of(corpus, tagger_config())

    def work(processes: Processes) -> None:
        assert trainer.split is not None
        gradients: SharedGradients[Any] = SharedGradients(trainer.network, trainer.split, processes)
        for number, batch in enumerate(trainer.batches(1, 0)):
            if number == 1 and processes.rank == 1:
                os._exit(1)
            gradients.add(batch, 1, trainer.loss)

    first, _ = together(2, work, may_fail=True)
    assert first.startswith("LostProcessError")


def test_what_only_one_could_read_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for source in ("-", str(tmp_path / "pipe")):
        ALONE.check_sources("--text", [source])
        with pytest.raises(ConfigError, match=r"--text: expected files that 2 processes can read, got .*; save it"):
            Processes(0, 2).check_sources("--text", [source])


def test_no_memory_for_a_part_ends_the_run(corpus: Corpus) -> None:
    trainer = trainer_of(corpus, tagger_config())

    def work(processes: Processes) -> None:
        def loss(batch: Any) -> Any:
            if processes.rank == 1:
                raise MemoryError
            return trainer.loss(batch)

        split = trainer.split
        assert split is not None
        SharedGradients(trainer.network, split, processes).add(next(iter(trainer.batches(1, 0))), 1, loss)

    first, second = together(2, work, may_fail=True)
    assert first.startswith("LostProcessError")
    assert second.startswith("ProcessError: process 1: expected memory for a step of training, got: no memory left;")


def test_more_windows_than_processes_are_needed() -> None:
    def work(processes: Processes) -> None:
        config = language_config(batch_size=1)
        train_language_model(TEXT, config, checkpoints=RunCheckpoints(Path(), processes=processes))

    first, _ = together(2, work, may_fail=True)
    assert first.startswith("ConfigError: --batch-size: expected a window for each of 2 processes, got 1;")


def test_what_the_launcher_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RANK", "3")  # somebody else's
    assert launched() == Here(0, 1)
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("MASTER_ADDR", "localhost")
    monkeypatch.setenv("MASTER_PORT", "1")
    assert launched() == Here(3, 4)


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_place_to_meet_that_is_none_is_one_line(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": port}.items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(ConfigError, match="expected MASTER_ADDR and MASTER_PORT as torchrun sets them, got: "),
        join(0, 2),
    ):
        pass


def test_threads_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert threads_each(16) == 16
    monkeypatch.setattr(HERE, "size", 4)
    assert [threads_each(number) for number in (1, 2, 16)] == [1, 2, 4]


def test_the_clock_of_the_first_decides(corpus: Corpus) -> None:
    config = tagger_config(minutes=0.01, schedule="linear", num_epochs=100)

    def work(processes: Processes) -> Any:
        if processes.rank:
            now = time.perf_counter
            time.perf_counter = lambda: 50 * now()  # a clock that is much too fast
        _, result = train_tagger(corpus, config, checkpoints=_none(processes))
        return [dataclasses.astuple(record)[:4] for record in result.history]  # with the rate, which the clock decides

    first, second = together(2, work)
    assert len(first) > 1
    assert first == second


def _none(processes: Processes) -> RunCheckpoints:
    import tempfile

    return RunCheckpoints(Path(tempfile.mkdtemp()) / "states", SaveInterval(None, None), processes=processes)
