"""Where the sentences of a text begin and end: rules alone, and a list of abbreviations.

The method is Punkt's (T. Kiss and J. Strunk, 2006, "Unsupervised Multilingual Sentence Boundary Detection",
Computational Linguistics 32(4), 485-525), with the rules as NLTK 3.10 applies them where the abbreviations are given
and nothing has been learnt from a text: no collocations, no frequent sentence starters, no orthographic contexts.
The spans are the same as NLTK's, oddities included; only NLTK's import, of more than a second, is saved.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator

# NLTK matches by another engine than re, to which the four separators \x1c to \x1f are no white space.
_SPACE = r"[^\S\x1c-\x1f]"
_INK = r"[\S\x1c-\x1f]"
# What it takes for the end of a word differs: to that, white space is ASCII's.
_IN_WORD = r"[^ \t\n\r\x0b\x0c]"

_CLOSES = """["')\\]}‘’“”«»]"""
_NOT_IN_TOKEN = r"""[]["'‘’“”«»(){}:;*@?!]"""
_DASH_OR_ELLIPSIS = rf"(?:-{{2,}}|\.{{2,}}|(?:\.{_SPACE}){{2,}}\.)"
_END_OF_TOKEN = rf",?(?:{_SPACE}|\Z|{_NOT_IN_TOKEN}|{_DASH_OR_ELLIPSIS})"
_TOKEN = re.compile(rf"""{_DASH_OR_ELLIPSIS}|(?![]["`(){{}}:;&#*@,-]){_INK}(?:(?!{_END_OF_TOKEN}){_INK})*+|{_INK}""")

_MARK = rf"[.?!](?=(?P<after>{_NOT_IN_TOKEN}|{_SPACE}+(?P<next>{_INK}+)))"
_FIRST_MARK = re.compile(_MARK)
# A single white space before the first word of a text counts as a part of it.
_UP_TO_LAST_MARK = re.compile(rf"(?<!{_IN_WORD})(?:\A\s)?{_IN_WORD}*{_MARK}")
_CLOSING = re.compile(rf"({_CLOSES}+)(?:{_SPACE}+|(?=--)|\Z)")

_SENTENCE_MARKS = frozenset(".?!")
_PUNCTUATION = frozenset(".?!,;:")
_NUMBER = re.compile(r"\.?\d[\d,.-]*\.")
_WORD_CATEGORIES = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nl", "Pc"])


def sentence_spans(text: str, abbreviations: Collection[str]) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence of a text; nothing but white space lies between sentences.

    abbreviations: in lower case, without the final period. No sentence ends with one.

    >>> text = 'Dr. No (J. No) came at 9. "Why?" Mr. X left, etc. etc.'
    >>> [text[start:end] for start, end in sentence_spans(text, {"dr", "mr", "etc"})]
    ['Dr. No (J. No) came at 9.', '"Why?"', 'Mr. X left, etc. etc.']
    """
    start, end_of_text = 0, len(text.rstrip())
    for context, match in _possible_ends(text):
        if not _holds_an_end(context, abbreviations):
            continue
        end = match.end()
        next_start = match.start("next") if match["next"] else end
        # Brackets and quotes that close belong to the sentence before them.
        if closing := _CLOSING.match(text, next_start, end_of_text):
            end, next_start = closing.end(1), closing.end()
        yield start, end
        start = next_start
    if start < end_of_text:
        yield start, end_of_text


def _possible_ends(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What may end a sentence: the last period, question or exclamation mark of a word, with its context.

    The context reaches from the start of the word to the end of the next one, or to a sign right after the mark.
    A mark that a word begins with is one more.
    """
    for last in _UP_TO_LAST_MARK.finditer(text):
        first = _FIRST_MARK.match(text, last.start())
        if first and first.end() < last.end():
            yield text[first.start() : first.end("after")], first
        yield text[last.start() : last.end("after")], last


def _holds_an_end(context: str, abbreviations: Collection[str]) -> bool:
    """Whether a sentence ends at any token but the last, which is there only to judge the one before it."""
    # Tokens do not reach over line breaks, and a line of separators alone has none.
    lines = (line for line in context.split("\n") if line.strip())
    tokens = itertools.chain.from_iterable(map(_TOKEN.findall, lines))
    return any(_ends_sentence(token, following, abbreviations) for token, following in itertools.pairwise(tokens))


def _ends_sentence(token: str, following: str, abbreviations: Collection[str]) -> bool:
    if token in _SENTENCE_MARKS:
        return True
    if not token.endswith(".") or token.endswith(".."):
        return False
    word = token[:-1].lower()
    if word in abbreviations or word.rpartition("-")[2] in abbreviations:
        return False
    goes_on = following in _PUNCTUATION or following[0].islower()
    if _is_initial(token):
        # A capital proves nothing here: it may be a name's.
        return not goes_on and not following[0].isupper()
    return not (goes_on and _NUMBER.fullmatch(token))


def _is_initial(token: str) -> bool:
    """Whether a token that ends with a period is one letter, or what may stand in a word like a letter, before it."""
    letter = token[0]
    return len(token) == 2 and (
        unicodedata.category(letter) in _WORD_CATEGORIES
        # Letters in circles and squares have case, the two joiners have not.
        or letter.isupper()
        or letter.islower()
        or letter in "\u200c\u200d"
    )
