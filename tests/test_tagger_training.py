import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import SENTENCES, SMALL
from postagger import run_checkpoints, tagger_training
from postagger.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from postagger.config import TaggerConfig
from postagger.data_prep import sentence_encoder
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_encoder import SentenceEncoder
from postagger.errors import CheckpointError
from postagger.models.losses import r_drop_loss
from postagger.pretraining import pretrain
from postagger.run_checkpoints import RunCheckpoints
from postagger.save_interval import SaveInterval
from postagger.tagger import Tagger
from postagger.tagger_training import _accuracy, train_tagger


def small(**settings: Any) -> TaggerConfig:
    parts = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    return TaggerConfig.from_settings({**parts, "num_epochs": 2, **settings})


def weights(tagger: Tagger) -> list[torch.Tensor]:
    return list(tagger.network.state_dict().values())


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("implementation", ["torch", "from-scratch"])
def test_two_runs_are_equal_to_the_bit_and_another_seed_is_not(
    small_corpus: Corpus, cell: str, implementation: str
) -> None:
    config = small(cell=cell, implementation=implementation, num_layers=2, dropout=0.3)
    one, result = train_tagger(small_corpus, config)
    torch.rand(7)  # whatever random numbers were drawn in between
    other, again = train_tagger(small_corpus, config)
    assert all(torch.equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))
    assert [record.loss for record in result.history] == [record.loss for record in again.history]
    changed, _ = train_tagger(small_corpus, small(cell=cell, implementation=implementation, seed=2))
    assert any(not torch.equal(a, b) for a, b in zip(weights(one), weights(changed), strict=False))


RESUMED: list[dict[str, Any]] = [
    *({"cell": cell, "implementation": how} for cell in ("rnn", "gru", "lstm") for how in ("torch", "from-scratch")),
    {"num_layers": 2, "dropout": 0.3, "use_characters": True},
    {"r_drop": 0.5, "augmentation": 1.0},
    {"optimizer": "sgd", "schedule": "linear"},
    {"optimizer": "adam", "bidirectional": False},
    {"patience": 1, "num_epochs": 8, "learning_rate": 0.1},
]


def cut_off(monkeypatch: pytest.MonkeyPatch, stage: str, epoch: int, step: int) -> None:
    """Let the light go out when the state of this moment has been written."""

    def write(path: Path, checkpoint: Checkpoint) -> None:
        write_checkpoint(path, checkpoint)
        position = checkpoint.state["position"]
        if (path.name, position["epoch"], position["step"]) == (stage, epoch, step):
            raise KeyError("the light went out")

    monkeypatch.setattr(run_checkpoints, "write_checkpoint", write)


@pytest.mark.parametrize("settings", RESUMED, ids=str)
def test_a_resumed_run_equals_an_uninterrupted_one(
    settings: dict[str, Any], small_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(**{"num_epochs": 3, **settings})
    whole, result = train_tagger(small_corpus, config)
    checkpoints = RunCheckpoints(tmp_path / "c", SaveInterval(steps=1))
    with monkeypatch.context() as patch:
        cut_off(patch, "training", 1, 1)
        with pytest.raises(KeyError, match="the light went out"):
            train_tagger(small_corpus, config, checkpoints=checkpoints)
    torch.manual_seed(99)
    resumed, again = train_tagger(small_corpus, config, checkpoints=replace(checkpoints, resume=True))
    assert all(torch.equal(a, b) for a, b in zip(weights(resumed), weights(whole), strict=True))
    assert [(record.loss, record.dev_score) for record in again.history] == [
        (record.loss, record.dev_score) for record in result.history
    ]
    assert (again.best_epoch, resumed.temperature) == (result.best_epoch, whole.temperature)


RAW = [sentence.tokens for sentence in SENTENCES] * 10


@pytest.mark.parametrize("stage", ["raw-text", "training"])
def test_a_run_with_raw_text_is_resumed_in_either_stage(
    stage: str, small_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(num_epochs=3, min_raw_count=1, pretraining_batch_size=4, pretraining_epochs=2)
    whole, _ = train_tagger(small_corpus, config, pretrained=pretrain(RAW, config))
    checkpoints = RunCheckpoints(tmp_path / "c", SaveInterval(steps=1))

    def train(checkpoints: RunCheckpoints) -> Tagger:
        pretrained = pretrain(RAW, config, checkpoints=checkpoints)
        return train_tagger(small_corpus, config, pretrained=pretrained, checkpoints=checkpoints)[0]

    with monkeypatch.context() as patch:
        cut_off(patch, stage, 1, 1)
        with pytest.raises(KeyError, match="the light went out"):
            train(checkpoints)
    resuming = replace(checkpoints, resume=True)
    resumed = train(resuming)
    assert all(torch.equal(a, b) for a, b in zip(weights(resumed), weights(whole), strict=True))
    with pytest.raises(CheckpointError, match="expected the data of that run, got other data"):
        pretrain(RAW[1:], config, checkpoints=resuming)


def test_another_run_is_not_resumed(small_corpus: Corpus, tmp_path: Path) -> None:
    told: list[str] = []
    resuming = RunCheckpoints(tmp_path / "c", resume=True, tell=told.append)
    train_tagger(small_corpus, small(), checkpoints=resuming)  # there is nothing to resume yet
    with pytest.raises(CheckpointError, match=r"--cell: expected gru as in .*c, got rnn; resume with the settings of"):
        train_tagger(small_corpus, small(cell="rnn"), checkpoints=resuming)
    for other in (
        Corpus.from_parts("small", SENTENCES[1:], SENTENCES, SENTENCES),
        Corpus.from_parts("small", SENTENCES, SENTENCES[1:], SENTENCES),
    ):
        with pytest.raises(CheckpointError, match="expected the data of that run, got other data"):
            train_tagger(other, small(), checkpoints=resuming)
    assert told == []


def test_a_state_of_something_else_is_refused(small_corpus: Corpus, tmp_path: Path) -> None:
    resuming = RunCheckpoints(tmp_path / "c", resume=True)
    train_tagger(small_corpus, small(), checkpoints=resuming)
    saved = read_checkpoint(tmp_path / "c/training")
    assert saved is not None
    for state, tensors in (
        ({name: value for name, value in saved.state.items() if name != "position"}, saved.tensors),
        ({**saved.state, "history": [{"epoch": 1}]}, saved.tensors),
        (saved.state, {"random.cpu": torch.zeros(3)}),
        (saved.state, {**saved.tensors, "optimizer.999.exp_avg": torch.zeros(3)}),
    ):
        write_checkpoint(tmp_path / "c/training", Checkpoint(state, tensors))
        with pytest.raises(CheckpointError, match=r"expected the state of a run like .*, got .*; train anew"):
            train_tagger(small_corpus, small(), checkpoints=resuming)


def test_another_version_of_torch_is_told(
    small_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    resuming = RunCheckpoints(tmp_path / "c", resume=True, tell=told.append)
    train_tagger(small_corpus, small(), checkpoints=resuming)
    monkeypatch.setattr(torch, "__version__", "9.9")
    train_tagger(small_corpus, small(), checkpoints=resuming)
    assert told == [f"Begun with torch {version('torch')}, going on with 9.9: bits differ."]


def test_a_file_without_blank_lines_is_read_in_pieces(small_corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = Sentence(SENTENCES[1].tokens * 100, SENTENCES[1].tags * 100)
    monkeypatch.setattr(sentence_encoder, "LONGEST", 300)
    corpus = Corpus.from_parts("endless", [sentence, *SENTENCES], [sentence], [])
    tagger, result = train_tagger(corpus, small(num_epochs=1))
    encoded = SentenceEncoder(tagger.extractor, tagger.tagset).encode(corpus.train)
    assert encoded.lengths.tolist() == [300, 300, 100, 4, 7, 2]
    assert encoded.lengths.sum() == sum(len(one.tokens) for one in corpus.train)
    assert result.history[0].dev_score is not None


LIMITED = """
import pathlib, resource, sys
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import load_corpus
from postagger.run_checkpoints import RunCheckpoints
from postagger.tagger_training import train_tagger

corpus = load_corpus(["sample"])
config = TaggerConfig.from_settings({"batch_size": 400, "num_epochs": 1, "hidden_size": 200, "device": "cpu"})
pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (220 << 20), resource.RLIM_INFINITY))
tagger, result = train_tagger(corpus, config, checkpoints=RunCheckpoints(pathlib.Path("c"), tell=print))
print(result.history[0].loss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory can be limited on Linux alone")
def test_a_batch_that_does_not_fit_into_memory_is_computed_in_parts(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    *told, loss = done.stdout.splitlines()
    assert told
    assert told[0] == "A batch needs more memory than there is: from now on it is computed in 2 parts."
    assert float(loss) == pytest.approx(3.8, abs=0.2)


def test_both_implementations_train_alike(small_corpus: Corpus) -> None:
    losses = []
    for implementation in ("torch", "from-scratch"):
        _, result = train_tagger(
            small_corpus, small(implementation=implementation, input_dropout=0.0, output_dropout=0.0, num_epochs=3)
        )
        losses.append([record.loss for record in result.history])
    # Both draw their first weights in the same order, so they start from the same network.
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


@pytest.mark.parametrize(
    "settings",
    [
        {"use_characters": True},
        {"max_affix_length": 0},
        {"bidirectional": False, "num_layers": 2},
        {"optimizer": "sgd", "schedule": "linear"},
        {"precision": "bfloat16"},
        {"unknown_word_rate": 0.0},
        {"min_count": 2},
        {"r_drop": 0.5},
    ],
)
def test_every_kind_of_tagger_trains_and_tags(small_corpus: Corpus, settings: dict[str, Any]) -> None:
    tagger, result = train_tagger(small_corpus, small(num_epochs=15, **settings))
    assert result.history[-1].loss < result.history[0].loss
    assert len(tagger.tag(["A", "cat", "sleeps", "."])) == 4


def test_where_nothing_is_hidden_or_dropped_a_second_copy_teaches_nothing_new(small_corpus: Corpus) -> None:
    losses = []
    for r_drop in (0.0, 5.0):
        config = small(r_drop=r_drop, unknown_word_rate=0.0, input_dropout=0.0, output_dropout=0.0, num_epochs=3)
        losses.append([record.loss for record in train_tagger(small_corpus, config)[1].history])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_the_copies_of_a_sentence_differ_in_what_is_hidden(
    small_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def remember(log_probs: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor, weight: float) -> Any:
        seen.append((log_probs.detach(), targets, weight))
        return r_drop_loss(log_probs, targets, mask, weight)

    monkeypatch.setattr(tagger_training, "r_drop_loss", remember)
    train_tagger(small_corpus, small(r_drop=0.3, unknown_word_rate=5.0, input_dropout=0.0, output_dropout=0.0))
    assert {weight for *_, weight in seen} == {0.3}
    assert all(torch.equal(*targets.chunk(2)) for _, targets, _ in seen)
    assert not all(torch.equal(*log_probs.chunk(2)) for log_probs, _, _ in seen)


def test_the_vocabulary_is_built_from_the_training_split_only() -> None:
    corpus = Corpus.from_parts("x", SENTENCES[:1], SENTENCES[1:2], SENTENCES[2:])
    tagger, _ = train_tagger(corpus, small())
    assert tagger.extractor.words.symbols == (".", "barks", "dog", "the")
    assert tagger.tagset.tags == (".", "DT", "NN", "VBZ")
    assert set(tagger.lexicon.tags) == {"The", "dog", "barks", "."}


def test_dev_accuracy_counts_tags_never_seen_in_training_as_errors(small_tagger: Tagger) -> None:
    sentence = Sentence(("The", "dog"), ("DT", "XYZ"))
    encoded = SentenceEncoder(small_tagger.extractor, small_tagger.tagset).encode([sentence])
    assert _accuracy(small_tagger, encoded, torch.device("cpu")) == 0.5


def test_without_a_dev_set_the_last_epoch_is_kept(small_corpus: Corpus) -> None:
    tagger, result = train_tagger(replace(small_corpus, dev=()), small(num_epochs=3))
    assert result.best_epoch == 3
    assert all(record.dev_score is None for record in result.history)
    assert tagger.facts["training_result"]["best_epoch"] == 3


def test_the_number_of_threads_is_given_back(small_corpus: Corpus) -> None:
    before = torch.get_num_threads()
    train_tagger(small_corpus, small(threads=2))
    assert torch.get_num_threads() == before


def test_what_is_stored_says_what_it_was_trained_on(small_tagger: Tagger, small_corpus: Corpus) -> None:
    stored = small_tagger.facts["corpus"]
    assert (stored["name"], stored["sha256"]) == ("small", small_corpus.sha256)
    assert (stored["train_sentences"], stored["dev_sentences"], stored["test_sentences"]) == (3, 3, 3)
    assert small_tagger.facts["versions"]["torch"] == version("torch")
