"""TaggerClassifier: a recurrent tagger as scikit-learn's users know classifiers, of whole sentences.

GridSearchCV(TaggerClassifier(preset="fast"), {"cell": ["rnn", "gru"]}, cv=3).fit(sentences, tags)
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import eq
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_groups import check_sentences
from postagger.errors import ConfigError, InputError
from postagger.integrations.packing import packed, unpacked
from postagger.integrations.recipe import Recipe
from postagger.tagger import Tagger

Tokens = Sequence[str]
Tags = Sequence[str]


class TaggerClassifier(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A tagger for cross_val_score, GridSearchCV, clone and pipelines. A sample is a sentence: its tokens, its tags.

    preset: "default", "thorough", "fast", "accurate" or "seed", which the other settings change. What is None is as
    the preset has it. settings: any further ones, by name: {"optimizer": "adam", "minutes": 1}; every setting is told
    of in docs/models.md. Equal seeds give equal taggers.

    After fit: tagger_, the postagger.Tagger; classes_ [K], its tags in the order of predict_proba's columns. To save
    the model: classifier.tagger_.save("my-tagger"), which postagger.load("my-tagger") reads; such a folder can run no
    code, which a pickle can.
    """

    def __init__(
        self,
        *,
        preset: str = "default",
        seed: int = 1,
        cell: str | None = None,
        embedding_dim: int | None = None,
        hidden_size: int | None = None,
        num_layers: int | None = None,
        bidirectional: bool | None = None,
        input_dropout: float | None = None,
        output_dropout: float | None = None,
        max_affix_length: int | None = None,
        unknown_word_rate: float | None = None,
        learning_rate: float | None = None,
        batch_size: int | None = None,
        num_epochs: int | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.preset = preset
        self.seed = seed
        self.cell = cell
        self.embedding_dim = embedding_dim
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.input_dropout = input_dropout
        self.output_dropout = output_dropout
        self.max_affix_length = max_affix_length
        self.unknown_word_rate = unknown_word_rate
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.num_epochs = num_epochs
        self.settings = settings

    def fit(self, X: Iterable[Tokens], y: Iterable[Tags]) -> "TaggerClassifier":  # noqa: N803  # as scikit-learn has it
        """Train on sentences X and their tags y, and forget all that was known before.

        Raises:
            ConfigError: a setting is not known, or has a value that cannot be used.
            CorpusError: there are no sentences with words.
            InputError: X does not hold sentences of tokens, or y not a tag for each of them.
        """
        recipe = self._recipe()
        self.tagger_: Tagger = recipe.train("scikit-learn", _paired(X, y))
        self.classes_ = np.array(list(self.tagger_.tagset))
        return self

    def predict(self, X: Iterable[Tokens]) -> list[list[str]]:  # noqa: N803
        """The tags of each sentence.

        Raises:
            sklearn.exceptions.NotFittedError: before fit.
            InputError: X does not hold sentences of tokens.
        """
        check_is_fitted(self, "tagger_")
        return [[tag for _, tag in pairs] for pairs in self.tagger_.tag_sents(X)]

    def predict_proba(self, X: Iterable[Tokens]) -> list[np.ndarray]:  # noqa: N803
        """Of each sentence the probabilities of all tags [T, K], columns as classes_.

        Raises:
            sklearn.exceptions.NotFittedError: before fit.
            InputError: X does not hold sentences of tokens.
        """
        check_is_fitted(self, "tagger_")
        return self.tagger_.probabilities(list(X))

    def score(self, X: Iterable[Tokens], y: Iterable[Tags]) -> float:  # noqa: N803
        """The accuracy over all tokens, from 0 to 1.

        Raises:
            sklearn.exceptions.NotFittedError: before fit.
            InputError: X does not hold sentences of tokens, or y not a tag for each of them; or there are no tokens.
        """
        check_is_fitted(self, "tagger_")
        gold = _paired(X, y)
        predicted = self.predict([sentence.tokens for sentence in gold])
        num_tokens = sum(map(len, gold))
        if not num_tokens:
            raise InputError("expected tokens to score, got none; give sentences")
        return sum(sum(map(eq, one.tags, tags)) for one, tags in zip(gold, predicted, strict=True)) / num_tokens

    def _recipe(self) -> Recipe:
        own = {name: value for name, value in self.get_params(deep=False).items() if name not in ("preset", "settings")}
        further = {} if self.settings is None else self.settings
        if not isinstance(further, Mapping):
            raise ConfigError(f'settings: expected a dict, {{"minutes": 1}}, got {type(further).__name__}')
        if twice := [name for name in further if name in own]:
            raise ConfigError(f"settings: expected none that has a parameter, got {twice[0]!r}; set the parameter")
        given = {name: value for name, value in own.items() if value is not None} | dict(further)
        return Recipe.from_settings(self.preset, {name: _plain(value) for name, value in given.items()})

    def __getstate__(self) -> dict[str, Any]:
        """For the processes of n_jobs, and for copies: the tagger as the files of its folder."""
        state: dict[str, Any] = dict(super().__getstate__())
        if "tagger_" in state:
            state["tagger_"] = packed(state["tagger_"].save)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """The reverse of __getstate__."""
        state = dict(state)
        if "tagger_" in state:
            state["tagger_"] = unpacked(state["tagger_"], Tagger.load)
        super().__setstate__(state)


def _plain(value: Any) -> Any:
    """A value as settings have it: searches over arrays give numpy's numbers."""
    return value.item() if isinstance(value, np.generic) else value


def _paired(tokens: Iterable[Tokens], tags: Iterable[Tags]) -> list[Sentence]:
    """Sentences with their tags, looked through."""
    of_tokens, of_tags = list(tokens), list(tags)
    if len(of_tokens) != len(of_tags):
        raise InputError(f"expected tags for each of {len(of_tokens)} sentences, got those of {len(of_tags)}")
    check_sentences(of_tokens)
    sentences = []
    for number, (words, own) in enumerate(zip(of_tokens, of_tags, strict=True)):
        if isinstance(own, str) or not isinstance(own, Sequence) or not all(isinstance(tag, str) for tag in own):
            raise InputError(f"sentence {number}: expected a list of tags of type str, got {str(own)[:40]!r}")
        if len(words) != len(own):
            raise InputError(f"sentence {number}: expected a tag for each of {len(words)} tokens, got {len(own)} tags")
        sentences.append(Sentence(tuple(words), tuple(own)))
    return sentences
