"""Batches that do not fit into memory are computed in parts, with the same gradients."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from conftest import SENTENCES, SMALL, gradient
from postagger.char_training import TrainingRun, train_language_model
from postagger.config import TaggerConfig
from postagger.data_prep.batching import split_batch
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.text_files import text_of
from postagger.errors import ConfigError, DivergedError
from postagger.gradients import Gradients
from postagger.language_config import LanguageModelConfig
from postagger.tagger_training import _prepared, _trainer
from postagger.window_batch import WindowBatch

TEXT = text_of("rhyme", "row, row, row your boat, gently down the stream. " * 12)


def halves(batch: Tensor, parts: int) -> Sequence[Tensor]:
    return torch.tensor_split(batch, min(parts, len(batch)))


def small_memory(rows: int, error: BaseException) -> tuple[nn.Linear, Any, list[int]]:
    """A network, and a loss that fails on more than so many rows; which sizes were tried."""
    network, tried = nn.Linear(3, 1), []

    def loss(batch: Tensor) -> tuple[Tensor, Tensor]:
        tried.append(len(batch))
        if len(batch) > rows:
            raise error
        return network(batch).square().sum(), torch.tensor(len(batch))

    return network, loss, tried


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
    ],
    ids=["python", "cuda", "cpu"],
)
def test_a_batch_is_halved_until_it_fits(error: BaseException) -> None:
    network, loss, tried = small_memory(2, error)
    told: list[str] = []
    batch = torch.randn(7, 3)
    gradients = Gradients(network, halves, {}, told.append)
    parts, nats, count = gradients.add(batch, 1, loss)
    assert (parts, count, tried) == (4, 7, [7, 4, 2, 2, 2, 1])
    found = gradient(network.weight)
    network.zero_grad()
    whole = network(batch).square().sum()
    (whole / 7).backward()
    assert nats == pytest.approx(whole.item(), rel=1e-6)
    assert torch.allclose(found, gradient(network.weight), rtol=1e-5)
    assert told == [
        f"A batch needs more memory than there is: from now on it is computed in {n} parts." for n in (2, 4)
    ]
    assert gradients.add(batch, parts, loss)[0] == 4  # at once


def test_a_row_that_does_not_fit_is_an_error() -> None:
    network, loss, _ = small_memory(0, MemoryError("no room"))
    with pytest.raises(ConfigError, match="expected memory for a step of training, got: no room; choose a smaller"):
        Gradients(network, halves, {}, lambda _: None).add(torch.randn(3, 3), 1, loss)
    indivisible: Gradients[Tensor] = Gradients(network, None, {}, lambda _: None)
    with pytest.raises(ConfigError, match="expected memory for a step of training"):
        indivisible.add(torch.randn(3, 3), 1, loss)


def test_other_errors_are_not_taken_for_lack_of_memory() -> None:
    network, loss, tried = small_memory(0, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        Gradients(network, halves, {}, lambda _: None).add(torch.randn(3, 3), 1, loss)
    assert tried == [3]


def test_parts_with_nothing_to_count_are_passed_over() -> None:
    network = nn.Linear(3, 1)

    def loss(batch: Tensor) -> tuple[Tensor, Tensor]:
        counted = batch[batch[:, 0] > 0]
        return network(counted).square().sum(), torch.tensor(len(counted))

    gradients = Gradients(network, halves, {}, lambda _: None)
    batch = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.0, 0.0], [2.0, 1.0, 0.0]])
    assert gradients.add(batch, 3, loss)[2] == 2
    found = gradient(network.weight)
    network.zero_grad()
    gradients.add(batch, 1, loss)
    assert torch.allclose(found, gradient(network.weight))
    network.zero_grad()
    for parts in (1, 2):
        assert gradients.add(-batch[::2], parts, loss) == (parts, 0.0, 0)
        assert network.weight.grad is None or not network.weight.grad.any()


def test_a_part_that_diverges_is_told() -> None:
    network = nn.Linear(3, 1)
    with pytest.raises(DivergedError, match="expected a finite loss, got nan"):
        Gradients(network, halves, {}, lambda _: None).add(
            torch.full((4, 3), torch.nan), 2, lambda x: (network(x).sum(), torch.tensor(len(x)))
        )


@pytest.mark.parametrize("r_drop", [0.0, 0.5])
def test_a_tagger_in_parts_has_the_gradients_of_the_whole(small_corpus: Corpus, r_drop: float) -> None:
    plain = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    config = TaggerConfig.from_settings(
        {**plain, "r_drop": r_drop, "input_dropout": 0.0, "output_dropout": 0.0, "num_epochs": 1, "batch_size": 3}
    )
    tagger, batches = _prepared(small_corpus, config, None, {})
    trainer = _trainer(tagger, batches, (), show_progress=False, name="")
    (batch,) = trainer.batches(1, 0)
    found = []
    for parts in (1, 2, 3, 8):
        tagger.network.zero_grad()
        assert trainer.split is not None
        assert len(trainer.split(batch, parts)) == min(parts, len(SENTENCES))
        gradients = Gradients(tagger.network, trainer.split, {}, lambda _: None)
        _, nats, count = gradients.add(batch, parts, trainer.loss)
        found.append((nats, count, gradient(tagger.network.output.weight)))
    for nats, count, weight in found[1:]:
        assert nats == pytest.approx(found[0][0], rel=1e-5)
        assert count == found[0][1]
        assert torch.allclose(weight, found[0][2], rtol=1e-4, atol=1e-6)


def test_copies_of_a_sentence_stay_together(small_corpus: Corpus) -> None:
    plain = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    config = TaggerConfig.from_settings({**plain, "r_drop": 0.5, "batch_size": 3, "num_epochs": 1})
    (batch,) = _prepared(small_corpus, config, None, {})[1].after(1, 0)
    for part in split_batch(batch, 2, copies=2):
        first, second = part.lengths.chunk(2)
        assert torch.equal(first, second)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("direction", ["forward", "both"])
def test_a_language_model_in_parts_carries_the_states_of_all_rows(cell: str, direction: str) -> None:
    settings = {"cell": cell, "direction": direction, "hidden_size": 8, "embedding_dim": 6, "context_length": 5}
    config = LanguageModelConfig.from_settings(
        {**settings, "batch_size": 5, "num_epochs": 1, "precision": "float32", "input": "embedding"}
    )
    model, _ = train_language_model(TEXT, config)
    results = []
    for parts in (1, 2, 5):
        run = TrainingRun(model, TEXT.codes, TEXT.codes[:0], None)
        gradients = Gradients(model.network, WindowBatch.split, run.carried, lambda _: None)
        nats = []
        for _, batch in zip(range(3), run.batches(1, 0), strict=False):
            model.network.zero_grad()
            nats.append(gradients.add(batch, parts, run.loss)[1])
        weight = next(iter(model.directions.values())).output.weight
        results.append((nats, dict(run.carried), gradient(weight)))
    for nats, carried, weight in results[1:]:
        assert nats == pytest.approx(results[0][0], rel=1e-5)
        assert torch.allclose(weight, results[0][2], rtol=1e-4, atol=1e-6)
        assert carried.keys() == results[0][1].keys()
        for name, value in carried.items():
            assert torch.allclose(value, results[0][1][name], rtol=1e-5), name


def test_a_failed_try_leaves_no_state_behind() -> None:
    config = LanguageModelConfig.from_settings(
        {"hidden_size": 8, "context_length": 5, "batch_size": 4, "num_epochs": 1, "precision": "float32"}
    )
    model, _ = train_language_model(TEXT, config)
    run = TrainingRun(model, TEXT.codes, TEXT.codes[:0], None)
    fails = True

    def loss(batch: Any) -> tuple[Tensor, Tensor]:
        nonlocal fails
        total, count = run.loss(batch)
        if fails and batch.rows.start:  # the first half was computed
            fails = False
            raise MemoryError
        return total, count

    gradients = Gradients(model.network, WindowBatch.split, run.carried, lambda _: None)
    batch = next(run.batches(1, 0))
    parts, nats, _ = gradients.add(batch, 2, loss)
    assert parts == 4
    carried = dict(run.carried)
    run.carried.clear()
    model.network.zero_grad()
    assert gradients.add(batch, 1, run.loss)[1] == pytest.approx(nats, rel=1e-5)
    for name, value in run.carried.items():
        assert torch.allclose(value, carried[name], rtol=1e-5), name
