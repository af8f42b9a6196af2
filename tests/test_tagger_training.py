from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest
import torch

from conftest import SENTENCES, SMALL
from postagger import tagger_training
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.models.losses import r_drop_loss
from postagger.tagger import Tagger
from postagger.tagger_training import _accuracy, _encode, train_tagger


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
    assert _accuracy(small_tagger, _encode([sentence], small_tagger), torch.device("cpu")) == 0.5


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
