"""Training sentences as other texts might have them: in another case, with typographic signs, with words of the web."""

import random
from collections.abc import Callable, Sequence

from postagger.data_prep.sentence import Sentence

RECASED: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda token: token[:1].upper() + token[1:].lower(),
}
_BRACKETS = {"-LRB-": "([", "-RRB-": ")]", "-LCB-": "{", "-RCB-": "}"}
_SIGNS = {"``": "“„«", "''": "”»", "`": "‘", "'": "’", "--": "–—", "...": "…", **_BRACKETS}
_NOUNS = frozenset(("NN", "NOUN"))
_NAMES = frozenset(("NNP", "PROPN"))
_NUMBERS = frozenset(("CD", "NUM"))
_SYMBOL = "SYM"
_UNITS = "km m cm mm kg g mg lb oz ml GB MB kB GHz Hz MW kWh V h min s ms px pm am k x bn".split()
_EMOJI = "😀 😂 😍 🙂 😉 😢 😭 😡 👍 👎 🙏 🎉 🔥 ❤️ ✅ ⭐ 🚀 🐶 🍕 ☕ :) :-) ;) :( :D <3 :/ xD".split()
SIGNS = (*_SIGNS, *(sign for signs in _SIGNS.values() for sign in signs), "’s", "n’t", *_EMOJI)
"""Tokens that turn up by themselves in what augment makes."""
_DOMAINS = "com org net edu io co.uk de gov".split()


def recase(tokens: Sequence[str], case: str) -> tuple[str, ...]:
    """The tokens in "lower", "upper" or "title" case; the treebank's names of brackets stay as they are.

    >>> recase(["Mr.", "O'Brien", "-LRB-", "ate"], "title")
    ('Mr.', "O'brien", '-LRB-', 'Ate')
    """
    change = RECASED[case]
    return tuple(token if token in _BRACKETS else change(token) for token in tokens)


def augment(sentences: Sequence[Sentence], rate: float, seed: str, *, has_symbols: bool = False) -> list[Sentence]:
    """The sentences, and behind them changed copies of some: rate of them in lower case, rate with foreign tokens.

    Foreign tokens: signs as typography has them; nouns turn into addresses and #hashtags, names into @users, numbers get
    a unit. has_symbols: the tagset has SYM, so that an emoji may be put in.
    """
    chance = random.Random(seed)
    count = round(rate * len(sentences))
    small = [Sentence(recase(sentence.tokens, "lower"), sentence.tags) for sentence in chance.sample(sentences, count)]
    foreign = [_with_foreign_tokens(sentence, chance, has_symbols) for sentence in chance.sample(sentences, count)]
    return [*sentences, *small, *foreign]


def _with_foreign_tokens(sentence: Sentence, chance: random.Random, has_symbols: bool) -> Sentence:
    tokens = [_foreign(token, tag, chance) for token, tag in zip(sentence.tokens, sentence.tags, strict=True)]
    tags = list(sentence.tags)
    if has_symbols and chance.random() < 0.3:
        # At the end or before the period, now and then elsewhere.
        place = chance.choice([len(tokens), max(0, len(tokens) - 1), chance.randint(0, len(tokens))])
        tokens.insert(place, chance.choice(_EMOJI))
        tags.insert(place, _SYMBOL)
    return Sentence(tuple(tokens), tuple(tags))


def _foreign(token: str, tag: str, chance: random.Random) -> str:
    if token in _SIGNS:
        return chance.choice(_SIGNS[token])
    if "'" in token:
        return token.replace("'", "’") if chance.random() < 0.5 else token
    if chance.random() > 0.1 or not token.isalnum():
        return token
    if tag in _NOUNS:
        return chance.choice((_address, _mail, _hashtag))(token, chance)
    if tag in _NAMES:
        return f"@{token}"
    return token + chance.choice(_UNITS) if tag in _NUMBERS and token.isdigit() else token


def _address(token: str, chance: random.Random) -> str:
    start = chance.choice(["http://", "https://", "www.", "https://www.", ""])
    return f"{start}{token.lower()}.{chance.choice(_DOMAINS)}{chance.choice(['', '', '/', '/news', '/a?id=1'])}"


def _hashtag(token: str, chance: random.Random) -> str:
    return f"#{token if chance.random() < 0.7 else token.lower()}"


def _mail(token: str, chance: random.Random) -> str:
    return f"{token.lower()}@{chance.choice(['mail', 'office', 'example'])}.{chance.choice(_DOMAINS)}"
