"""WindowBatch: what a language model is trained on in one step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from postagger.data_prep.batching import row_parts
from postagger.data_prep.characters import Windows


@dataclass(frozen=True)
class WindowBatch:
    """The windows of each direction; first: of an epoch or, with fresh states, anyway.

    rows: which of the rows side by side these are, where they are not all.
    """

    windows: Mapping[str, Windows]
    first: bool
    rows: slice = field(default_factory=lambda: slice(None))

    def split(self, parts: int) -> "list[WindowBatch]":
        """So many batches with a part of the rows each, or fewer where there are not so many."""
        size = len(next(iter(self.windows.values())).inputs)
        stretches = [slice(int(part[0]), int(part[-1]) + 1) for part in row_parts(torch.arange(size), parts)]
        return [
            WindowBatch({name: windows.rows(rows) for name, windows in self.windows.items()}, self.first, rows)
            for rows in stretches
        ]
