"""Limits: how much a request may ask for."""

from dataclasses import dataclass

from postagger.errors import ConfigError


@dataclass(frozen=True)
class Limits:
    """body_bytes, tokens: of one request; a sentence counts as a token at least. seconds: from its head to its answer.

    concurrency: requests that are worked on at the same time.

    Raises:
        ConfigError: one is not positive.
    """

    body_bytes: int = 1_000_000
    tokens: int = 20_000
    seconds: float = 10.0
    concurrency: int = 64

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                flag = name.replace("_", "-")
                raise ConfigError(f"--max-{flag}: expected a number above 0, got {value}")
