"""What the capitals of a sentence say."""

from collections.abc import Sequence

BRACKETS = frozenset(("-LRB-", "-RRB-", "-LCB-", "-RCB-"))
_FEWEST_WORDS, _LONG_WORD = 3, 4


def is_caseless(tokens: Sequence[str]) -> bool:
    """Whether a sentence's capitals say nothing: it is all lower case, ALL CAPITALS, or Headline Case.

    In headlines short words may be small. A sentence without letters, or of one short word, tells nothing of its kind.

    >>> [is_caseless(text.split()) for text in ["i met ann", "WE MET ANN", "Rain Falls on Small Town", "We met Ann"]]
    [True, True, True, False]
    """
    if _begins_as_usual(tokens):
        return False
    words = [token for token in tokens if token.lower() != token.upper() and token not in BRACKETS]
    if not words:
        return False
    if all(word == word.lower() for word in words):
        return True
    if len(words) < _FEWEST_WORDS:
        return False
    long_words = [word for word in words if len(word) >= _LONG_WORD]
    is_headline = len(long_words) >= _FEWEST_WORDS and all(word[0].isupper() for word in long_words)
    return is_headline or all(word == word.upper() for word in words)


def _begins_as_usual(tokens: Sequence[str]) -> bool:
    """Whether a capital and a long small word settle the matter, which they do at the beginning of most sentences."""
    has_capital = False
    for token in tokens:
        has_capital = has_capital or token[:1].isupper()
        if has_capital and len(token) >= _LONG_WORD and "a" <= token[0] <= "z":
            return True
    return False
