"""TaggerClassifier under scikit-learn's own searches, clones and folds."""

import copy
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score

from conftest import SENTENCES
from postagger import tagger_training
from postagger.config import PRESETS
from postagger.data_prep.corpus import Corpus
from postagger.errors import ConfigError, CorpusError, InputError, ModelFolderError
from postagger.integrations.packing import unpacked
from postagger.integrations.recipe import Recipe
from postagger.integrations.sklearn import TaggerClassifier
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

TOKENS = [list(sentence.tokens) for sentence in SENTENCES]
TAGS = [list(sentence.tags) for sentence in SENTENCES]
QUICK: dict[str, Any] = {"preset": "fast", "num_epochs": 2, "embedding_dim": 8, "hidden_size": 8}


def quick(**settings: Any) -> TaggerClassifier:
    return TaggerClassifier(**{**QUICK, **settings})


def test_it_learns_predicts_and_scores() -> None:
    classifier = TaggerClassifier(num_epochs=60, batch_size=2, learning_rate=0.02, unknown_word_rate=0.1)
    assert classifier.fit(TOKENS, TAGS) is classifier
    assert classifier.predict([*TOKENS, []]) == [*TAGS, []]
    assert classifier.score(TOKENS, TAGS) == 1
    assert classifier.score(TOKENS[2:], [["VB", "NN"]]) == 0.5
    assert classifier.classes_.tolist() == sorted({tag for tags in TAGS for tag in tags})
    probabilities = classifier.predict_proba([*TOKENS, []])
    assert [array.shape for array in probabilities] == [(4, 9), (7, 9), (2, 9), (0, 9)]
    assert [classifier.classes_[array.argmax(axis=1)].tolist() for array in probabilities] == [*TAGS, []]
    assert np.concatenate(probabilities).sum(axis=1) == pytest.approx(np.ones(13))
    assert classifier.predict_proba([]) == classifier.predict([]) == []


def test_equal_seeds_give_equal_taggers_and_data_may_come_as_it_likes() -> None:
    wanted = [array.tolist() for array in quick().fit(TOKENS, TAGS).predict_proba(TOKENS)]
    tuples = quick().fit(map(tuple, TOKENS), map(tuple, TAGS))
    objects = quick().fit(np.array(TOKENS, dtype=object), np.array(TAGS, dtype=object))
    assert [array.tolist() for array in tuples.predict_proba(TOKENS)] == wanted
    assert [array.tolist() for array in objects.predict_proba(np.array(TOKENS, dtype=object))] == wanted
    other = quick(seed=2).fit(TOKENS, TAGS)
    assert [array.tolist() for array in other.predict_proba(TOKENS)] != wanted


def test_threads_do_not_share_random_numbers() -> None:
    wanted = [array.tolist() for array in quick().fit(TOKENS, TAGS).predict_proba(TOKENS)]
    with ThreadPoolExecutor(3) as threads:
        for fitted in threads.map(lambda _: quick().fit(TOKENS, TAGS), range(3)):
            assert [array.tolist() for array in fitted.predict_proba(TOKENS)] == wanted


def test_grid_search_and_folds_find_what_helps(treebank: Corpus) -> None:
    sentences = treebank.train[:90]
    tokens, tags = [one.tokens for one in sentences], [one.tags for one in sentences]
    grid = {"num_epochs": np.array([1, 4]), "cell": ["rnn"]}
    search = GridSearchCV(quick(learning_rate=0.02), grid, cv=2).fit(tokens, tags)
    assert search.best_params_ == {"num_epochs": 4, "cell": "rnn"}
    folds = list(KFold(2).split(tokens))
    best = clone(search.best_estimator_)
    assert search.best_score_ == pytest.approx(np.mean(cross_val_score(best, tokens, tags, cv=2)))
    train, test = folds[0]
    best.fit([tokens[number] for number in train], [tags[number] for number in train])
    by_hand = best.score([tokens[number] for number in test], [tags[number] for number in test])
    assert search.cv_results_["split0_test_score"][1] == by_hand
    assert search.score(tokens[:5], tags[:5]) == search.best_estimator_.score(tokens[:5], tags[:5])


def test_parameters_are_stored_as_given_and_a_clone_knows_nothing() -> None:
    settings = {"optimizer": "adam"}
    classifier = quick(settings=settings).fit(TOKENS, TAGS)
    assert classifier.get_params()["settings"] is settings
    assert classifier.tagger_.config.training.optimizer == "adam"
    fresh = clone(classifier)
    assert fresh.get_params() == classifier.get_params()
    assert not hasattr(fresh, "tagger_")
    assert fresh.set_params(hidden_size=9).hidden_size == 9
    with pytest.raises(ValueError, match="Invalid parameter 'sed'"):
        fresh.set_params(sed=2)


def test_half_a_training_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any, **more: Any) -> Any:
        tagger, result = train_tagger(*arguments, **more)
        result.interrupted_by = signal.SIGINT  # as after Ctrl-C
        return tagger, result

    monkeypatch.setattr(tagger_training, "train_tagger", interrupted)
    classifier = quick()
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(TOKENS, TAGS)
    assert not hasattr(classifier, "tagger_")


def test_before_fit() -> None:
    for ask in (quick().predict, quick().predict_proba, lambda tokens: quick().score(tokens, TAGS)):
        with pytest.raises(NotFittedError):
            ask(TOKENS)


def test_a_copy_is_the_same_tagger_as_for_another_process() -> None:
    classifier = quick().fit(TOKENS, TAGS)
    wanted = [array.tolist() for array in classifier.predict_proba(TOKENS)]  # after which scorers are at work
    copied = copy.deepcopy(classifier)
    assert copied.tagger_ is not classifier.tagger_
    assert [array.tolist() for array in copied.predict_proba(TOKENS)] == wanted
    assert copy.deepcopy(quick()).get_params() == quick().get_params()
    files = classifier.__getstate__()["tagger_"]
    assert sorted(files)[0] == "config.json"
    for name in ("../config.json", "/config.json"):
        with pytest.raises(ModelFolderError, match="expected the names of files inside a model folder"):
            unpacked({**files, name: b""}, Tagger.load)


def test_every_preset_is_a_recipe() -> None:
    for preset in PRESETS:
        recipe = Recipe.from_settings(preset, {"seed": 3})
        assert recipe.config.training.seed == 3
        assert bool(recipe.raw_text) == (preset == "accurate")


def test_raw_text_teaches_first(tmp_path: Path) -> None:
    path = tmp_path / "raw.txt"
    path.write_text("The cat sleeps. Dogs bark. The old cat barks at the dog.\n" * 9, encoding="utf-8")
    classifier = quick(settings={"raw_text": [str(path)], "vector_dim": 4, "min_raw_count": 1}).fit(TOKENS, TAGS)
    assert "sleeps" in classifier.tagger_.extractor.words
    assert classifier.tagger_.facts["corpus"]["raw_text"] == (str(path),)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"preset": "big"}, "preset: expected one of default thorough fast accurate seed, got 'big'"),
        ({"cell": "xyz"}, "--cell: expected one of rnn gru lstm, got 'xyz'"),
        ({"settings": {"cell": "gru"}}, "settings: expected none that has a parameter, got 'cell'; set the parameter"),
        ({"settings": {"sed": 1}}, r"expected a setting of the model .* got 'sed'"),
        ({"settings": 5}, r"settings: expected a dict, .* got int"),
    ],
)
def test_bad_parameters_are_told_by_fit(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        quick(**parameters).fit(TOKENS, TAGS)


@pytest.mark.parametrize(
    ("tokens", "tags", "message"),
    [
        (TOKENS, TAGS[:2], "expected tags for each of 3 sentences, got those of 2"),
        (["The dog"], [["DT"]], "sentence 0: expected a list of tokens, got a str"),
        ([["dog"], ["dog"]], [["NN"], "NN"], "sentence 1: expected a list of tags of type str, got 'NN'"),
        ([["dog"]], [[5]], r"sentence 0: expected a list of tags of type str, got '\[5\]'"),
        ([["the", "dog"]], [["DT"]], "sentence 0: expected a tag for each of 2 tokens, got 1 tags"),
    ],
)
def test_bad_data(tokens: Any, tags: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        quick().fit(tokens, tags)


def test_nothing_to_learn_or_to_score() -> None:
    without: list[Any] = [[], [[]]]
    for nothing in without:
        with pytest.raises(CorpusError, match="expected sentences to train on, got none"):
            quick().fit(nothing, nothing)
        with pytest.raises(InputError, match="expected tokens to score, got none"):
            quick().fit(TOKENS, TAGS).score(nothing, nothing)
