"""TagChoice: which tags a tagger may give to some words, and the tagset in which it tells them."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from postagger.data_prep.formats import split_blanks
from postagger.data_prep.quoting import printable
from postagger.data_prep.tag_mapping import TagMapping
from postagger.data_prep.text_lines import read_lines
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.errors import ConfigError, InputError

Allowed = Mapping[str, Collection[str]]
"""Words, as they are spelt, with the only tags they may have; these are of the tagset in which tags are told.

Brackets, quotation marks, dashes and apostrophes are as one with others that have the same name in the treebank.
"""


class TagChoice:
    """From scores of a network's K tags to scores of the U tags that are told."""

    def __init__(self, network_tagset: Tagset, mapping: TagMapping | None, allowed: Allowed) -> None:
        """mapping: from the tags of the network to those that are told; None if these are the same.

        Raises:
            ConfigError: the mapping lacks a tag of the network.
            InputError: allowed is no mapping from words to sets of tags that are told.
        """
        self.tagset = network_tagset
        self._told_ids: np.ndarray | None = None
        if mapping is not None:
            mapping.check(network_tagset)
            self.tagset = Tagset.build(mapping[tag] for tag in network_tagset)
            self._told_ids = np.array([self.tagset.encode(mapping[tag]) for tag in network_tagset])
        self._impossible = self._checked(allowed)
        self.mapping, self.allowed = mapping, {word: tuple(tags) for word, tags in allowed.items()}

    def restricts(self, sentences: Sequence[Sequence[str]]) -> np.ndarray:
        """Of N tokens, sentence after sentence, whether only some tags are allowed for it [N]."""
        words = self._impossible
        if not words:
            return np.zeros(sum(map(len, sentences)), bool)
        return np.array([token in words for tokens in sentences for token in tokens], bool)

    def told(self, scores: np.ndarray, sentences: Sequence[Sequence[str]], temperature: float) -> np.ndarray:
        """The scores [N, K] of the network's tags -> scores [N, U] of the tags that are told, -inf if not allowed.

        At this temperature the probability of a tag is that of all tags that it stands for.
        """
        if self._told_ids is not None:
            scores = self._grouped(scores, self._told_ids, temperature)
        restricted = np.flatnonzero(self.restricts(sentences))
        if len(restricted):
            tokens = [token for tokens in sentences for token in tokens]
            masks = np.stack([self._impossible[tokens[place]] for place in restricted])
            scores[restricted] = np.where(masks, -np.inf, scores[restricted])
        return scores

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what from_dict takes."""
        mapping = None if self.mapping is None else self.mapping.to_dict()
        return {"mapping": mapping, "allowed": {word: list(tags) for word, tags in self.allowed.items()}}

    @classmethod
    def from_dict(cls, network_tagset: Tagset, stored: Mapping[str, Any]) -> "TagChoice":
        """The reverse of to_dict."""
        mapping = None if stored["mapping"] is None else TagMapping(**stored["mapping"])
        return cls(network_tagset, mapping, stored["allowed"])

    def _grouped(self, scores: np.ndarray, told_ids: np.ndarray, temperature: float) -> np.ndarray:
        """The logarithm of summed probabilities, at this temperature."""
        highest = scores.max(axis=1, keepdims=True)
        powers = np.exp(np.subtract(scores, highest, dtype=np.float64) / temperature)  # in 32 bits they could vanish
        sums = np.zeros((len(scores), len(self.tagset)))
        for number, told_id in enumerate(told_ids.tolist()):
            sums[:, told_id] += powers[:, number]
        with np.errstate(divide="ignore"):  # what cannot be remains so
            return (np.log(sums) * temperature).astype(np.float32)

    def _checked(self, allowed: Allowed) -> dict[str, np.ndarray]:
        """By word, which of the tags are impossible [U]."""
        if not isinstance(allowed, Mapping):
            raise InputError(f'allowed: expected words with their tags, {{"Python": {{"NNP"}}}}, got {_type(allowed)}')
        masks = {}
        for word, tags in allowed.items():
            if not isinstance(word, str) or not _is_set_of_tags(tags):
                raise InputError(f'allowed: expected a set of tags for {word!r}, {{"NNP"}}, got {tags!r}')
            ids = [self.tagset.encode(tag) for tag in tags]
            if not ids or UNKNOWN_TAG_ID in ids:
                strange = next((tag for tag in tags if tag not in self.tagset), "none")
                known = " ".join(self.tagset)
                raise InputError(f"allowed: expected some of {known} for {word!r}, got {printable(strange)}")
            mask = np.ones(len(self.tagset), bool)
            mask[ids] = False
            masks[word] = mask
        return _with_treebank_names(masks)


def read_lexicon(path: Path) -> dict[str, set[str]]:
    """The tags that words may have, from a UTF-8 file: a word and its tags a line, between blanks.

    Raises:
        CorpusError: the file cannot be read.
        ConfigError: a line has a word without tags; names the line.
    """
    allowed: dict[str, set[str]] = {}
    for number, line in read_lines(path):
        word, *tags = split_blanks(line) or [""]
        if word and not tags:
            raise ConfigError(
                f"{path}, line {number}: expected a word and its tags, got {word[:40]!r} alone; Python NNP"
            )
        if word:
            allowed.setdefault(word, set()).update(tags)
    return allowed


def _with_treebank_names(masks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A bracket is also found under its name in the treebank, as which raw text is tagged."""
    from postagger.data_prep.tokenization import treebank_names

    named = {name: mask for word, mask in masks.items() for name in treebank_names(word)}
    return named | masks


def _is_set_of_tags(tags: object) -> bool:
    if isinstance(tags, str) or not isinstance(tags, Collection):
        return False
    return all(isinstance(tag, str) for tag in tags)


def _type(value: object) -> str:
    return type(value).__name__
