"""One training step of a bidirectional LSTM on a padded batch, three ways: python benchmarks/recurrent_layers.py.

Ours (one module a direction, mirrored by an index), torch.nn.LSTM on packed sequences, and our own equations. The three
take turns, so that a machine that slows down slows all of them down.
"""

import time
from collections.abc import Callable
from statistics import median

import torch
from torch import nn

from postagger.models.recurrent import Recurrent

B, T, E, H = 16, 25, 300, 128
ROUNDS = 60


def main() -> None:
    """Time the three, and print the median and its ratio to ours."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    inputs = torch.randn(B, T, E, requires_grad=True)
    lengths = torch.randint(20, T + 1, (B,))
    ours = Recurrent("lstm", E, H, bidirectional=True)
    scratch = Recurrent("lstm", E, H, bidirectional=True, implementation="from-scratch")
    theirs = nn.LSTM(E, H, bidirectional=True, batch_first=True)

    def packed() -> None:
        sequence = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        nn.utils.rnn.pad_packed_sequence(theirs(sequence)[0], batch_first=True)[0].sum().backward()

    steps: dict[str, Callable[[], None]] = {
        "ours": lambda: ours(inputs, lengths).sum().backward(),
        "torch.nn.LSTM, packed": packed,
        "from scratch": lambda: scratch(inputs, lengths).sum().backward(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    for name, values in seconds.items():
        print(f"{name:<24}{median(values) * 1e3:6.2f} ms   {median(values) / median(seconds['ours']):.2f} times ours")


if __name__ == "__main__":
    main()
