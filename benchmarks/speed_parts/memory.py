"""The memory of a long stream."""

from collections.abc import Mapping
from typing import Any

from .measurement import MEMORY_READINGS
from .processes import measured
from .tables import row, table


def print_growth(requests: Mapping[str, Mapping[str, Any]], tokens: int) -> None:
    """The largest resident memory of contestants, each given as the request for its process, in each tenth."""
    readings = {
        name: measured({**request, "task": "stream", "tokens": tokens})["readings"]
        for name, request in requests.items()
    }
    table("Memory of a stream, MB", *readings)
    for number in range(MEMORY_READINGS):
        cells = [f"{of_one[number][1]:.1f}" for of_one in readings.values()]
        row(f"{tokens * (number + 1) // MEMORY_READINGS:,} tokens", *cells)
    growths = []
    for (_, first), *later in readings.values():
        growths.append(f"{100 * (max(largest for _, largest in later) / first - 1):+.1f} %")
    row("growth after the first of these", *growths)
