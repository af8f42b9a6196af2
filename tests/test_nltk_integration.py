"""RecurrentTagger as NLTK's users would use it: its scores, its chains of taggers, its way of training."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from nltk.tag import BigramTagger, DefaultTagger, UnigramTagger
from nltk.tag.api import TaggerI

from conftest import SENTENCES
from postagger.data_prep.corpus import Corpus
from postagger.errors import ConfigError, CorpusError, InputError, ModelFolderError
from postagger.evaluation import evaluate
from postagger.integrations.nltk import RecurrentTagger
from postagger.integrations.recipe import Recipe
from postagger.tagger import Tagger

GOLD = [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in SENTENCES]
ONE_WRONG = [[("The", "DT"), ("dog", "NNP"), ("barks", "VBZ"), (".", ".")], *GOLD[1:]]
QUICK: dict[str, Any] = {"preset": "fast", "num_epochs": 2, "embedding_dim": 8, "hidden_size": 8}


@pytest.fixture
def tagger(small_tagger: Tagger) -> RecurrentTagger:
    return RecurrentTagger(model=small_tagger)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The sentences that were tagged one by one."""
    tagged: list[list[str]] = []
    whole = Tagger.tag

    def counted(self: Tagger, tokens: Sequence[str]) -> list[tuple[str, str]]:
        tagged.append(list(tokens))
        return whole(self, tokens)

    monkeypatch.setattr(Tagger, "tag", counted)
    return tagged


def test_nltk_scores_it_with_its_own_methods(tagger: RecurrentTagger, small_tagger: Tagger) -> None:
    assert isinstance(tagger, TaggerI)
    assert tagger.accuracy(GOLD) == 1
    assert tagger.accuracy(ONE_WRONG) == pytest.approx(12 / 13)
    confusion = tagger.confusion(ONE_WRONG)
    assert (confusion["NNP", "NN"], confusion["NN", "NN"], confusion["DT", "DT"]) == (1, 1, 2)
    assert tagger.precision(ONE_WRONG)["NN"] == 0.5
    assert tagger.recall(ONE_WRONG)["NN"] == 1
    assert tagger.f_measure(ONE_WRONG)["NN"] == pytest.approx(2 / 3)
    assert "NN | 0.5000 | 1.0000 | 0.6667" in tagger.evaluate_per_tag(ONE_WRONG)


def test_the_shipped_model_scores_in_nltk_as_in_our_report(treebank: Corpus) -> None:
    sentences = treebank.test[:60]
    tagger = RecurrentTagger()
    ours = evaluate(tagger.tagger, sentences)
    gold = [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in sentences]
    assert tagger.accuracy(gold) == pytest.approx(ours.accuracy)
    assert ours.accuracy > 0.95


def test_many_sentences_are_one_batch(tagger: RecurrentTagger, calls: list[list[str]]) -> None:
    sentences = [[token for token, _ in pairs] for pairs in GOLD]
    assert tagger.tag_sents(iter([*sentences, []])) == [*GOLD, []]
    assert tagger.accuracy(GOLD) == 1
    assert calls == []
    assert tagger.tag(sentences[0]) == GOLD[0]


def test_training_is_that_of_the_same_settings_elsewhere() -> None:
    trained = RecurrentTagger(iter(GOLD), **QUICK)
    random = torch.random.get_rng_state()
    again = RecurrentTagger(model=trained.tagger, **QUICK)
    again.train(GOLD)
    assert torch.equal(torch.random.get_rng_state(), random)  # which belong to the program around
    settings = {name: value for name, value in QUICK.items() if name != "preset"}
    by_hand = Recipe.from_settings("fast", settings).train("by hand", SENTENCES)
    other = RecurrentTagger(GOLD, seed=2, **QUICK)
    tokens = [sentence.tokens for sentence in SENTENCES]
    wanted = [array.tolist() for array in by_hand.probabilities(tokens)]
    assert [array.tolist() for array in trained.tagger.probabilities(tokens)] == wanted
    assert [array.tolist() for array in again.tagger.probabilities(tokens)] == wanted
    assert [array.tolist() for array in other.tagger.probabilities(tokens)] != wanted


def test_after_training_nltk_remembers_nothing_of_before() -> None:
    tagger = RecurrentTagger([[("dog", "A")]], **QUICK)
    gold = [[("dog", "A")]]
    assert tagger.confusion(gold)["A", "A"] == 1
    assert tagger.choose_tag(["dog"], 0, []) == "A"
    tagger.train([[("dog", "B")]])
    assert tagger.confusion(gold)["A", "B"] == 1
    assert tagger.choose_tag(["dog"], 0, []) == "B"


def test_a_sentence_without_words_teaches_nothing_and_traces_are_learnt() -> None:
    tagger = RecurrentTagger([[], [("*-1", "-NONE-"), ("runs", "VBZ")]], **QUICK)
    assert list(tagger.tagger.tagset) == ["-NONE-", "VBZ"]
    assert tagger.tagger.facts["corpus"]["keep_traces"] is True


def test_in_a_chain_a_sentence_is_tagged_once(tagger: RecurrentTagger, calls: list[list[str]]) -> None:
    lesson = [[("The", "DT"), ("dog", "NNP"), ("barks", "VBZ"), ("again", "RB")]]
    unigrams = UnigramTagger(lesson, backoff=tagger)
    assert calls == [["The", "dog", "barks", "again"]]
    chain = BigramTagger(lesson, backoff=unigrams)
    calls.clear()
    old_dog = ["the", "old", "dog", "."]
    assert chain.tag_sents([old_dog, ["The", "dog"]]) == [
        [("the", "DT"), ("old", "JJ"), ("dog", "NNP"), (".", ".")],
        [("The", "DT"), ("dog", "NNP")],
    ]
    assert calls == [old_dog, ["The", "dog"]]
    assert DefaultTagger("NN").backoff is None
    assert unigrams.backoff is tagger


def test_a_list_that_has_changed_is_another_sentence(tagger: RecurrentTagger) -> None:
    tokens = ["Run", "!"]
    assert tagger.choose_tag(tokens, 0, []) == "VB"
    tokens[0] = "dog"
    assert tagger.choose_tag(tokens, 0, []) == "NN"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"train": GOLD, "model": "english-news"}, ConfigError, "expected tagged sentences .* got both"),
        (
            {"train": "english-news"},
            InputError,
            "expected tagged sentences, got str; .* model=",
        ),
        ({"train": []}, CorpusError, "expected sentences to train on, got none"),
        ({"train": [["dog"]]}, InputError, r"sentence 0: expected pairs of a token and its tag, .* got 'dog'"),
        ({"train": [GOLD[0], [("dog", None)]]}, InputError, r"sentence 1: expected pairs .* got \('dog', None\)"),
        ({"model": "nowhere"}, ModelFolderError, "nowhere/manifest.json: expected a file of a model folder"),
        ({"model": 5}, ConfigError, "model: expected a path, the name of a shipped model, or a Tagger, got int"),
        ({"preset": "big"}, ConfigError, "preset: expected one of default thorough fast accurate seed, got 'big'"),
        ({"sed": 2}, ConfigError, r"expected a setting of the model .* got 'sed'"),
        ({"raw_text": "brown"}, ConfigError, "--raw-text: expected texts, got 'brown'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        RecurrentTagger(**arguments)


def test_what_is_no_sentence(tagger: RecurrentTagger) -> None:
    with pytest.raises(InputError, match="sentence 0: expected a list of tokens, got a str"):
        tagger.tag("The dog barks.")
    with pytest.raises(InputError, match="sentence 1: expected tokens of type str, got int"):
        tagger.tag_sents([["dog"], [5]])  # type: ignore[list-item]
