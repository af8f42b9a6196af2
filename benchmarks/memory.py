"""Memory: python -m benchmarks.memory tells whether a tagger grows as it works; exit code 1 if it does.

Two loads on one Tagger: ten million tokens streamed, and a million short sentences, one call each. The text is the
beginning of Brown again and again with words that nobody has ever seen among it, more than the tagger remembers. Told
are the largest resident megabytes of each tenth, after as much has been done once to warm up. Linux only; needs NLTK's
Brown corpus.
"""

import argparse
import itertools
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nltk.corpus import brown

import postagger

BEGINNING = 10_000  # sentences of Brown
UNSEEN = 0.02  # of the tokens
POINTS = 10
MOST_GROWTH = 0.02
LOOK_EVERY = 256
PAGE = 4096
LETTERS = "aabcdeeefghiiklmnoooprsttuvwXYZ019-"


def main() -> int:
    """Stream, call, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="english-news", help="a shipped model or a model folder")
    parser.add_argument("--tokens", type=int, default=10_000_000, help="tokens to stream")
    parser.add_argument("--requests", type=int, default=1_000_000, help="sentences to tag one by one")
    options = parser.parse_args()
    tagger = postagger.load(options.model, device="cpu")
    beginning = list(map(list, itertools.islice(brown.sents(), BEGINNING)))
    sentences = endless(beginning, random.Random(0))
    streamed = map(len, tagger.stream(sentences))
    growths = [watched("tokens streamed", options.tokens, lambda: next(streamed))]
    short = endless([tokens[:6] for tokens in beginning], random.Random(1))
    growths.append(watched("sentences tagged", options.requests, lambda: len(tagger.tag(next(short))) > 0))
    return int(max(growths) >= MOST_GROWTH)


def endless(sentences: list[list[str]], generator: random.Random) -> Iterator[list[str]]:
    """The sentences in ever new orders, some of their words replaced by made-up ones."""
    while True:
        tokens = generator.choice(sentences)
        yield [made_up(generator) if generator.random() < UNSEEN else token for token in tokens]


def made_up(generator: random.Random) -> str:
    """A word that hardly ever comes again."""
    return "".join(generator.choices(LETTERS, k=generator.randint(7, 14)))


def watched(name: str, total: int, work: Callable[[], int]) -> float:
    """Do so much, and a tenth of it before; print the largest memory of each tenth, and return how much it has grown.

    work: tells how much it has done, each time.
    """
    largest, start = [], time.monotonic()
    for point in range(POINTS + 1):
        done, megabytes = 0, resident()
        for number in itertools.count():
            if done >= total // POINTS:
                break
            done += work()
            if number % LOOK_EVERY == 0:
                megabytes = max(megabytes, resident())
        largest.append(max(megabytes, resident()))
        about = f"{point * total // POINTS:>12,} {name}" if point else f"after warming up, {name}"
        print(f"{about:<36} {largest[-1]:8.1f} MB", flush=True)
    growth = max(largest[1:]) / largest[0] - 1
    print(f"growth {growth:+.2%}, {time.monotonic() - start:.0f} s\n", flush=True)
    return growth


def resident() -> float:
    """Megabytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


if __name__ == "__main__":
    sys.exit(main())
