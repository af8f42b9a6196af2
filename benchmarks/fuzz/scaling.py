"""Sixteen times as much text takes about sixteen times as long: python -m benchmarks.fuzz.scaling.

Runs of what patterns look back and ahead for are put to whatever reads text, short and sixteen times as long; each run
followed by each other run to what looks for patterns. Time that grows with the square of the length would be 256 times
as long. Prints the worst, and ends with 1 if one of them takes more than 64 times as long.
"""

import argparse
import contextlib
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from postagger.data_prep.formats import FileFormat, FormatName, read_sentences
from postagger.data_prep.sentence_splitting import sentence_spans
from postagger.data_prep.tag_mapping import TagMapping
from postagger.data_prep.tokenization import ABBREVIATIONS, tokenize
from postagger.data_prep.web_tokens import certain_tag
from postagger.errors import PostaggerError
from postagger.serving.messages import TagRequest, parsed
from postagger.serving.refusal import RefusalError

RUNS = [
    '"', "'", "’", "(", ")", "[", "<", ".", "..", ". ", "!", "! ", "?)", ",", ":)", "-", "--", "a-", "a'", "'s ", "n't",
    "can", "http://", "www.", "www.a)", "a@", "a@b.", "@", "#", "1,", "1.", "1,1x,", "U.", "e.g. ", "A. ", "a", "A",
    "é", "\u0301\u0316", "\u00ad", "\ufeff", "😀", "🏻", "🇩", "\u200d", "😀\u200d", "\ufe0f", "1\u20e3",
    " ", "\t", "\n", "\n ", "\r", "\u00a0", ".\u00a0", "\x1c", "\u2028", "/", "_", "0", "中", "\ud800",
]  # fmt: skip
SINGLES = [(one,) for one in RUNS]
TIMES = 16
MOST = 64.0
"""A length of n and of 16 n: 16 for what is linear, 256 for what is quadratic, and a lot of noise."""

_LEAST_SECONDS = 2e-4  # below which a clock and the machine's other work tell more than the code
_ROUNDS = 3

Read = Callable[[str], object]

PATTERNS: dict[str, Read] = {
    "tokenise": tokenize,
    "sentences": lambda text: list(sentence_spans(text, ABBREVIATIONS)),
    "certain tag": certain_tag,
}
"""What looks for patterns in text, by name."""


@dataclass(frozen=True)
class Growth:
    """How many times as long 16 times as much takes, and how long that is."""

    reader: str
    run: str
    times: float
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Measure all, print the worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--length", type=int, default=2000, help="characters of the shorter text (default: 2000)")
    parser.add_argument("--singles", action="store_true", help="leave out the pairs of runs")
    options = parser.parse_args(arguments)
    pairs = [] if options.singles else list(itertools.permutations(RUNS, 2))
    with tempfile.TemporaryDirectory() as folder:
        found = list(growths(PATTERNS | file_readers(Path(folder)), SINGLES, options.length))
        found += growths(PATTERNS, pairs, options.length)
    found.sort(key=lambda one: -one.times)
    print("| reader | run | times as long | seconds |\n|---|---|---:|---:|")
    for one in found[:20]:
        print(f"| {one.reader} | {one.run} | {one.times:.1f} | {one.seconds:.3f} |")
    print(f"\n{len(found):,} measured, {sum(one.times > MOST for one in found)} above {MOST:g}")
    return int(found[0].times > MOST)


def file_readers(folder: Path) -> dict[str, Read]:
    """What reads lines and JSON, by name; files are written to this folder."""
    path = folder / "input"
    return {
        "conllu": lambda text: _file(path, text, "conllu"),
        "word/TAG": lambda text: _file(path, text, "tagged"),
        "columns": lambda text: _file(path, text, "columns"),
        "tag mapping": lambda text: TagMapping.read(_written(path, text)),
        "body": lambda text: parsed(TagRequest, _bytes(text)),
    }


def _file(path: Path, text: str, name: FormatName) -> object:
    return list(read_sentences(_written(path, text), FileFormat(name)))


def _written(path: Path, text: str) -> Path:
    path.write_bytes(_bytes(text))
    return path


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def growths(readers: dict[str, Read], runs: Sequence[tuple[str, ...]], length: int) -> Iterator[Growth]:
    """Of each reader and each run, or run after run, of so many characters and of 16 times as many.

    What seems to grow too fast is measured some more times: a machine has other work to do.
    """
    for (name, read), pieces in itertools.product(readers.items(), runs):
        growth = _growth(name, read, pieces, length, 1)
        yield growth if growth.times <= MOST else _growth(name, read, pieces, length, _ROUNDS)


def _growth(name: str, read: Read, pieces: tuple[str, ...], length: int, rounds: int) -> Growth:
    short = max(_LEAST_SECONDS, _seconds(read, pieces, length, rounds))
    long = _seconds(read, pieces, length * TIMES, rounds)
    return Growth(name, " ".join(map(ascii, pieces)), long / short, long)


def _seconds(read: Read, pieces: tuple[str, ...], length: int, rounds: int) -> float:
    """The least of some rounds, of the processor's time: on a busy machine the clock tells of others' work."""
    text = "".join(piece * (length // len(piece) // len(pieces)) for piece in pieces) + "x"
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        with contextlib.suppress(PostaggerError, RefusalError):  # which must be as quick
            read(text)
        least = min(least, time.process_time() - start)
    return least


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
