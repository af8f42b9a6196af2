"""How often the state of a training run is saved."""

import re
from dataclasses import dataclass

from postagger.errors import ConfigError

_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class SaveInterval:
    """After so many steps, or so many seconds; None and None is never, but for signals."""

    steps: int | None = None
    seconds: float | None = 60.0

    @classmethod
    def parse(cls, text: str) -> "SaveInterval":
        """As on the command line: steps, or a time with its unit; 0 for never.

        >>> SaveInterval.parse("500"), SaveInterval.parse("1.5m")
        (SaveInterval(steps=500, seconds=None), SaveInterval(steps=None, seconds=90.0))

        Raises:
            ConfigError: it is neither.
        """
        match = re.fullmatch(r"(\d{1,9})|(\d{1,9}(?:\.\d{1,9})?)([smh])", text.strip(), re.ASCII)
        if match is None:
            raise ConfigError(f"--checkpoint-every: expected steps (500) or a time (30s, 5m, 2h), got {text!r}")
        if match[1] is not None:
            return cls(int(match[1]) or None, None)
        return cls(None, float(match[2]) * _SECONDS[match[3]] or None)

    def is_over(self, steps: int, seconds: float) -> bool:
        """Whether it is time to save, so many steps and seconds after the last time."""
        by_steps = self.steps is not None and steps >= self.steps
        return by_steps or (self.seconds is not None and seconds >= self.seconds)
