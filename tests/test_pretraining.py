from typing import Any

import pytest
import torch

from conftest import SENTENCES, SMALL
from postagger.config import TaggerConfig
from postagger.data_prep.batching import collate, encode
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.pretraining import ClozeBatch, Pretrained, cloze, pretrain
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger
from postagger.trainer import Trainer
from postagger.training_result import TrainingResult

RAW = [
    tuple(text.split())
    for text in (
        "The cat barks .",
        "The dog sleeps .",
        "The old cat sleeps .",
        "A cat meows at the dog .",
        "Cats meow !",
    )
] * 4


def config(**settings: Any) -> TaggerConfig:
    parts = {name: value for part in SMALL.to_dict().values() for name, value in part.items()}
    own = {"min_raw_count": 2, "pretraining_epochs": 3, "pretraining_batch_size": 4, "num_epochs": 40}
    return TaggerConfig.from_settings({**parts, **own, **settings})


@pytest.fixture(scope="module")
def pretrained() -> Pretrained:
    return pretrain(RAW, config())


def test_the_vocabulary_is_that_of_the_raw_text(pretrained: Pretrained) -> None:
    assert set(pretrained.extractor.words.symbols) == set(
        "the cat barks . dog sleeps old a meows at cats meow !".split()
    )
    by_word = dict(zip(pretrained.extractor.words.symbols, pretrained.frequency[2:].tolist(), strict=True))
    assert (by_word["cat"], by_word["the"], by_word["!"]) == (12, 16, 4)


def test_equal_settings_give_equal_weights_and_another_seed_does_not(pretrained: Pretrained) -> None:
    torch.rand(5)
    again, other = pretrain(RAW, config()), pretrain(RAW, config(seed=2))
    assert all(torch.equal(weight, again.weights[name]) for name, weight in pretrained.weights.items())
    assert any(not torch.equal(weight, other.weights[name]) for name, weight in pretrained.weights.items())


def test_the_loss_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[TrainingResult] = []
    fit = Trainer.fit

    def fit_and_keep(trainer: Trainer[ClozeBatch]) -> TrainingResult:
        results.append(fit(trainer))
        return results[-1]

    monkeypatch.setattr(Trainer, "fit", fit_and_keep)
    pretrain(RAW, config(pretraining_epochs=30))
    losses = [record.loss for record in results[0].history]
    assert losses[-1] < 0.8 * losses[0]


def test_the_tagger_knows_the_words_of_both_and_is_a_tagger_like_any_other(
    pretrained: Pretrained, small_corpus: Corpus, tmp_path: Any
) -> None:
    tagger, _ = train_tagger(small_corpus, config(), pretrained=pretrained)
    assert "cat" in tagger.extractor.words  # from the raw text
    assert "run" in tagger.extractor.words  # from the tagged sentences
    assert set(dict(tagger.network.named_parameters())) >= {"word_encoder.words.weight"}
    assert [tag for _, tag in tagger.tag(["The", "cat", "barks", "."])] == ["DT", "NN", "VBZ", "."]
    tagger.save(tmp_path / "model")
    again = Tagger.load(tmp_path / "model")
    texts = [sentence.tokens for sentence in SENTENCES]
    assert again.predict(texts) == tagger.predict(texts)


def test_without_epochs_the_tagger_has_the_weights_of_the_raw_text(
    pretrained: Pretrained, small_corpus: Corpus
) -> None:
    tagger, _ = train_tagger(small_corpus, config(learning_rate=1e-30, num_epochs=1), pretrained=pretrained)
    for name, weight in pretrained.weights.items():
        trained = tagger.network.state_dict()[name]
        assert torch.allclose(trained[: len(weight)], weight, atol=1e-6), name
    unknown = tagger.network.word_encoder.get_parameter("words.weight")
    assert torch.allclose(unknown[tagger.extractor.token_id("run")], unknown[1])  # raw text does not have it


@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "gru"},
        {"num_layers": 2},
        {"bidirectional": False},
        {"use_characters": True},
        {"max_affix_length": 0},
        {"unknown_word_rate": 0.0, "augmentation": 0.5},
        {"normalize_words": False},
    ],
)
def test_every_kind_of_tagger_can_learn_from_raw_text(small_corpus: Corpus, settings: dict[str, Any]) -> None:
    chosen = config(pretraining_epochs=1, num_epochs=2, **settings)
    tagger, result = train_tagger(small_corpus, chosen, pretrained=pretrain(RAW, chosen))
    assert result.history[-1].loss < result.history[0].loss
    assert len(tagger.tag(["A", "cat", "sleeps", "."])) == 4


def test_cloze_hides_words_and_remembers_them() -> None:
    extractor = FeatureExtractor.build("abc")
    batch = collate(encode([["a", "b", "c"] * 300, ["c"]], extractor), [0, 1])
    classes = torch.tensor([9, 9, 5, 6, 7])
    made = cloze(batch, classes, torch.zeros(5), 0.4, torch.Generator().manual_seed(0))
    assert torch.equal(made.classes, classes[batch.token_ids])
    assert torch.equal(made.hidden_words, (made.batch.token_ids == 1) & batch.mask)
    assert made.hidden_words.sum().item() == pytest.approx(901 * 0.4, rel=0.15)
    bare = (made.batch.feature_ids == 1).all(dim=-1)
    assert not (bare & ~made.hidden_words).any()
    assert bare.sum().item() == pytest.approx(901 * 0.2, rel=0.2)
    assert torch.equal(made.batch.mask, batch.mask)
    assert not made.hidden_words[1, 1:].any()
