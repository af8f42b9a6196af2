"""Tokens that tell by themselves what they are: addresses, user names, emoji, emoticons, typographic signs."""

import re
from collections.abc import Iterable

from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL

URL = r"""(?:https?://|www\.)[^\s<>"]*[^\s<>"'’”.,;:!?)\]]"""
MAIL = r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
EMOTICON = r"[:;=]['-]?(?:\)+|\(+|[\]\[DPpOo/\\|3*])|[xX]D|<3"
EMOJI_STARTS = "\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a-\u23ff"
_MODIFIERS = "\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_ONE_EMOJI = f"[{EMOJI_STARTS}][{_MODIFIERS}]*"  # with its colour, or region
_KEYCAP = r"[0-9#*]\ufe0f?\u20e3"
EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"  # the letters of a country are its flag
    f"|{_ONE_EMOJI}(?:\u200d(?:{_ONE_EMOJI}|[\u2640\u2642]\ufe0f?))*\u200d?"
    f"|{_KEYCAP}"
)
# The same language as (?:EMOJI)+, but each run can be cut in one way only: colours are emoji, too, and a pattern that
# may cut before each of them takes twice as long for each one more.
_EMOJIS = f"(?:[{EMOJI_STARTS}][{EMOJI_STARTS}{_MODIFIERS}]*+\u200d?|{_KEYCAP})+"
_LONGEST_EMOTICON_OF_LETTERS = 2  # xD
_SIGNS = {"“": "``", "„": "``", "”": "''", "…": ":", "—": ":", "–": ":"}
_SIGNS |= {"(": "-LRB-", "[": "-LRB-", "{": "-LRB-", ")": "-RRB-", "]": "-RRB-", "}": "-RRB-"}
_KINDS = (
    (re.compile(f"{URL}|{MAIL}"), "NN"),
    (re.compile(r"@[^\W\d]\w*"), "NNP"),
    (re.compile(f"{EMOTICON}|{_EMOJIS}"), "SYM"),
)


def certain_tag(token: str) -> str | None:
    """The treebank's tag of a token that can be nothing else, or None for any other token.

    >>> [certain_tag(token) for token in ["www.example.org", "me@example.com", "@me", "😀", ":-)", "…", "dog", ":"]]
    ['NN', 'NN', 'NNP', 'SYM', 'SYM', ':', None, None]
    """
    if token.isalpha() and len(token) > _LONGEST_EMOTICON_OF_LETTERS:
        return None  # as most are
    if token in _SIGNS:
        return _SIGNS[token]
    return next((tag for pattern, tag in _KINDS if pattern.fullmatch(token)), None)


def has_only_treebank_tags(tags: Iterable[str]) -> bool:
    """Whether certain_tag speaks of this tagset: others have tags of their own for such tokens."""
    kept = set(tags)
    return kept <= set(PENN_TO_UNIVERSAL) and kept >= {tag for _, tag in _KINDS}
