"""The raw rounds, and what the tables make of them: medians, and ratios within a round."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, Any]
Value = Callable[[Figures], float]


@dataclass
class Rounds:
    """What was measured, by part, contestant and round; given a path, appended to it as lines of JSON, too."""

    path: Path | None = None
    known: dict[tuple[str, str], dict[int, Figures]] = field(default_factory=dict)

    def add(self, part: str, contestant: str, number: int, figures: Figures) -> None:
        """One more measurement."""
        self.known.setdefault((part, contestant), {})[number] = figures
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"part": part, "contestant": contestant, "round": number, **figures}) + "\n")

    def middle(self, part: str, contestant: str, value: Value) -> float:
        """The median of the rounds."""
        return median(map(value, self.known[part, contestant].values()))

    def ratio(
        self, part: str, contestant: str, value: Value, to: tuple[str, str], to_value: Value | None = None
    ) -> float | None:
        """The median of the ratios to the value of another part and contestant, round by round.

        None where one of them was not measured.
        """
        own, other = self.known.get((part, contestant)), self.known.get(to)
        if own is None or other is None:
            return None
        return median(value(own[number]) / (to_value or value)(other[number]) for number in own)
