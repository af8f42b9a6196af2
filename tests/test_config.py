import json
from typing import Any

import pytest

from postagger.config import PARTS, PRESETS, CorpusConfig, TaggerConfig
from postagger.data_prep.raw_sentences import RAW_CORPORA
from postagger.errors import ConfigError
from postagger.settings import part_from


def test_json_in_and_out() -> None:
    config = TaggerConfig.from_settings({"cell": "gru", "learning_rate": 1, "seed": 7})
    assert TaggerConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"cell": "gruu"}, "--cell: expected one of rnn gru lstm, got 'gruu'"),
        ({"hidden_size": 0}, "--hidden-size: expected a number at least 1 and finite, got 0"),
        ({"hidden_size": 2.5}, "--hidden-size: expected a whole number, got 2.5"),
        ({"hidden_size": True}, "--hidden-size: expected a whole number, got True"),
        ({"bidirectional": 1}, "--bidirectional: expected true or false, got 1"),
        ({"dropout": 1.5}, "--dropout: expected a number at least 0 and at most 1, got 1.5"),
        ({"learning_rate": 0.0}, "--learning-rate: expected a number above 0 and finite, got 0.0"),
        ({"learning_rate": float("nan")}, "--learning-rate: expected a number above 0 and finite, got nan"),
        ({"learning_rate": float("inf")}, "--learning-rate: expected a number above 0 and finite, got inf"),
        ({"beta2": 1}, "--beta2: expected a number at least 0 and below 1, got 1"),
        ({"learning_rate": "x"}, "--learning-rate: expected a number or nothing, got 'x'"),
        ({"learningrate": 1.0}, "expected a setting of the model"),
    ],
)
def test_wrong_settings(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TaggerConfig.from_settings(setting)
    assert message in str(caught.value)


def test_wrong_settings_of_the_corpus() -> None:
    with pytest.raises(ConfigError, match="--format: expected one of conllu tagged columns or nothing, got 'xml'"):
        CorpusConfig(format="xml")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="--tag-column: expected a number at least 1 and finite, got 0"):
        CorpusConfig(tag_column=0)


def test_a_stored_config_with_other_parts_is_refused() -> None:
    with pytest.raises(
        ConfigError, match="expected the parts features network pretraining training confidence, got features more"
    ):
        TaggerConfig.from_dict({"features": {}, "more": {}})


def test_a_part_that_older_versions_did_not_store_keeps_its_defaults() -> None:
    stored = {name: part for name, part in TaggerConfig().to_dict().items() if name != "pretraining"}
    assert TaggerConfig.from_dict(stored) == TaggerConfig()


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_hold_settings_that_exist(preset: str) -> None:
    settings = PRESETS[preset]
    fields = {name for part in (CorpusConfig, *PARTS) for name in part.__dataclass_fields__}
    assert set(settings) <= fields
    assert part_from(CorpusConfig, settings).keep_traces is (preset == "seed")
    assert set(part_from(CorpusConfig, settings).raw_text) == (set(RAW_CORPORA) if preset == "accurate" else set())
    names = TaggerConfig.field_names()
    assert TaggerConfig.from_settings({name: value for name, value in settings.items() if name in names})


def test_the_seed_preset_is_the_published_exercise() -> None:
    config = TaggerConfig.from_settings({k: v for k, v in PRESETS["seed"].items() if k != "keep_traces"})
    network, training = config.network, config.training
    assert PRESETS["seed"]["keep_traces"] is True
    assert (network.embedding_dim, network.hidden_size, network.num_layers, network.cell) == (128, 128, 2, "rnn")
    assert (network.bidirectional, network.dropout, config.features.max_affix_length) == (True, 0.2, 0)
    assert (training.batch_size, training.optimizer, training.learning_rate) == (32, "sgd", 0.1)
    assert (training.num_epochs, training.schedule) == (10, "constant")
    assert (network.input_dropout, network.output_dropout) == (0.0, 0.0)
    assert (training.weight_decay, training.max_grad_norm, config.features.unknown_word_rate) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.1), ("adam", 1e-3), ("adamw", 4e-3)])
def test_every_optimizer_has_its_usual_rate(optimizer: str, rate: float) -> None:
    assert TaggerConfig.from_settings({"optimizer": optimizer}).to_dict()["training"]["learning_rate"] == rate
    assert TaggerConfig.from_settings({"optimizer": optimizer, "learning_rate": 0.5}).training.learning_rate == 0.5
