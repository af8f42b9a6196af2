"""A word -> its id, the ids of its surface features, the ids of its characters.

All of these are functions of the word alone, so they are computed once per distinct word and kept as the rows
of a WordTable; a batch only looks rows up.
"""

import itertools
import operator
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from postagger.data_prep.vocabulary import Vocabulary

_DIGIT = re.compile(r"\d")
_ASCII_SHAPES = str.maketrans(
    dict.fromkeys(string.ascii_uppercase, "X")
    | dict.fromkeys(string.ascii_lowercase, "x")
    | dict.fromkeys(string.digits, "d")
)
SHAPE_LENGTH = 8
_FEW_WORDS = 8
MAX_CHARACTERS = 30


def normalize(word: str) -> str:
    """The key under which a word is looked up: lower-cased, every digit as 0.

    >>> normalize("U.S.-1987")
    'u.s.-0000'
    """
    key = word.lower()
    return key if key.isalpha() else _DIGIT.sub("0", key)


def word_shape(word: str) -> str:
    """The first 8 characters as X (upper case), x (other letters), d (digits), the rest as they are.

    What stands outside of ASCII is told by its Unicode category: dashes Pd, quotes Pi and Pf, emoji So.

    >>> word_shape("McDonald's"), word_shape("10-year"), word_shape("D'Arcy"), word_shape("😀")
    ('XxXxxxxx', 'dd-xxxx', "X'Xxxx", 'So')
    """
    start = word[:SHAPE_LENGTH]
    if start.isascii():
        return start.translate(_ASCII_SHAPES)
    return "".join(map(_character_class, start))


def _character_class(character: str) -> str:
    if character.isdigit():
        return "d"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isascii() else unicodedata.category(character)


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
    shape, flags = _shape_and_flags(word, caseless)
    return [*prefixes, *suffixes, f"shape={shape}", f"flags={flags}"]


def _shape_and_flags(word: str, caseless: bool) -> tuple[str, str]:
    shape = word_shape(word)
    if caseless:
        shape = shape.replace("X", "l").replace("x", "l")
    if word.isascii():
        if not caseless and word.isalpha() and word == word.lower():
            return shape, "---"
        has_capital = word != word.lower()
    else:
        has_capital = any(character.isupper() for character in word)
    has_digit = not word.isalpha() and any(character.isdigit() for character in word)
    capital = "?" if caseless else "C" if has_capital else "-"
    return shape, f"{capital}{'d' if has_digit else '-'}{'h' if '-' in word else '-'}"


@dataclass(frozen=True)
class WordTable:
    """The features of N words, a row each.

    token_ids [N], feature_ids [N, F], character_ids [N, C] or None where the network reads no characters.
    """

    token_ids: np.ndarray
    feature_ids: np.ndarray
    character_ids: np.ndarray | None

    def __len__(self) -> int:
        return len(self.token_ids)

    def padded(self) -> "WordTable":
        """With a row 0 of zeros before the others, which stands for padding."""
        characters = self.character_ids
        return WordTable(
            np.pad(self.token_ids, (1, 0)),
            np.pad(self.feature_ids, ((1, 0), (0, 0))),
            None if characters is None else np.pad(characters, ((1, 0), (0, 0))),
        )


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
        self._ids_by_kind = _ids_by_kind(features)

    @classmethod
    def build(
        cls,
        tokens: Iterable[str] | Mapping[str, int],
        *,
        foreign: Iterable[str] = (),
        min_count: int = 1,
        max_affix_length: int = 4,
        min_affix_count: int = 2,
        use_characters: bool = False,
        normalize_words: bool = True,
        detect_case: bool = False,
    ) -> "FeatureExtractor":
        """Count the tokens of a training split, or take how often it has each.

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
        """The features of words; caseless: which of them stand in sentences of such a kind."""
        kinds = [False] * len(words) if caseless is None else caseless
        keys = list(map(normalize, words))
        symbols = keys if self.normalize_words else words
        token_ids = np.fromiter(map(self.words.encode, symbols), np.int64, len(words))
        feature_ids = (
            self._feature_ids(words, keys, kinds) if self.num_features else np.zeros((len(words), 0), np.int64)
        )
        character_ids = None if self.characters is None else self._character_rows(self.characters, words)
        return WordTable(token_ids, feature_ids, character_ids)

    def _feature_ids(self, words: Sequence[str], keys: Sequence[str], caseless: Sequence[bool]) -> np.ndarray:
        """The ids of the surface_features of N words [N, F]; keys: the normalized words."""
        if len(words) <= _FEW_WORDS:
            longest, encode = self.max_affix_length, self.features.encode
            rows = [
                [encode(name) if name else Vocabulary.pad_id for name in surface_features(word, longest, caseless=kind)]
                for word, kind in zip(words, caseless, strict=True)
            ]
            return np.array(rows, dtype=np.int64).reshape(len(words), self.num_features)
        # The same column by column, without spelling out any name.
        prefixes, suffixes, shapes, flags = self._ids_by_kind
        ids = np.empty((len(words), self.num_features), np.int64)
        num_characters = np.fromiter(map(len, keys), np.int64, len(keys))
        for length in range(1, self.max_affix_length + 1):
            # A word too short for an affix gets padding there, which is another thing than an unknown affix.
            long_enough = num_characters >= length
            for first, known, cut in (
                (0, prefixes, slice(length)),
                (self.max_affix_length, suffixes, slice(-length, None)),
            ):
                column = _looked_up(known, map(operator.itemgetter(cut), keys), len(keys))
                ids[:, first + length - 1] = np.where(long_enough, column, Vocabulary.pad_id)
        pairs = list(map(_shape_and_flags, words, caseless))
        ids[:, -2] = _looked_up(shapes, (shape for shape, _ in pairs), len(pairs))
        ids[:, -1] = _looked_up(flags, (flag for _, flag in pairs), len(pairs))
        return ids

    @staticmethod
    def _character_rows(characters: Vocabulary, words: Sequence[str]) -> np.ndarray:
        width = min(MAX_CHARACTERS, max(map(len, words), default=1)) or 1
        rows = np.zeros((len(words), width), np.int64)
        for row, word in enumerate(words):
            ids = [characters.encode(character) for character in ends(word, width)]
            rows[row, : len(ids)] = ids
        return rows


def _looked_up(ids: Mapping[str, int], names: Iterable[str], count: int) -> np.ndarray:
    """The ids of so many names [N]."""
    return np.fromiter(map(ids.get, names, itertools.repeat(Vocabulary.unk_id)), np.int64, count)


def _ids_by_kind(features: Vocabulary) -> tuple[dict[str, int], ...]:
    """The ids of prefixes, suffixes, shapes and flags, each by what stands beside the mark of its kind."""
    kinds: tuple[dict[str, int], ...] = ({}, {}, {}, {})
    for name in features.symbols:
        number = features.encode(name)
        # A mark may also be part of a word, so that a name can be of two kinds.
        if name.endswith("^"):
            kinds[0][name[:-1]] = number
        for ids, mark in zip(kinds[1:], ("$", "shape=", "flags="), strict=True):
            if name.startswith(mark):
                ids[name.removeprefix(mark)] = number
    return kinds


def ends(word: str, width: int) -> str:
    """The word, or where it is longer than width its first and last characters.

    >>> ends("internationalisation", 6)
    'intion'
    """
    if len(word) <= width:
        return word
    half = width // 2
    return word[: width - half] + word[len(word) - half :]
