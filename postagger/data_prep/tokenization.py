"""Raw text -> sentences of tokens, each with its place in the text.

Tokens follow the treebank's rules: do n't, she 's, brackets and quotes apart, abbreviations with their period.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from postagger.data_prep.sentence_splitting import sentence_spans
from postagger.data_prep.web_tokens import EMOJI, EMOJI_STARTS, EMOTICON, MAIL, URL

ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr rev gen col capt lt sgt gov sen rep hon messrs inc corp co ltd bros vs etc e.g i.e "
    "a.m p.m u.s u.k u.n ph.d jan feb mar apr jun jul aug sep sept oct nov dec no vol fig dept est approx".split()
)
_NO_SENTENCE_ENDS = ABBREVIATIONS | {quote + one for quote in "“‘„«" for one in ABBREVIATIONS}  # “Dr. Lee ...
_WITH_PERIOD = "|".join(sorted(abbreviation for abbreviation in ABBREVIATIONS if "." not in abbreviation))
# Whatever is neither white space nor one of these may stand inside a word: letters, marks, digits, signs, emoji.
_MARKS = r"""\s!"#$%&'()*+,./:;<=>?@\[\\\]^`{|}~\-–—‘’“”«»„…¿¡€£¥₹、。，！？؛،؟।॥「」『』《》""" + EMOJI_STARTS
_WORD = f"[^{_MARKS}]"
_APOSTROPHE = "['’]"
_CLITIC = f"{_APOSTROPHE}(?:s|re|ve|ll|d|m)(?!{_WORD})"

_TOKEN = re.compile(
    rf"""
    {URL}
  | {MAIL}
  | (?<!\S)(?:{EMOTICON})(?=[\s.,!?]|$)
  | {EMOJI}
  | [@\#](?=[^\W\d]){_WORD}+                                           # a user name, a hashtag
  | (?<!{_WORD})(?:{_WITH_PERIOD})\.                            # Mr.
  | (?:[^\W\d_]\.){{2,}} | (?<!{_WORD})Ph\.D\.                  # U.S.
  | \d+(?:[.,:/]\d+)+(?:[ap]m)?(?!{_WORD})                      # 1,000.50  9:30  1/2
  | (?<![\w.])\.\d+(?!{_WORD})                                  # .5
  | (?<!{_WORD}){_APOSTROPHE}(?:\d\d?s?|em|til|cause)(?!{_WORD})  # '80s  'em
  | (?<!{_WORD}){_APOSTROPHE}t(?=(?:is|was)(?!{_WORD}))          # 't | is
  | (?<!{_WORD})[^\W\d_](?:\+\+|\#)(?!{_WORD})                   # C++  C#
  | {_WORD}+?(?=n{_APOSTROPHE}t(?!{_WORD}))                     # do | n't
  | n{_APOSTROPHE}t(?!{_WORD})
  | {_CLITIC}
  | (?:can(?=not(?!{_WORD})) | gon(?=na(?!{_WORD})) | wan(?=na(?!{_WORD})) | got(?=ta(?!{_WORD})))
  | {_WORD}+(?:(?!{_CLITIC})[-'’&.]{_WORD}+)*                   # well-known  O'Brien  AT&T  example.org
  | \.{{2,}} | -{{2,}} | `` | ''
  | \S                                                          # any other sign stands alone
    """,
    re.VERBOSE | re.IGNORECASE,
)

_LOOKUP = {
    "(": "-LRB-",
    ")": "-RRB-",
    "[": "-LRB-",
    "]": "-RRB-",
    "{": "-LCB-",
    "}": "-RCB-",
    "“": "``",
    "„": "``",
    "«": "``",
    "”": "''",
    "»": "''",
    "‘": "`",
    "’": "'",
    "–": "--",
    "—": "--",
    "…": "...",
    "£": "#",
    "€": "$",
    "¥": "$",
    "₹": "$",
}
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, what has no width, marks of direction
# Marks above and below a letter are put in order by pairs, of which a long run has very many; no word is as long.
_LONGEST_NORMALIZED = 200
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_OPENS_A_QUOTE = re.compile(r"[\s(\[{<“‘–—-]")


@dataclass(frozen=True, slots=True)
class TextToken:
    """A token of raw text: text[start:end], and the form under which the treebank has it."""

    text: str
    start: int
    end: int
    lookup: str


def treebank_names(token: str) -> set[str]:
    """The forms under which the treebank may have a token of raw text, if they are others than its own.

    >>> sorted(treebank_names('"')), treebank_names("["), treebank_names("dog")
    (["''", '``'], {'-LRB-'}, set())
    """
    return {"``", "''"} if token == '"' else {_treebank_name(token)} - {token}


def _treebank_name(token: str) -> str:
    if token.isascii():
        return _LOOKUP.get(token, token)
    seen = _UNSEEN.sub("", token)
    if len(seen) <= _LONGEST_NORMALIZED:
        seen = unicodedata.normalize("NFC", seen)
    return _LOOKUP.get(token) or seen.replace("’", "'") or token


def tokenize(text: str) -> list[list[TextToken]]:
    """The sentences of a text, each a list of tokens. Nothing but white space lies between tokens.

    A blank line ends a sentence, as after a headline.

    >>> [[token.text for token in sentence] for sentence in tokenize("She can't. (I'd try!)")]
    [['She', 'ca', "n't", '.'], ['(', 'I', "'d", 'try', '!', ')']]
    >>> tokenize('"Hi"')[0][0]
    TextToken(text='"', start=0, end=1, lookup='``')
    """
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[list[TextToken]]:
    """As tokenize, one sentence after the other, for whoever may not want all."""
    begin = 0
    for paragraph in _PARAGRAPH_END.split(text):
        begin = text.index(paragraph, begin)
        for start, end in sentence_spans(paragraph, _NO_SENTENCE_ENDS):
            tokens = [_token(paragraph, match, begin) for match in _TOKEN.finditer(paragraph, start, end)]
            if tokens:
                yield tokens
        begin += len(paragraph)


def _token(text: str, match: re.Match[str], begin: int) -> TextToken:
    """begin: where the text begins that was searched."""
    token, start = match[0], match.start()
    if token == '"':
        lookup = "``" if _opens(text, start) else "''"
    elif token == "'" and _opens(text, start) and text[start + 1 : start + 2].strip():
        lookup = "`"
    else:
        lookup = _treebank_name(token)
    return TextToken(token, begin + start, begin + match.end(), lookup)


def _opens(text: str, start: int) -> bool:
    """Whether a straight quotation mark at this place opens what it quotes."""
    return start == 0 or _OPENS_A_QUOTE.match(text[start - 1]) is not None
