"""What inputs are made of: words, tags and whatever has ever been a special case to somebody."""

from random import Random

TAGS = [
    "DT",
    "NN",
    "NNS",
    "VBZ",
    "VB",
    "IN",
    "JJ",
    ".",
    "``",
    "''",
    "-LRB-",
    "PRP$",
    "$",
    "#",
    ":",
    "-NONE-",
    "_",
    "X|Y",
]
LINE_ENDS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\n\r", "\n\n", "\r\r\n"]
BLANKS = [" ", "\t", "\u00a0", "\u2003", "\u3000", "\u202f", "\x1f", "  ", "\t\t", " \t"]
WORDS = """
    The dog barks Dogs bark at old Mr. U.S. e.g. Ph.D. don't can't cannot gonna she's O'Brien 'tis 'em '80s I'd AT&T C++
    well-known 1,000.50 9:30pm 1/2 .5 $5 50% https://example.org/a_(b)?c=d. www.a.b me@example.co.uk @you #tag #1 :-) <3
    naïve İstanbul straße ﬁn हिन्दी 中文。 السلام cafe\u0301 co\u00adop 😀 👍🏽 👩\u200d👩\u200d👧 🇩🇪🇫🇷 1\ufe0f\u20e3
    ❤\ufe0f a/b // / -DOCSTART- -LRB- -NONE- *T*-1 # _ | = a=b|c 1-2 8.1 1.2.3 ٣ ² Ⅻ ... -- `` '' … —
    “Dr. No” «oui» (x) [y] {z} !? n't
""".split()
SIGNS: list[str] = [
    *"\"'’“”‘«»()[]{}<>.,;:!?-–—…/\\|_=#@&%$*+~^`0123456789aZ",
    "n't", "'s", "http://", "www.", "e.g.", ". ", "? ", "\u0301", "\u0316", "\u200d", "\ufe0f", "🏻", "🇩", "😀",
    "\u20e3", "\u200b", "\u202e", "\ufeff", "\ufffe", "\uffff", "\U0010ffff",
    "\x00", "\x1b[2J", "\x7f", "\ud800", "\udfff", "\udcff",
]  # fmt: skip
NUMBERS = ["0", "-1", "00", "1e999", "NaN", "9" * 19, "9" * 5000, "1" + "0" * 400, "18446744073709551616", "0x1", "١"]
_LONGEST_RUN = 3000


def text(random: Random, most: int = 40) -> str:
    """Up to so many pieces; now and then one of them many times over, which is where time is lost."""
    pieces = [_piece(random) for _ in range(random.randrange(most))]
    if pieces and random.random() < 0.02:
        place = random.randrange(len(pieces))
        pieces[place] *= random.randrange(_LONGEST_RUN // len(pieces[place]) + 2)
    return "".join(pieces)


def _piece(random: Random) -> str:
    kind = random.random()
    if kind < 0.35:
        return random.choice(WORDS) + " "
    if kind < 0.6:
        return random.choice(SIGNS)
    if kind < 0.75:
        return random.choice(WORDS)
    if kind < 0.85:
        return random.choice(BLANKS)
    if kind < 0.95:
        return random.choice(LINE_ENDS)
    return chr(random.randrange(0x110000))


def token(random: Random) -> str:
    """What may stand for a token in a file: no blank, no line feed, not empty."""
    if random.random() < 0.8:
        return random.choice(WORDS)
    return "".join(one for one in text(random, 4) if one not in " \t\n") or "x"


def encoded(random: Random, content: str) -> bytes:
    """A text in bytes; halves of surrogate pairs become what is not UTF-8, or are left out."""
    return content.encode("utf-8", random.choice(["surrogatepass", "ignore"]))


def arbitrary(random: Random) -> bytes:
    """Bytes that know of no format: text, or noise."""
    if random.random() < 0.7:
        return encoded(random, text(random))
    return random.randbytes(random.randrange(200))
