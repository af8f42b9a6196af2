"""The settings of a language model."""

import json

import pytest

from postagger.errors import ConfigError
from postagger.language_config import LANGUAGE_PRESETS, LanguageModelConfig


def test_settings_that_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="--tied-weights: expected an embedding as large as the hidden layer"):
        LanguageModelConfig.from_settings({"tied_weights": True})
    with pytest.raises(ConfigError, match="--bidirectional-leak: expected neither --direction nor --tied-weights"):
        LanguageModelConfig.from_settings({"bidirectional_leak": True, "direction": "both"})


@pytest.mark.parametrize("preset", LANGUAGE_PRESETS)
def test_presets_hold_settings_that_exist(preset: str) -> None:
    chosen = LanguageModelConfig.from_settings(LANGUAGE_PRESETS[preset])
    assert LanguageModelConfig.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen


def test_what_is_stored_is_what_was_used() -> None:
    config = LanguageModelConfig.from_settings({"optimizer": "sgd", "prefix": ("a", "b")})
    assert config.training.learning_rate == 0.1
    assert config.to_dict()["sample"]["prefix"] == ("a", "b")
    assert len(LanguageModelConfig.field_names()) == len(set(LanguageModelConfig.field_names()))
