"""RecurrentTagger: a recurrent tagger as NLTK's users know taggers.

RecurrentTagger().accuracy(treebank.tagged_sents()[3000:])  # the English model that comes with the package
RecurrentTagger(tagged_sentences, preset="fast")            # one's own
UnigramTagger(tagged_sentences, backoff=RecurrentTagger())  # in a chain
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nltk.tag.api import TaggerI
from nltk.tag.sequential import SequentialBackoffTagger

import postagger
from postagger.data_prep.sentence import Sentence
from postagger.errors import ConfigError, InputError
from postagger.integrations.recipe import Recipe
from postagger.tagger import Tagger

TaggedSentence = Iterable[tuple[str, str]]


class RecurrentTagger(SequentialBackoffTagger):  # type: ignore[misc]  # NLTK has no types
    """A tagger of NLTK's; accuracy, confusion, precision, recall, f_measure and evaluate_per_tag are NLTK's own.

    It may stand at the end of a chain of taggers, where a sentence is tagged once, however many of its words the
    taggers before it do not know. To save it: tagger.save of its attribute tagger, a postagger.Tagger.
    """

    def __init__(
        self,
        train: Iterable[TaggedSentence] | None = None,
        model: str | Path | Tagger | None = None,
        *,
        preset: str = "default",
        **settings: Any,
    ) -> None:
        """Train on tagged sentences, or take a model.

        train: sentences of (token, tag) pairs; they are learnt as they are, traces included. model: a model folder or
        ONNX file, the name of a shipped model, or a tagger; without either, the English model that is shipped.
        preset, settings: of training, here or by train, later: "fast", seed=2, cell="lstm".

        Raises:
            ConfigError: both train and model are given; or a setting is not known, or has a value that cannot be used.
            CorpusError: there is nothing to train on.
            InputError: train does not hold tagged sentences.
            ModelFolderError: the model is missing, changed, or not a tagger's.
        """
        super().__init__()
        if train is not None and model is not None:
            raise ConfigError("expected tagged sentences (train) or a trained model (model), got both; leave one out")
        self._recipe = Recipe.from_settings(preset, settings)
        self._tokens: tuple[str, ...] = ()
        self._tags: tuple[str, ...] = ()
        if train is not None:
            self.train(train)
        else:
            self._tagger = _loaded(model)

    @property
    def tagger(self) -> Tagger:
        """What tags."""
        return self._tagger

    def train(self, sentences: Iterable[TaggedSentence]) -> None:
        """Learn tagged sentences, and forget all that was known before.

        Raises:
            CorpusError: there are none with words.
            InputError: they are not sentences of (token, tag) pairs.
        """
        self._tagger = self._recipe.train("nltk", _sentences(sentences))
        self._tokens = self._tags = ()
        TaggerI._confusion_cached.cache_clear()  # NLTK would tell what the tagger said before

    def tag(self, tokens: Sequence[str]) -> list[tuple[str, str]]:
        """One sentence as (token, tag) pairs.

        Raises:
            InputError: tokens is not a sequence of strings.
        """
        return self._tagger.tag(tokens)

    def tag_sents(self, sentences: Iterable[Sequence[str]]) -> list[list[tuple[str, str]]]:
        """Many sentences at once, which is several times as fast as one by one.

        Raises:
            InputError: a sentence is not a sequence of strings.
        """
        return self._tagger.tag_sents(sentences)

    def choose_tag(self, tokens: Sequence[str], index: int, history: Sequence[str]) -> str:
        """The tag of one token; NLTK's chains ask for those of one sentence after each other. history is not looked at.

        Raises:
            InputError: tokens is not a sequence of strings.
        """
        if tuple(tokens) != self._tokens:
            tags = tuple(tag for _, tag in self._tagger.tag(tokens))
            self._tokens, self._tags = tuple(tokens), tags
        return self._tags[index]


def _loaded(model: Any) -> Tagger:
    if isinstance(model, Tagger):
        return model
    if model is None:
        return postagger.load()
    if not isinstance(model, str | Path):
        given = type(model).__name__
        raise ConfigError(f"model: expected a path, the name of a shipped model, or a Tagger, got {given}")
    return postagger.load(model)


def _sentences(tagged: Iterable[TaggedSentence]) -> list[Sentence]:
    if isinstance(tagged, str | Path) or not isinstance(tagged, Iterable):
        given = type(tagged).__name__
        raise InputError(f"train: expected tagged sentences, got {given}; a trained model is taken with model=...")
    return [_sentence(pairs, number) for number, pairs in enumerate(tagged)]


def _sentence(pairs: Any, number: int) -> Sentence:
    """One sentence, looked through."""
    listed = list(pairs) if isinstance(pairs, Iterable) and not isinstance(pairs, str) else [pairs]
    for pair in listed:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            given = repr(pair)[:40]
            raise InputError(f"sentence {number}: expected pairs of a token and its tag, ('dog', 'NN'), got {given}")
    return Sentence.from_pairs(listed)
