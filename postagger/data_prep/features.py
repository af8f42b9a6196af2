"""A word -> its id, the ids of its surface features, the ids of its characters.

All of these are functions of the word alone, so they are computed once per distinct word and kept as the rows
of a WordTable; a batch only looks rows up.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from postagger.data_prep.vocabulary import Vocabulary

_DIGIT = re.compile(r"\d")
SHAPE_LENGTH = 8
BRACKETS = frozenset(("-LRB-", "-RRB-", "-LCB-", "-RCB-"))
_FEWEST_WORDS, _LONG_WORD = 3, 4
_ROWS_KEPT = 1 << 16
MAX_CHARACTERS = 30


def normalize(word: str) -> str:
    """The key under which a word is looked up: lower-cased, every digit as 0.

    >>> normalize("U.S.-1987")
    'u.s.-0000'
    """
    return _DIGIT.sub("0", word.lower())


def word_shape(word: str) -> str:
    """The first 8 characters as X (upper case), x (other letters), d (digits), the rest as they are.

    What stands outside of ASCII is told by its Unicode category: dashes Pd, quotes Pi and Pf, emoji So.

    >>> word_shape("McDonald's"), word_shape("10-year"), word_shape("D'Arcy"), word_shape("😀")
    ('XxXxxxxx', 'dd-xxxx', "X'Xxxx", 'So')
    """
    return "".join(_character_class(character) for character in word[:SHAPE_LENGTH])


def _character_class(character: str) -> str:
    if character.isdigit():
        return "d"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isascii() else unicodedata.category(character)


def is_caseless(tokens: Sequence[str]) -> bool:
    """Whether a sentence's capitals say nothing: it is all lower case, ALL CAPITALS, or Headline Case.

    In headlines short words may be small. A sentence without letters, or of one short word, tells nothing of its kind.

    >>> [is_caseless(text.split()) for text in ["i met ann", "WE MET ANN", "Rain Falls on Small Town", "We met Ann"]]
    [True, True, True, False]
    """
    words = [token for token in tokens if token.lower() != token.upper() and token not in BRACKETS]
    if not words:
        return False
    if all(word == word.lower() for word in words):
        return True
    if len(words) < _FEWEST_WORDS:
        return False
    long_words = [word for word in words if len(word) >= _LONG_WORD]
    is_headline = len(long_words) >= _FEWEST_WORDS and all(word[0].isupper() for word in long_words)
    return is_headline or all(word == word.upper() for word in words)


def surface_features(word: str, max_affix_length: int, *, caseless: bool = False) -> list[str]:
    """The F = 2 * max_affix_length + 2 surface features of a word, always in the same order.

    Prefixes and suffixes of 1..max_affix_length characters of the normalized word ("" where the word is too short),
    the shape, and whether it holds a capital, a digit, a hyphen (after A. Ratnaparkhi, 1996, "A Maximum
    Entropy Model for Part-of-Speech Tagging"). caseless: as a word of a sentence whose capitals say nothing; its shape
    and its flags then do not tell them.

    >>> surface_features("Re-run", 2)
    ['r^', 're^', '$n', '$un', 'shape=Xx-xxx', 'flags=C-h']
    >>> surface_features("7", 2)
    ['0^', '', '$0', '', 'shape=d', 'flags=-d-']
    >>> surface_features("Re-run", 0, caseless=True)
    ['shape=ll-lll', 'flags=?-h']
    """
    key = normalize(word)
    lengths = range(1, max_affix_length + 1)
    prefixes = [f"{key[:length]}^" if length <= len(key) else "" for length in lengths]
    suffixes = [f"${key[-length:]}" if length <= len(key) else "" for length in lengths]
    shape = word_shape(word)
    if caseless:
        shape = shape.replace("X", "l").replace("x", "l")
    flags = [
        "?" if caseless else "C" if any(character.isupper() for character in word) else "-",
        "d" if any(character.isdigit() for character in word) else "-",
        "h" if "-" in word else "-",
    ]
    return [*prefixes, *suffixes, f"shape={shape}", f"flags={''.join(flags)}"]


@dataclass(frozen=True)
class WordTable:
    """The features of N distinct words, a row each; row 0 is padding and all zeros.

    token_ids [N], feature_ids [N, F], character_ids [N, C] or None where the network reads no characters.
    """

    token_ids: Tensor
    feature_ids: Tensor
    character_ids: Tensor | None


class FeatureExtractor:
    """The vocabularies of words, surface features and characters, and the way from a word to their ids."""

    def __init__(
        self,
        words: Vocabulary,
        features: Vocabulary,
        characters: Vocabulary | None,
        *,
        max_affix_length: int,
        normalize_words: bool = True,
        detect_case: bool = False,
    ) -> None:
        self.words = words
        self.features = features
        self.characters = characters
        self.max_affix_length = max_affix_length
        self.normalize_words = normalize_words
        self.detect_case = detect_case
        # A word's features never change, and the frequent words of a text come again with every call.
        self._feature_row = functools.lru_cache(maxsize=_ROWS_KEPT)(self._new_feature_row)

    @classmethod
    def build(
        cls,
        tokens: Iterable[str],
        *,
        foreign: Iterable[str] = (),
        min_count: int = 1,
        max_affix_length: int = 4,
        min_affix_count: int = 2,
        use_characters: bool = False,
        normalize_words: bool = True,
        detect_case: bool = False,
    ) -> "FeatureExtractor":
        """Count the tokens of a training split.

        Words are kept if they occur min_count times, surface features if min_affix_count word types have them.
        foreign: further words, of which only the surface features are counted.
        detect_case: read sentences whose capitals say nothing (is_caseless) without them.
        """
        types = Counter(tokens)
        words: Counter[str] = Counter()
        features: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for word, count in types.items():
            words[normalize(word) if normalize_words else word] += count
            if use_characters:
                characters.update(dict.fromkeys(word, count))
        for word in {**types, **dict.fromkeys(foreign)} if max_affix_length else ():
            names = {*surface_features(word, max_affix_length)}
            if detect_case:
                names.update(surface_features(word, max_affix_length, caseless=True))
            features.update(sorted(filter(None, names)))
        return cls(
            Vocabulary.build(words, min_count),
            Vocabulary.build(features, min_affix_count),
            Vocabulary.build(characters) if use_characters else None,
            max_affix_length=max_affix_length,
            normalize_words=normalize_words,
            detect_case=detect_case,
        )

    def extended(self, other: "FeatureExtractor") -> "FeatureExtractor":
        """With what another extractor of the same kind knows behind its own, whose ids stay as they are."""
        own, others = self.characters, other.characters
        return FeatureExtractor(
            self.words.extended(other.words),
            self.features.extended(other.features),
            None if own is None or others is None else own.extended(others),
            max_affix_length=self.max_affix_length,
            normalize_words=self.normalize_words,
            detect_case=self.detect_case,
        )

    @property
    def num_features(self) -> int:
        """F, the number of surface features of each word; 0 if there are none."""
        return 2 * self.max_affix_length + 2 if self.max_affix_length else 0

    def token_id(self, word: str) -> int:
        """The id under which a word is looked up."""
        return self.words.encode(normalize(word) if self.normalize_words else word)

    def table(self, words: Sequence[str], caseless: Sequence[bool] | None = None) -> WordTable:
        """The features of words, in rows 1..len(words); caseless: which of them stand in sentences of such a kind."""
        kinds = [False] * len(words) if caseless is None else caseless
        token_ids = [Vocabulary.pad_id, *map(self.token_id, words)]
        feature_ids = torch.zeros(len(words) + 1, self.num_features, dtype=torch.long)
        if self.num_features and words:
            feature_ids[1:] = torch.tensor([self._feature_row(*pair) for pair in zip(words, kinds, strict=True)])
        character_ids = None if self.characters is None else self._character_rows(self.characters, words)
        return WordTable(torch.tensor(token_ids), feature_ids, character_ids)

    def _new_feature_row(self, word: str, caseless: bool) -> list[int]:
        # A word too short for an affix gets padding there, which is another thing than an unknown affix.
        names = surface_features(word, self.max_affix_length, caseless=caseless)
        return [self.features.encode(name) if name else Vocabulary.pad_id for name in names]

    @staticmethod
    def _character_rows(characters: Vocabulary, words: Sequence[str]) -> Tensor:
        width = min(MAX_CHARACTERS, max(map(len, words), default=1)) or 1
        rows = torch.zeros(len(words) + 1, width, dtype=torch.long)
        for row, word in enumerate(words, start=1):
            ids = [characters.encode(character) for character in ends(word, width)]
            rows[row, : len(ids)] = torch.tensor(ids, dtype=torch.long)
        return rows


def ends(word: str, width: int) -> str:
    """The word, or where it is longer than width its first and last characters.

    >>> ends("internationalisation", 6)
    'intion'
    """
    if len(word) <= width:
        return word
    half = width // 2
    return word[: width - half] + word[len(word) - half :]
