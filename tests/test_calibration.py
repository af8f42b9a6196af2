"""Temperatures against a search over a grid, and what is stored of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import SENTENCES, SMALL
from postagger.calibration import calibrate, fit_temperature
from postagger.config import ConfidenceConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.errors import ModelFolderError
from postagger.model_folder import read_model_folder, write_model_folder
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger


def test_no_temperature_of_a_grid_is_better() -> None:
    log_probs = (3 * torch.randn(500, 4)).log_softmax(dim=-1)
    tag_ids = (log_probs / 2.2).softmax(dim=-1).multinomial(1).squeeze(-1)

    def nll(temperature: float) -> float:
        return torch.nn.functional.cross_entropy(log_probs / temperature, tag_ids).item()

    found = fit_temperature(log_probs, tag_ids)
    assert found == pytest.approx(2.2, rel=0.2)
    assert nll(found) <= min(nll(temperature) for temperature in np.linspace(0.5, 5, 200)) + 1e-6


def test_dev_teaches_the_temperature_and_tags_stay(tmp_path: Path) -> None:
    corpus = load_corpus(["sample"], dev=0.2)
    config = replace(SMALL, training=replace(SMALL.training, num_epochs=12, batch_size=16))
    tagger, _ = train_tagger(corpus, config)
    tagger.save(tmp_path / "model")
    assert tagger.facts["calibration"] == {"temperature": tagger.temperature, "from": "dev"}
    assert tagger.temperature not in (0.5, 1.0, 1.45, 5.0)
    calibrated = tagger.predict([sentence.tokens for sentence in corpus.test])
    assert Tagger.load(tmp_path / "model").predict([sentence.tokens for sentence in corpus.test]) == calibrated
    tagger.facts["calibration"] = {"temperature": 1.0}
    plain = tagger.predict([sentence.tokens for sentence in corpus.test])
    assert [one.tags for one in plain] == [one.tags for one in calibrated]
    assert [one.confidences for one in plain] != [one.confidences for one in calibrated]


def test_without_dev_or_errors_on_it_the_setting_holds(small_tagger: Tagger) -> None:
    assert small_tagger.facts["calibration"] == {"temperature": 1.45, "from": "setting"}  # no error on three sentences
    config = replace(SMALL, confidence=ConfidenceConfig(2.5), training=replace(SMALL.training, num_epochs=1))
    tagger, _ = train_tagger(Corpus.from_parts("small", SENTENCES, [], []), config)
    assert tagger.facts["calibration"] == {"temperature": 2.5, "from": "setting"}


def test_tags_that_training_lacked_teach_nothing(small_tagger: Tagger) -> None:
    from postagger.data_prep.sentence import Sentence

    before = dict(small_tagger.facts)
    calibrate(small_tagger, [Sentence(("dog",) * 30, ("UNHEARD",) * 30)])
    assert small_tagger.facts == before


def test_a_model_without_a_temperature_has_1_and_a_strange_one_is_refused(small_model: Path, tmp_path: Path) -> None:
    folder = read_model_folder(small_model, "tagger")
    old = replace(folder, config={name: part for name, part in folder.config.items() if name != "calibration"})
    write_model_folder(tmp_path / "old", old)
    assert Tagger.load(tmp_path / "old").temperature == 1.0
    for number, strange in enumerate([{"temperature": 0}, {"temperature": "warm"}, 7]):
        write_model_folder(tmp_path / f"{number}", replace(folder, config={**folder.config, "calibration": strange}))
        with pytest.raises(ModelFolderError, match="files that do not fit together"):
            Tagger.load(tmp_path / f"{number}")
