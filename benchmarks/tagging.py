"""Tokens per second of a shipped model, one process a core: python benchmarks/tagging.py --processes 2.

Every process tags the first 8,192 sentences of Brown again and again, on one thread; the medians of their rates are
added up.
"""

import argparse
import multiprocessing
import os
import sys
import time

ROUNDS = 6


def main() -> int:
    """Start the processes together, add up what they tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="as many as there are cores")
    parser.add_argument("--model", default="english-news", help="model folder, or a model that comes with the package")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with context.Pool(options.processes) as pool:
        rates = pool.map(rate, [options.model] * options.processes, chunksize=1)
    print(f"{options.processes} processes: {sum(rates):,.0f} tokens/s ({', '.join(f'{one:,.0f}' for one in rates)})")
    return 0


def rate(model: str) -> float:
    """Tokens per second: the median of the rounds, so that neither a lucky nor an unlucky one counts."""
    import torch

    import postagger
    from postagger.data_prep.raw_sentences import load_raw_sentences

    torch.set_num_threads(1)
    tagger = postagger.load(model, device="cpu")
    sentences = load_raw_sentences(["brown"])[:8192]
    count = sum(map(len, sentences))
    rates = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        tagger.predict(sentences)
        rates.append(count / (time.perf_counter() - start))
    return sorted(rates)[ROUNDS // 2]


if __name__ == "__main__":
    sys.exit(main())
