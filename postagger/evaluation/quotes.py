"""A token in its sentence, short enough to be read in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from postagger.errors import ConfigError

DEFAULT_WORDS = 30
_LONGEST_TOKEN = 60


@dataclass(frozen=True)
class Quoting:
    """words: how many to quote on each side of a token; 0 for the token alone, where the text must not be shown."""

    words: int = DEFAULT_WORDS

    def __post_init__(self) -> None:
        if self.words < 0:
            raise ConfigError(f"--quote: expected a whole number of at least 0, got {self.words}")

    def around(self, tokens: Sequence[str], place: int) -> tuple[str, str]:
        """What stands before a token and after it.

        >>> Quoting(2).around("If you can read this".split(), 3)
        ('… you can', 'this')
        """
        start, end = max(0, place - self.words), place + 1 + self.words
        if not self.words:
            return "", ""
        before = [*(["…"] if start else []), *tokens[start:place]]
        after = [*tokens[place + 1 : end], *(["…"] if end < len(tokens) else [])]
        return " ".join(map(shortened, before)), " ".join(map(shortened, after))


def shortened(token: str) -> str:
    """A token of at most 60 characters."""
    return token if len(token) <= _LONGEST_TOKEN else token[: _LONGEST_TOKEN - 1] + "…"
