import copy
from pathlib import Path
from typing import Any

import pytest

from postagger.config import TaggerConfig
from postagger.model_folder import ModelFolder, read_model_folder, write_model_folder
from postagger.stored_model import (
    config_and_facts,
    naming,
    stored_alphabet,
    stored_extractor,
    stored_lexicon,
    stored_tagset,
)
from postagger.tagger import Tagger

VOCABULARY: dict[str, Any] = {
    "words": ["the", "dog"],
    "features": ["$e", "t^"],
    "characters": None,
    "tags": ["DT", "NN"],
    "lexicon": {"tags": {"the": "DT", "dog": "NN"}, "default_tag": "NN", "counts": [2, 1]},
}


def read_all(vocabulary: dict[str, Any]) -> None:
    stored_extractor(TaggerConfig().features, vocabulary)
    stored_tagset(vocabulary)
    stored_lexicon(vocabulary)


def test_a_vocabulary_comes_back() -> None:
    extractor = stored_extractor(TaggerConfig().features, VOCABULARY)
    assert extractor.words.symbols == ("the", "dog")
    assert extractor.characters is None
    assert stored_tagset(VOCABULARY).tags == ("DT", "NN")
    assert stored_lexicon(VOCABULARY).counts == {"the": 2, "dog": 1}
    assert stored_alphabet({"symbols": "ab"}).characters == ("a", "b")
    assert stored_alphabet({"symbols": None}).characters is None


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("words", "thedog", "words: expected a list of texts, got 'thedog'"),
        ("words", ["the", 7], "words: expected a list of texts"),
        ("words", ["the", "the"], "expected different symbols"),
        ("features", {"$e": 1}, "features: expected a list of texts"),
        ("characters", [None], "characters: expected a list of texts"),
        ("tags", [["DT"], "NN"], "tags: expected a list of texts"),
        ("tags", ["DT", "NN\x1b[31m"], "tags: expected texts that can be printed, got 'NN.x1b"),
        ("tags", ["DT", "\ud800"], "tags: expected texts that can be printed"),
        ("tags", ["DT", "DT"], "expected different tags"),
        ("lexicon", [], r"lexicon: expected words with their tags, got \[\]"),
        ("lexicon.tags", [], "lexicon: expected words with their tags"),
        ("lexicon.tags.dog", 7, "lexicon: expected one of the tags, got 7"),
        ("lexicon.default_tag", "XX", "lexicon: expected one of the tags, got 'XX'"),
        ("lexicon.default_tag", [], "lexicon: expected one of the tags"),
        ("lexicon.counts", [2, 1.5], "lexicon: expected whole numbers as counts"),
        ("lexicon.counts", [2, 10**100], "lexicon: expected counts from 0 to 9007199254740992, got 1000"),
        ("lexicon.counts", [-2, 1], "lexicon: expected counts from 0"),
        ("lexicon.counts", [2], "lexicon: expected 2 counts, got 1"),
        ("lexicon.counts", [2, True], "lexicon: expected whole numbers as counts"),
    ],
)
def test_vocabularies_that_are_refused(path: str, value: Any, told: str) -> None:
    vocabulary = copy.deepcopy(VOCABULARY)
    holder: dict[str, Any] = vocabulary
    *parents, last = path.split(".")
    for name in parents:
        holder = holder[name]
    holder[last] = value
    with pytest.raises(ValueError, match=told):
        read_all(vocabulary)


@pytest.mark.parametrize("symbols", [7, ["a"], {"a": 1}, "aa"])
def test_alphabets_that_are_refused(symbols: Any) -> None:
    with pytest.raises(ValueError, match=r"symbols: expected a text|different characters"):
        stored_alphabet({"symbols": symbols})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("network", [], r"network: expected settings by their names, got \[\]"),
        ("network", {"hidden_size": True}, "--hidden-size: expected a whole number, got True"),
        (
            "network",
            {"hidden_size": 10**400},
            "--hidden-size: expected a number of at most 9223372036854775807",
        ),
        ("training", {"learning_rate": 10**400}, "--learning-rate: expected a number of at most"),
        ("network", {"hidden_size": 0}, "--hidden-size: expected a number at least 1"),
        ("network", {"cell": ["lstm"]}, "--cell: expected one of rnn gru lstm"),
        ("network", {"hidden": 1}, "expected a setting of the model"),
        ("corpus", "treebank", "corpus: expected names and values, got 'treebank'"),
        ("corpus", {"name": 7}, "name: expected a text, got 7"),
        ("corpus", {"keep_traces": "yes"}, "--keep-traces: expected true or false, got 'yes'"),
        ("corpus", {"raw_text": [7]}, "--raw-text: expected texts"),
        ("calibration", [1], "calibration: expected names and values"),
        ("calibration", {"temperature": True}, "temperature: expected a number from 0.01 to 100.0, got True"),
        ("calibration", {"temperature": 1e-300}, "temperature: expected a number from 0.01 to 100.0, got 1e-300"),
        ("versions", 7, "versions: expected names and values, got 7"),
    ],
)
def test_settings_and_facts_that_are_refused(name: str, value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        config_and_facts(TaggerConfig, {**TaggerConfig().to_dict(), name: value})


def test_the_file_is_named() -> None:
    with pytest.raises(ValueError, match=r"^vocabulary\.json: no 'words'$"), naming("vocabulary.json"):
        stored_extractor(TaggerConfig().features, {"characters": None})
    with pytest.raises(ValueError, match=r"^vocabulary\.json: tags: expected a list"), naming("vocabulary.json"):
        stored_tagset({"tags": 7})


def test_facts_that_nobody_asks_for_are_kept() -> None:
    config, facts = config_and_facts(TaggerConfig, {**TaggerConfig().to_dict(), "kind": "tagger", "mine": {"a": 1}})
    assert (config, facts) == (TaggerConfig(), {"mine": {"a": 1}})


def test_what_every_tagger_says_of_itself_is_accepted(small_model: Path, tmp_path: Path) -> None:
    folder = read_model_folder(small_model, "tagger")
    write_model_folder(tmp_path / "copy", ModelFolder(folder.config, folder.vocabulary, folder.weights))
    assert Tagger.load(tmp_path / "copy").facts == Tagger.load(small_model).facts
