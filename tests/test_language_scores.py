"""The scores of a language model, beside counting by hand."""

import json
import math

import numpy as np
import pytest

from postagger.char_language_model import CharLanguageModel
from postagger.char_training import train_language_model
from postagger.data_prep.text_files import text_of
from postagger.errors import InputError
from postagger.evaluation.language_report import language_text_report
from postagger.evaluation.language_scores import Loss, evaluate_language_model
from postagger.evaluation.ngrams import ngram_nats
from postagger.language_config import LEAK_WARNING, LanguageModelConfig

TEXT = "Row, row 3 boats.\n漢 " * 30
SMALL = {"hidden_size": 16, "embedding_dim": 8, "batch_size": 4, "context_length": 8, "num_epochs": 4}


def trained(**settings: object) -> CharLanguageModel:
    config = LanguageModelConfig.from_settings(SMALL | settings)
    return train_language_model(text_of("boats", TEXT, symbols=config.text.symbols), config)[0]


@pytest.fixture(scope="module")
def model() -> CharLanguageModel:
    return trained()


def test_losses_in_three_forms() -> None:
    loss = Loss.of(np.log([2.0, 8.0]))
    assert loss.characters == 2
    assert [loss.bits_per_char, loss.perplexity] == pytest.approx([2.0, 4.0])
    assert loss.nats_per_char == pytest.approx(math.log(4))
    assert Loss.of(np.array([800.0])).perplexity == math.inf


def test_the_scores_are_means_over_the_right_characters(model: CharLanguageModel) -> None:
    text = "Row 3, 漢é.\n"
    codes = model.alphabet.codes(text)
    evaluation = evaluate_language_model(model, codes, corpus="some", split="all")
    log_probs = [score.log_prob for score in model.score(text)]
    known = {character: -value for character, value in zip(text, log_probs, strict=True) if value is not None}
    scores = evaluation.directions["forward"]
    assert evaluation.characters == 10
    assert evaluation.unknown == 1
    assert scores.loss.nats_per_char == pytest.approx(-sum(value or 0.0 for value in log_probs) / 10, rel=1e-5)
    by_class = {name: (loss.characters, loss.nats_per_char) for name, loss in scores.by_class.items()}
    assert by_class == {
        "lower-case letter": (3, pytest.approx((known["o"] + known["w"] + known["é"]) / 3, rel=1e-5)),
        "digit or number": (1, pytest.approx(known["3"], rel=1e-5)),
        "punctuation": (2, pytest.approx((known[","] + known["."]) / 2, rel=1e-5)),
        "other letter": (1, pytest.approx(known["漢"], rel=1e-5)),
        "space": (2, pytest.approx((-log_probs[3] - log_probs[6]) / 2, rel=1e-5)),  # type: ignore[operator]
        "line break": (1, pytest.approx(known["\n"], rel=1e-5)),
    }


def test_losses_by_what_was_read_before(model: CharLanguageModel) -> None:
    codes = model.alphabet.codes(TEXT[:41])
    positions = evaluate_language_model(model, codes).directions["forward"].by_position
    nats = model.nats(codes, "forward").tolist()
    assert list(positions) == ["1", "2", "3-4", "5-8", "9-16", "17-32", "33-40"]
    assert positions["3-4"].nats_per_char == pytest.approx((nats[2] + nats[3]) / 2, rel=1e-5)
    assert sum(loss.characters for loss in positions.values()) == 40


def test_json_and_the_table(model: CharLanguageModel) -> None:
    codes = model.alphabet.codes(TEXT)
    train, held_out = codes[:500], codes[500:]
    evaluation = evaluate_language_model(model, held_out, corpus="boats", split="held-out", train=train)
    stored = json.loads(evaluation.to_json())
    assert list(stored)[:6] == ["corpus", "split", "characters", "nats_per_char", "bits_per_char", "perplexity"]
    assert stored["perplexity"] == stored["directions"]["forward"]["loss"]["perplexity"]
    counted = ngram_nats(model.alphabet.ids(train).numpy(), model.alphabet.ids(held_out).numpy(), 15, 6)[1:]
    assert len(model.alphabet) == 15
    assert stored["baseline"]["6-gram"]["nats_per_char"] == pytest.approx(counted.mean())
    lines = language_text_report(evaluation).splitlines()
    assert lines[0] == "boats, held-out: 99 characters"
    assert lines[2].split() == ["perplexity", "bits/char", "nats/char", "characters"]
    assert lines[3].split()[0] == "forward"
    assert lines[4].split()[0] == "6-gram"
    assert LEAK_WARNING not in lines


def test_both_directions_each_have_their_scores() -> None:
    model = trained(direction="both", symbols="bytes")
    evaluation = evaluate_language_model(model, model.alphabet.codes("Row 漢"))
    assert list(evaluation.directions) == ["forward", "backward"]
    assert evaluation.directions["forward"].by_class["byte above 127"].characters == 3
    assert evaluation.directions["backward"].by_class["upper-case letter"].characters == 1
    report = language_text_report(evaluation)
    assert "By class of character (backward):" in report


def test_a_leaking_network_is_called_one() -> None:
    model = trained(bidirectional_leak=True)
    evaluation = evaluate_language_model(model, model.alphabet.codes(TEXT))
    assert evaluation.to_dict()["leak"] is True
    assert language_text_report(evaluation).endswith(LEAK_WARNING)


def test_too_little_to_judge_by(model: CharLanguageModel) -> None:
    with pytest.raises(InputError, match="text: expected at least two characters to judge by, got 1; give more text"):
        evaluate_language_model(model, model.alphabet.codes("a"))
