"""Text of others as it may stand in a message of one line: short, and without what ends lines or moves a cursor."""

import unicodedata

_LONGEST = 40


def quoted(text: str) -> str:
    r"""A text in quotation marks, cut short, with escapes for what cannot be seen.

    >>> print(quoted("a\tb"))
    'a\tb'
    """
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "...")


def printable(text: str) -> str:
    r"""A text without quotation marks, whole, with escapes for what cannot be seen.

    >>> print(printable("naïve\n\u2028"))
    naïve\n\u2028
    """
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def has_controls(text: str) -> bool:
    r"""Whether there are control characters in a text, which a terminal would obey, or halves of characters.

    >>> has_controls("NN\x7f"), has_controls("né\u2028")
    (True, False)
    """
    return not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text)
