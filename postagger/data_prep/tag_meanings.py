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


def tag_meaning(tag: str) -> str:
    """A tag in words; the empty text for a tag that is not known here.

    >>> tag_meaning("VBZ"), tag_meaning("NOPE")
    ('verb, present, third person singular: takes', '')
    """
    return TAG_MEANINGS.get(tag, "")
