"""What tags mean, in words: the Penn Treebank's, and the universal ones.

After B. Santorini, 1990, "Part-of-Speech Tagging Guidelines for the Penn Treebank Project", and
https://universaldependencies.org/u/pos/.
"""

TAG_MEANINGS = {
    "#": "pound sign",
    "$": "dollar sign",
    "''": "closing quotation mark",
    "``": "opening quotation mark",
    ",": "comma",
    ".": "end of a sentence: . ! ? (as a universal tag: any punctuation)",
    ":": "colon, semicolon, dash, ellipsis",
    "-LRB-": "opening bracket",
    "-RRB-": "closing bracket",
    "-NONE-": "trace: nothing that is spoken or written",
    "CC": "coordinating conjunction: and, but",
    "CD": "number: 7, seven",
    "DT": "determiner: the, a, this",
    "EX": "existential there",
    "FW": "foreign word",
    "IN": "preposition or subordinating conjunction: of, in, that",
    "JJ": "adjective: old",
    "JJR": "adjective, comparative: older",
    "JJS": "adjective, superlative: oldest",
    "LS": "list item marker",
    "MD": "modal verb: can, will",
    "NN": "noun, singular or mass: dog, water",
    "NNP": "proper noun, singular: Paris",
    "NNPS": "proper noun, plural: Americans",
    "NNS": "noun, plural: dogs",
    "PDT": "predeterminer: all the, both his",
    "POS": "possessive ending: 's",
    "PRP": "personal pronoun: I, it",
    "PRP$": "possessive pronoun: my, its",
    "RB": "adverb: quickly, not",
    "RBR": "adverb, comparative: sooner",
    "RBS": "adverb, superlative: most",
    "RP": "particle: give up",
    "SYM": "symbol",
    "TO": "to",
    "UH": "interjection: oh, yes",
    "VB": "verb, base form: take",
    "VBD": "verb, past tense: took",
    "VBG": "verb, gerund or present participle: taking",
    "VBN": "verb, past participle: taken",
    "VBP": "verb, present, not third person singular: I take",
    "VBZ": "verb, present, third person singular: takes",
    "WDT": "wh-determiner: which, that",
    "WP": "wh-pronoun: who, what",
    "WP$": "possessive wh-pronoun: whose",
    "WRB": "wh-adverb: when, how",
    # What the English Web Treebank has beside these.
    "ADD": "web or e-mail address",
    "AFX": "prefix that stands alone",
    "GW": "part of a word that was split by mistake",
    "HYPH": "hyphen inside a word",
    "NFP": "superfluous punctuation, emoticon",
    "XX": "cannot be told",
    # Universal tags.
    "ADJ": "adjective",
    "ADP": "adposition: of, in",
    "ADV": "adverb",
    "AUX": "auxiliary verb: is, can, will",
    "CCONJ": "coordinating conjunction: and, but",
    "CONJ": "conjunction",
    "DET": "determiner: the, a, this",
    "INTJ": "interjection: oh, yes",
    "NOUN": "noun",
    "NUM": "number",
    "PART": "particle: not, 's, to",
    "PRON": "pronoun",
    "PROPN": "proper noun: Paris",
    "PRT": "particle",
    "PUNCT": "punctuation",
    "SCONJ": "subordinating conjunction: if, that",
    "VERB": "verb",
    "X": "other",
}

UD_TAGS = tuple("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
"""The tags of Universal Dependencies."""

_EXAMPLES = {
    "#": "It costs *#* 5 million.",
    "$": "It costs *$*7.",
    "''": 'She said "yes*"*.',
    "``": 'She said *"*yes".',
    ",": "Yes*,* please.",
    ".": "The dog barks*.*",
    ":": "He left*;* she stayed.",
    "-LRB-": "Two firms *(*both in Boston) merged.",
    "-RRB-": "Two firms (both in Boston*)* merged.",
    "-NONE-": "the book *0* she bought",
    "CC": "cats *and* dogs",
    "CD": "She has *seven* dogs.",
    "DT": "*The* dog barks.",
    "EX": "*There* is no hope.",
    "FW": "He is *persona* non grata.",
    "IN": "a friend *of* mine",
    "JJ": "an *old* dog",
    "JJR": "The dog is *older* than the cat.",
    "JJS": "the *oldest* dog of all",
    "LS": "*1*. Open the box.",
    "MD": "She *can* swim.",
    "NN": "The *dog* barks.",
    "NNP": "She lives in *Paris*.",
    "NNPS": "The *Americans* won.",
    "NNS": "The *dogs* bark.",
    "PDT": "She saw *all* the dogs.",
    "POS": "the dog*'s* tail",
    "PRP": "*She* can swim.",
    "PRP$": "*My* dog barks.",
    "RB": "She left *quickly*.",
    "RBR": "She spoke *more* slowly.",
    "RBS": "the *most* beautiful dog",
    "RP": "Don't give *up*!",
    "SYM": "x *=* y",
    "TO": "She wants *to* swim.",
    "UH": "*Oh*, I see.",
    "VB": "She wants to *take* a walk.",
    "VBD": "She *took* a walk.",
    "VBG": "She is *taking* a walk.",
    "VBN": "She has *taken* a walk.",
    "VBP": "They *take* a walk.",
    "VBZ": "She *takes* a walk.",
    "WDT": "the dog *which* barks",
    "WP": "*Who* barks?",
    "WP$": "the man *whose* dog barks",
    "WRB": "*When* does it bark?",
    "ADD": "Write to *dog@example.org*.",
    "AFX": "*pre* and post war",
    "GW": "any *body*, for anybody",
    "HYPH": "a well*-*known dog",
    "NFP": "Thanks *:)*",
    "XX": "the *sdfgh* dog",
    "ADJ": "an *old* dog",
    "ADP": "a friend *of* mine",
    "ADV": "She left *quickly*.",
    "AUX": "She *can* swim.",
    "CCONJ": "cats *and* dogs",
    "CONJ": "cats *and* dogs",
    "DET": "*The* dog barks.",
    "INTJ": "*Oh*, I see.",
    "NOUN": "The *dog* barks.",
    "NUM": "She has *seven* dogs.",
    "PART": "She wants *to* swim.",
    "PRON": "*She* can swim.",
    "PROPN": "She lives in *Paris*.",
    "PRT": "Don't give *up*!",
    "PUNCT": "The dog barks*.*",
    "SCONJ": "*If* it barks, run.",
    "VERB": "She *takes* a walk.",
    "X": "He is *persona* non grata.",
}


def tag_meaning(tag: str) -> str:
    """A tag in words; the empty text for a tag that is not known here.

    >>> tag_meaning("VBZ"), tag_meaning("NOPE")
    ('verb, present, third person singular: takes', '')
    """
    return TAG_MEANINGS.get(tag, "")


def tag_example(tag: str) -> str:
    """A sentence or some words, that which has the tag between asterisks; the empty text for a tag not known here.

    >>> tag_example("VBZ"), tag_example("NOPE")
    ('She *takes* a walk.', '')
    """
    return _EXAMPLES.get(tag, "")
