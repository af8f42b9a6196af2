"""TagMapping: the tags of one tagset as those of another."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from postagger.data_prep.formats import split_blanks
from postagger.data_prep.quoting import printable, quoted
from postagger.data_prep.text_lines import read_lines
from postagger.data_prep.universal_tags import PENN_TO_UD, PENN_TO_UNIVERSAL
from postagger.errors import ConfigError

PENN = "ptb"
"""The name of the tagset that needs no mapping."""


class TagMapping:
    """From each tag to that which stands for it; a tag it does not know is an error, never passed on.

    >>> universal = TagMapping.named("universal")
    >>> universal["NNS"], universal["VBZ"]
    ('NOUN', 'VERB')
    """

    def __init__(self, name: str, tags: Mapping[str, str]) -> None:
        """name: what messages call it."""
        self.name = name
        self._tags = dict(tags)

    @classmethod
    def named(cls, name: str) -> "TagMapping":
        """One of MAPPINGS: "universal", the 12 universal tags, or "ud", the 17 of Universal Dependencies.

        Raises:
            ConfigError: there is none of this name.
        """
        if name not in MAPPINGS:
            raise ConfigError(f"expected one of {' '.join(MAPPINGS)}, or a file, got {name!r}")
        return cls(name, MAPPINGS[name])

    @classmethod
    def read(cls, path: Path) -> "TagMapping":
        """From a UTF-8 file with two tags a line, the known one and the one that stands for it; "#" is a tag.

        Raises:
            CorpusError: the file cannot be read.
            ConfigError: a line holds something else, or a tag stands there twice; names the line.
        """
        tags: dict[str, str] = {}
        for number, line in read_lines(path):
            pair = split_blanks(line)
            if len(pair) not in (0, 2):
                raise ConfigError(f"{path}, line {number}: expected two tags, NN NOUN, got {quoted(line.strip())}")
            if pair and tags.setdefault(pair[0], pair[1]) != pair[1]:
                raise ConfigError(
                    f"{path}, line {number}: expected one tag for {quoted(pair[0])}, got a second; take one out"
                )
        if not tags:
            raise ConfigError(f"{path}: expected a pair of tags a line, NN NOUN, got none")
        return cls(str(path), tags)

    @classmethod
    def find(cls, name: "TagsetName") -> "TagMapping | None":
        """By name, or from the file of this path; None for "ptb", which needs no mapping.

        Raises:
            CorpusError, ConfigError: there is no such thing, or it cannot be used.
        """
        if isinstance(name, TagMapping):
            return name
        if name == PENN:
            return None
        if name in MAPPINGS:
            return cls.named(str(name))
        if not isinstance(name, str | Path) or not os.path.lexists(name):  # which no name is too long for
            known = " ".join(TAGSETS)
            raise ConfigError(f"tagset: expected one of {known}, or a file that maps tags, got {str(name)[:40]!r}")
        return cls.read(Path(name))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what the constructor takes."""
        return {"name": self.name, "tags": self._tags}

    def check(self, tags: Iterable[str]) -> None:
        """Whether it knows all tags.

        Raises:
            ConfigError: it does not; names those it lacks.
        """
        if missing := [tag for tag in tags if tag not in self._tags]:
            raise ConfigError(
                f"tagset {self.name}: expected only tags that it maps, got {printable(' '.join(missing))}; use {PENN} "
                f"for the model's own tags, or a file that maps them all"
            )

    def __getitem__(self, tag: str) -> str:
        if tag not in self._tags:
            self.check([tag])
        return self._tags[tag]


_TRACE = {"-NONE-": "X"}  # as NLTK maps it
MAPPINGS = {"universal": PENN_TO_UNIVERSAL | _TRACE, "ud": PENN_TO_UD | _TRACE}
"""The mappings of Penn Treebank tags that have a name."""
TAGSETS = (PENN, *MAPPINGS)
"""The tagsets that have a name; others are files."""

TagsetName = str | Path | TagMapping
"""A tagset to tell tags in: "ptb", a key of MAPPINGS, a file that maps the tags, or what maps them."""
