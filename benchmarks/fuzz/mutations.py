"""Files with something wrong with them: bytes flipped, lines dropped, doubled and joined, separators of all kinds."""

from collections.abc import Callable
from random import Random

from .material import BLANKS, LINE_ENDS, NUMBERS, SIGNS, arbitrary, encoded

_MOST = 4


def mutated(random: Random, data: bytes) -> bytes:
    """The same with up to four changes, often none."""
    for _ in range(max(0, random.randrange(-2, _MOST + 1))):
        data = random.choice(_MUTATIONS)(random, data)
    return data


def _flip(random: Random, data: bytes) -> bytes:
    if not data:
        return data
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def _insert(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    piece = encoded(random, random.choice(random.choice([SIGNS, BLANKS, LINE_ENDS, NUMBERS])))
    return data[:place] + piece + data[place:]


def _repeat(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.randrange(1, 20))
    times = random.randrange(2, 2000) if random.random() < 0.05 else 2
    return data[:start] + data[start:end] * times + data[end:]


def _cut_out(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    return data[:start] + data[start + random.randrange(1, 20) :]


def _cut_short(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _change_lines(random: Random, data: bytes) -> bytes:
    """One dropped, doubled, emptied, or moved to the end."""
    lines = data.splitlines(keepends=True) or [b""]
    line = lines.pop(random.randrange(len(lines)))
    place = random.randrange(len(lines) + 1)
    lines[place:place] = random.choice([[], [line, line], [b"\n"], [line.rstrip()]])
    return b"".join(lines)


def _change_separators(random: Random, data: bytes) -> bytes:
    """Blanks or line ends become others, some or all."""
    before = random.choice([b"\t", b" ", b"\n", b"\r\n", b"_", b"/"])
    after = encoded(random, random.choice([*BLANKS, *LINE_ENDS, "", "/", "\x00"]))
    return data.replace(before, after, random.choice([1, 2, -1]))


def _mark_order(random: Random, data: bytes) -> bytes:
    return random.choice([b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2, b"\xff\xfe", b"\xfe\xff", b"\xef\xbb"]) + data


def _add(random: Random, data: bytes) -> bytes:
    return data + arbitrary(random)


_MUTATIONS: list[Callable[[Random, bytes], bytes]] = [
    _flip,
    _insert,
    _insert,
    _repeat,
    _cut_out,
    _cut_short,
    _change_lines,
    _change_lines,
    _change_separators,
    _change_separators,
    _mark_order,
    _add,
]
