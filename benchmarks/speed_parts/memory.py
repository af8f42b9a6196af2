"""The memory of a long stream."""

from collections.abc import Mapping
from typing import Any

from .measurement import MEMORY_READINGS
from .processes import measured
from .tables import row, table


def print_growth(requests: Mapping[str, Mapping[str, Any]], tokens: int) -> None:
    """The resident memory of contestants, each given as the request for its process, after each tenth of the tokens."""
    readings = {
        name: measured({**request, "task": "stream", "tokens": tokens})["readings"]
        for name, request in requests.items()
    }
    table("Memory of a stream, MB", *readings)
    for number in range(MEMORY_READINGS):
        cells = [f"{of_one[number][1]:.1f}" for of_one in readings.values()]
        row(f"{tokens * (number + 1) // MEMORY_READINGS:,} tokens", *cells)
    growths = [f"{100 * (of_one[-1][1] / of_one[0][1] - 1):+.1f} %" for of_one in readings.values()]
    row("growth after the first of these", *growths)
