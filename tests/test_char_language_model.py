"""CharLanguageModel: text in, perplexity or more text out."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from postagger import char_language_model
from postagger.char_language_model import CharLanguageModel
from postagger.char_training import train_language_model
from postagger.data_prep.text_files import text_of
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.language_config import LanguageModelConfig
from postagger.sampling import Sampling
from postagger.tagger import Tagger

RHYME = "row, row, row your boat, gently down the stream. "
SMALL = {
    "hidden_size": 24,
    "embedding_dim": 8,
    "context_length": 8,
    "batch_size": 4,
    "held_out": 0.0,
    "num_epochs": 40,
    "output_dropout": 0.0,
    "learning_rate": 0.02,
}


def trained(**settings: object) -> CharLanguageModel:
    config = LanguageModelConfig.from_settings(SMALL | settings)
    return train_language_model(text_of("rhyme", RHYME * 8, symbols=config.text.symbols), config)[0]


@pytest.fixture(scope="module")
def model() -> CharLanguageModel:
    torch.manual_seed(0)
    return trained()


@pytest.fixture(scope="module")
def both() -> CharLanguageModel:
    return trained(direction="both")


def naive_nats(model: CharLanguageModel, text: str) -> list[float]:
    """One character after the other, each from the log_probs of the whole beginning before it."""
    network = next(iter(model.directions.values())).eval()
    ids = model.alphabet.encode(text)
    with torch.inference_mode():
        return [-network(ids[None, :place])[0][0, -1, ids[place]].item() for place in range(1, len(ids))]


def test_it_has_learnt_the_rhyme(model: CharLanguageModel) -> None:
    assert model.perplexity(RHYME * 2) < 1.1
    assert model.perplexity(RHYME[::-1]) > 5
    assert model.generate("row, row, ", 40, greedy=True) == (RHYME * 2)[:50]


def test_a_score_is_the_log_probability_of_each_character(model: CharLanguageModel) -> None:
    scores = model.score(RHYME)
    assert "".join(score.character for score in scores) == RHYME
    assert scores[0].log_prob is None
    log_probs = [score.log_prob for score in scores[1:] if score.log_prob is not None]
    assert [-value for value in log_probs] == pytest.approx(naive_nats(model, RHYME), abs=1e-4)
    assert model.perplexity(RHYME) == pytest.approx(math.exp(-sum(log_probs) / len(log_probs)), rel=1e-5)
    assert model.score("") == []
    assert [score.log_prob for score in model.score("r")] == [None]


def test_a_long_text_in_rows_is_judged_like_one_row(model: CharLanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = model.alphabet.codes(RHYME * 20 + RHYME[:13])
    whole = model.nats(codes, "forward")
    for shortest, warm_up, steps in [(100, 64, 16), (7, 50, 11)]:
        monkeypatch.setattr(char_language_model, "_SHORTEST_ROW", shortest)
        monkeypatch.setattr(char_language_model, "_WARM_UP", warm_up)
        monkeypatch.setattr(char_language_model, "_STEPS", steps)
        in_rows = model.nats(codes, "forward")
        assert in_rows.shape == whole.shape == (len(codes) - 1,)
        # Equal but for what lies further back than the warm-up.
        torch.testing.assert_close(in_rows, whole, rtol=0.05, atol=0.05)


def test_a_backward_model_is_a_forward_model_of_the_mirrored_text(both: CharLanguageModel) -> None:
    codes = both.alphabet.codes(RHYME)
    backward = both.network_of("backward")
    mirrored = both.nats_in_reading_order(backward, codes[::-1])
    torch.testing.assert_close(both.nats(codes, "backward"), mirrored.flip(0))
    assert both.nats(codes, "forward").mean() < 0.2
    assert both.nats(codes, "backward").mean() < 0.2
    assert both.nats(codes[::-1], "backward").mean() > 1
    with pytest.raises(ConfigError, match=r"expected a direction of the model \(forward backward\), got up"):
        both.network_of("up")


def test_a_backward_model_writes_what_stands_before() -> None:
    backward = trained(direction="backward")
    written = backward.generate("gently down the stream. ", 25, greedy=True)
    assert written == RHYME
    assert backward.score(RHYME)[-1].log_prob is None
    assert backward.score(RHYME)[0].log_prob is not None


def test_states_of_each_character(model: CharLanguageModel, both: CharLanguageModel) -> None:
    states = model.states(RHYME)
    assert states.shape == (len(RHYME), 24)
    torch.testing.assert_close(model.states(RHYME[:10]), states[:10])
    two = both.states(RHYME)
    assert two.shape == (len(RHYME), 48)
    # The backward half depends on what follows, the forward half on what came before.
    torch.testing.assert_close(both.states(RHYME[5:])[:, 24:], two[5:, 24:])
    torch.testing.assert_close(both.states(RHYME[:-5])[:, :24], two[:-5, :24])
    assert model.states("").shape == (0, 24)


def test_equal_seeds_write_equal_texts(model: CharLanguageModel) -> None:
    settings = {"temperature": 2.0, "seed": 3}
    text = model.generate("row", 60, **settings)  # type: ignore[arg-type]
    assert text == model.generate("row", 60, **settings)  # type: ignore[arg-type]
    assert text != model.generate("row", 60, temperature=2.0, seed=4)
    assert model.generate("row", 0) == "row"
    assert len(model.generate("", 7)) == 7


def test_any_character_may_stand_in_a_prefix(model: CharLanguageModel) -> None:
    text = model.generate("漢\n🙂", 30, temperature=5.0, seed=1)
    assert text.startswith("漢\n🙂")
    assert set(text[3:]) <= set(RHYME)  # the unknown is never written
    assert model.perplexity("漢字") > 1


def test_bytes() -> None:
    config = LanguageModelConfig.from_settings(SMALL | {"symbols": "bytes", "input": "one-hot", "num_epochs": 80})
    text = text_of("bytes", "déjà vu, " * 40, symbols="bytes")
    model = train_language_model(text, config)[0]
    assert model.generate("déjà", 7, greedy=True) == "déjà vu, d\N{REPLACEMENT CHARACTER}"  # half of é
    assert model.generate("déjà", 8, greedy=True) == "déjà vu, dé"
    scores = model.score("déjà")
    assert [score.character for score in scores] == list("déjà")
    nats = model.nats(model.alphabet.codes("déjà"), "forward").tolist()
    assert [score.log_prob for score in scores[1:]] == pytest.approx([-nats[0] - nats[1], -nats[2], -nats[3] - nats[4]])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"direction": "both", "cell": "gru"},
        {"input": "one-hot", "cell": "rnn", "num_layers": 2},
        {"tied_weights": True, "embedding_dim": 24},
        {"symbols": "bytes", "bidirectional_leak": True},
    ],
)
def test_saving_gives_back_the_same_model(settings: dict[str, object], tmp_path: Path) -> None:
    model = trained(**settings, num_epochs=2)
    model.save(tmp_path / "model")
    loaded = CharLanguageModel.load(tmp_path / "model")
    assert loaded.score(RHYME) == model.score(RHYME)
    assert loaded.generate("row", 30, seed=1) == model.generate("row", 30, seed=1)
    assert (loaded.config, loaded.facts) == (model.config, model.facts)
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again" / "weights.safetensors").read_bytes() == (
        tmp_path / "model" / "weights.safetensors"
    ).read_bytes()


def test_folders_of_another_kind_are_refused(model: CharLanguageModel, small_model: Path, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    with pytest.raises(ModelFolderError, match="expected kind 'tagger', got 'char_language_model'"):
        Tagger.load(tmp_path / "model")
    with pytest.raises(ModelFolderError, match="expected kind 'char_language_model', got 'tagger'"):
        CharLanguageModel.load(small_model)


def test_what_is_no_text(model: CharLanguageModel) -> None:
    with pytest.raises(InputError, match="expected text as a str, got list"):
        model.score(["a"])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="expected at least 2 characters, got 1"):
        model.perplexity("a")
    with pytest.raises(ConfigError, match="--length: expected a number at least 0, got -1"):
        model.generate("a", -1)


def test_a_long_prefix_is_read_in_pieces(model: CharLanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = model.generate(RHYME * 3, 20, greedy=True)
    monkeypatch.setattr(char_language_model, "_STEPS", 10)
    assert model.generate(RHYME * 3, 20, greedy=True) == expected
    assert np.isclose(model.perplexity(RHYME), math.exp(np.mean(naive_nats(model, RHYME))), rtol=1e-4)


def test_what_a_caller_does_between_two_characters_is_its_own(model: CharLanguageModel) -> None:
    streams = [model.stream("row", 5, Sampling()) for _ in range(2)]
    for stream in streams:
        next(stream)
    assert not torch.is_inference_mode_enabled()
    for stream in streams:
        stream.close()  # type: ignore[attr-defined]
    assert not torch.is_inference_mode_enabled()


def test_a_loss_past_the_range_of_a_float_has_an_infinite_perplexity(tmp_path: Path) -> None:
    model = trained(num_epochs=1)
    with torch.no_grad():
        model.directions["forward"].output.bias[model.alphabet.encode("y")] = -2000.0
    assert model.perplexity("yyyy") == math.inf
    model.save(tmp_path / "m", evaluation={"perplexity": math.inf, "nats": [math.nan, 1.0]})
    assert '"perplexity": null' in (tmp_path / "m" / "evaluation.json").read_text()
