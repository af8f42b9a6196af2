"""How long writing takes: python benchmarks/generation.py. An LSTM of 512 units, untrained, which writes as fast.

The lengths take turns, so that a machine that slows down slows all of them down.
"""

import time
from statistics import median

import torch

from postagger.char_language_model import CharLanguageModel
from postagger.data_prep.characters import Alphabet
from postagger.language_config import LANGUAGE_PRESETS, LanguageModelConfig
from postagger.language_network import build_language_model

LENGTHS = (1_000, 5_000, 10_000)
ROUNDS = 5


def main() -> None:
    """Print, for each length, the median seconds, and seconds relative to the shortest."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    config = LanguageModelConfig.from_settings(LANGUAGE_PRESETS["default"])
    alphabet = Alphabet("".join(map(chr, range(32, 96))))
    model = CharLanguageModel(build_language_model(config.network, len(alphabet)), alphabet, config)
    seconds: dict[int, list[float]] = {length: [] for length in LENGTHS}
    for _ in range(ROUNDS):
        for length in LENGTHS:
            start = time.perf_counter()
            model.generate("A", length, seed=1)
            seconds[length].append(time.perf_counter() - start)
    print("| characters | seconds | times the first | characters/s |\n|---|---|---|---|")
    shortest = median(seconds[LENGTHS[0]])
    for length, values in seconds.items():
        spent = median(values)
        print(f"| {length:,} | {spent:.2f} | {spent / shortest:.1f} | {length / spent:,.0f} |")


if __name__ == "__main__":
    main()
