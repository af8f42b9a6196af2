"""Tags in the colours of their word classes, for terminals that have some."""

import os
from typing import TextIO

from postagger.data_prep.universal_tags import PENN_TO_UD, UD_NAMES

# Such as can be told from black and from white; what is left out keeps the colour of the text.
_COLORS = {
    "NOUN": "34",  # blue
    "PROPN": "1;34",
    "PRON": "36",  # cyan
    "NUM": "36",
    "VERB": "31",  # red
    "AUX": "31",
    "ADJ": "32",  # green
    "ADV": "33",  # yellow
    "DET": "35",  # magenta
    "ADP": "35",
    "CCONJ": "35",
    "SCONJ": "35",
    "PART": "35",
}
_REVERSED = "7"


def wants_color(stream: TextIO) -> bool:
    """Whether it is a terminal with colours, whose user wants them (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def colored(text: str, tag: str, uncertain: bool) -> str:
    r"""A text in the colour of a tag's word class, reversed if it is uncertain.

    >>> colored("NN", "NN", False), colored("dog?", "NN", True)
    ('\x1b[34mNN\x1b[0m', '\x1b[34;7mdog?\x1b[0m')
    >>> colored(",", ",", False)
    ','
    """
    word_class = PENN_TO_UD.get(tag, UD_NAMES.get(tag, tag))
    codes = [_COLORS[word_class]] if word_class in _COLORS else []
    if uncertain:
        codes.append(_REVERSED)
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text
