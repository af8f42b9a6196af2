"""The 45 Penn Treebank tags as the 12 universal ones, and as the 17 of Universal Dependencies.

S. Petrov, D. Das and R. McDonald, 2012, "A Universal Part-of-Speech Tagset"; both tables as its authors publish them
(github.com/slavpetrov/universal-pos-tags, en-ptb.map, its first and its last revision).
"""

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

UD_NAMES = {".": "PUNCT", "CONJ": "CCONJ", "PRT": "PART"}
"""How Universal Dependencies spell three of the twelve."""

_ONLY_UD = {"NNP": "PROPN", "NNPS": "PROPN", "MD": "AUX", "SYM": "SYM", "UH": "INTJ"}
PENN_TO_UD = {penn: UD_NAMES.get(tag, tag) for penn, tag in PENN_TO_UNIVERSAL.items()} | _ONLY_UD
