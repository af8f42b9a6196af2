"""What the rivals share: what training gives, how their packages are found, CoNLL-U files."""

import importlib
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postagger.data_prep.sentence import Sentence
from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL, UD_NAMES

Tag = Callable[[Sequence[Sequence[str]]], list[list[str]]]


@dataclass(frozen=True)
class Trained:
    """A trained rival: tag turns sentences of tokens into sentences of tags; size is in bytes, as it is saved.

    save: writes to a path what its loader reads; None where there is no loader.
    """

    tag: Tag
    size: int
    save: Callable[[Path], None] | None = None


class MissingRivalError(ImportError):
    """A rival's package is not installed; the message says how to install it."""


def rival_module(name: str, requirement: str) -> Any:
    """Import a module of a rival's package.

    Raises:
        MissingRivalError: it cannot be imported.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingRivalError(f"expected {name}, got none ({error}); pip install {requirement}") from error


def prepare(seed: int) -> None:
    """One thread, and the seed of all that draws random numbers."""
    # Imported here, so that a rival that needs neither can be loaded without the time and the memory they take.
    import numpy as np
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def quieten(logger: str) -> None:
    """Let a package's logger report errors only."""
    logging.getLogger(logger).setLevel(logging.ERROR)


def saves(content: bytes) -> Callable[[Path], None]:
    """What writes this content to a path."""

    def save(path: Path) -> None:
        path.write_bytes(content)

    return save


def pairs(sentences: Iterable[Sentence]) -> list[list[tuple[str, str]]]:
    """The sentences as NLTK has them."""
    return [list(zip(sentence.tokens, sentence.tags, strict=True)) for sentence in sentences]


def conllu(sentences: Iterable[Sequence[str]], tags: Iterable[Sequence[str]]) -> str:
    """CoNLL-U with XPOS, UPOS and a flat tree, which some readers insist on."""
    blocks = (
        "".join(_row(i, *pair) for i, pair in enumerate(zip(tokens, row, strict=True), start=1))
        for tokens, row in zip(sentences, tags, strict=True)
    )
    return "".join(f"{block}\n" for block in blocks)


def _row(number: int, token: str, tag: str) -> str:
    head, relation = ("0", "root") if number == 1 else ("1", "dep")
    return "\t".join([str(number), token, "_", universal(tag), tag, "_", head, relation, "_", "_"]) + "\n"


def universal(tag: str) -> str:
    """The UPOS of a Penn Treebank tag; X for any other tag."""
    mapped = PENN_TO_UNIVERSAL.get(tag, "X")
    return UD_NAMES.get(mapped, mapped)
