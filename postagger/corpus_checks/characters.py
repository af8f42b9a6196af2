"""Characters that should not stand in a corpus: lost, mistaken for others, or not to be seen."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from postagger.corpus_checks.finding import Example, Finding, Weight, counted, first_of_each
from postagger.corpus_checks.placed_corpus import PlacedCorpus, visible
from postagger.data_prep.text_lines import read_lines

CHECK = "encoding"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MOST_CHARACTERS = 60
# The joiners that some scripts and emoji need are odd only beside ASCII.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_WIDE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_SPACES = re.compile(rf"(?<=\S){_WIDE}|{_WIDE}(?=\S)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _as_windows_1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", errors="ignore") or chr(byte)


# Both old encodings at once: the bytes that windows-1252 does not have stand for themselves in Latin-1.
_BYTES = {_as_windows_1252(byte): byte for byte in range(0x80, 0x100)} | {
    chr(byte): byte for byte in range(0x80, 0x100)
}
_FOLLOWING = "[" + re.escape("".join(character for character, byte in _BYTES.items() if 0x80 <= byte < 0xC0)) + "]"
_UTF8_SEQUENCE = re.compile(
    f"[\u00c2-\u00df]{_FOLLOWING}|[\u00e0-\u00ef]{_FOLLOWING}{{2}}|[\u00f0-\u00f4]{_FOLLOWING}{{3}}"
)
_SURE_STARTS = "\u00c2\u00c3\u00e2\u00f0"  # those of Western letters and marks, and of emoji


@dataclass(frozen=True)
class _Kind:
    """What is odd about a text, and whether a text has it."""

    name: str
    weight: Weight
    is_in: Callable[[str], object]
    advice: str
    in_comments_too: bool = True


def mended(text: str) -> str | None:
    """What a text was before its UTF-8 was read as Latin-1 or windows-1252; None if it does not look so.

    >>> mended("cafÃ©"), mended("dogâ€™s"), mended("São")
    ('café', 'dog’s', None)
    """
    found = [match[0] for match in _UTF8_SEQUENCE.finditer(text) if _decoded(match[0])]
    if not found or (len(found) == 1 and found[0][0] not in _SURE_STARTS):
        return None
    return _UTF8_SEQUENCE.sub(lambda match: _decoded(match[0]) or match[0], text)


def _decoded(sequence: str) -> str | None:
    try:
        text = bytes(_BYTES[character] for character in sequence).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if unicodedata.category(text) in ("Cc", "Cn", "Co") else text


_KINDS = [
    _Kind("a character that was lost (U+FFFD)", "mend", re.compile("\ufffd").search, "take them from the source again"),
    _Kind(
        "UTF-8 that was read as Latin-1 or windows-1252",
        "mend",
        mended,
        "read the source again as UTF-8; the text after -> is what it was",
    ),
    _Kind("control characters", "mend", _CONTROL.search, "take them out, or read the source in its own encoding"),
    _Kind("invisible characters", "mend", _INVISIBLE.search, "take them out: the same word looks like two to a tagger"),
    _Kind(
        "spaces that do not break",
        "look",
        _SPACES.search,
        "split such tokens, or write these spaces as your text to tag will have them",
        in_comments_too=False,
    ),
    _Kind(
        "letters and accents apart (not NFC)",
        "look",
        lambda text: not unicodedata.is_normalized("NFC", text),
        "bring all text to NFC (unicodedata.normalize), that to tag as well",
    ),
]


def check_characters(corpus: PlacedCorpus) -> list[Finding]:
    """Odd characters in tokens; those that stand elsewhere in the files; byte order marks."""
    suspects = {token for sentence in corpus.sentences for token in sentence.tokens if not _is_plain(token)}
    found = [_in_tokens(corpus, kind, suspects) for kind in _KINDS]
    missing = [kind for kind, finding in zip(_KINDS, found, strict=True) if not finding and kind.in_comments_too]
    lines = _suspect_lines(corpus) if missing else []
    found += [_in_lines(kind, lines) for kind in missing]
    found.append(_byte_order_marks(corpus))
    return [finding for finding in found if finding]


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _in_tokens(corpus: PlacedCorpus, kind: _Kind, suspects: Iterable[str]) -> Finding | None:
    odd = {token for token in suspects if kind.is_in(token)}
    places = list(corpus.places(tokens=odd)) if odd else []
    if not places:
        return None
    examples = ((corpus.at(place)[0], place) for place in places)
    return Finding(
        CHECK,
        kind.weight,
        f"{counted(len(places), 'token')} with {kind.name}",
        len(places),
        kind.advice,
        first_of_each((token, Example(corpus.where(*place), _shown(token))) for token, place in examples),
    )


def _in_lines(kind: _Kind, lines: Iterable[tuple[str, str]]) -> Finding | None:
    odd = [Example(where, _shown(_odd_word(kind, line))) for where, line in lines if kind.is_in(line)]
    if not odd:
        return None
    what = f"{counted(len(odd), 'line')} with {kind.name}, though no token that is read has them"
    advice = "no tagger sees them here; other readers of the file may"
    return Finding(CHECK, "know", what, len(odd), advice, first_of_each((one.text, one) for one in odd))


def _odd_word(kind: _Kind, line: str) -> str:
    return next((word for word in re.split("[ \t]", line) if kind.is_in(word)), line)


def _suspect_lines(corpus: PlacedCorpus) -> list[tuple[str, str]]:
    """The lines of the files that are not all printable ASCII, and where they stand."""
    lines = ((path, number, line) for path in corpus.files for number, line in read_lines(path))
    return [
        (f"{corpus.short_name(path)}:{number}", line)
        for path, number, line in lines
        if not _is_plain(line.replace("\t", " "))
    ]


def _byte_order_marks(corpus: PlacedCorpus) -> Finding | None:
    marked = [path for path in corpus.files if _starts_with_mark(path)]
    if not marked:
        return None
    what = f"{counted(len(marked), 'file')} with a byte order mark at the start"
    advice = "passed over here; other tools take it for a part of the first token: save as UTF-8 without it"
    examples = first_of_each((str(path), Example(corpus.short_name(path) + ":1", "<U+FEFF>")) for path in marked)
    return Finding(CHECK, "know", what, len(marked), advice, examples)


def _starts_with_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK


def _shown(text: str) -> str:
    """An odd text so that one sees what is odd, and what it was, if that can be told."""
    before = mended(text)
    apart = "".join(f"<U+{ord(one):04X}>" if unicodedata.combining(one) else one for one in text)
    shown = visible(text if unicodedata.is_normalized("NFC", text) else apart)
    return shown[:_MOST_CHARACTERS] + (f" -> {visible(before)[:_MOST_CHARACTERS]}" if before else "")
