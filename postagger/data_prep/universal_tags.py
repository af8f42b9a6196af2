"""The 45 Penn Treebank tags as the 12 universal ones.

S. Petrov, D. Das and R. McDonald, 2012, "A Universal Part-of-Speech Tagset".
"""

from postagger.errors import ConfigError

_UNIVERSAL = {
    "NOUN": "NN NNS NNP NNPS",
    "VERB": "VB VBD VBG VBN VBP VBZ MD",
    "ADJ": "JJ JJR JJS",
    "ADV": "RB RBR RBS WRB",
    "PRON": "PRP PRP$ WP WP$",
    "DET": "DT PDT WDT EX",
    "ADP": "IN",
    "NUM": "CD",
    "CONJ": "CC",
    "PRT": "POS RP TO",
    "X": "FW LS SYM UH",
    ".": "# $ '' `` , . : -LRB- -RRB-",
}
PENN_TO_UNIVERSAL = {penn: universal for universal, tags in _UNIVERSAL.items() for penn in tags.split()}

# How Universal Dependencies spell three of the twelve.
UD_NAMES = {".": "PUNCT", "CONJ": "CCONJ", "PRT": "PART"}


def to_universal(tag: str) -> str:
    """The universal tag of a Penn Treebank tag; X for a trace.

    Raises:
        ConfigError: the tag is none of the 45.
    """
    if tag == "-NONE-":
        return "X"
    if tag not in PENN_TO_UNIVERSAL:
        raise ConfigError(f"--tagset universal: expected one of the 45 Penn Treebank tags, got {tag!r}; use --tagset ptb")
    return PENN_TO_UNIVERSAL[tag]
