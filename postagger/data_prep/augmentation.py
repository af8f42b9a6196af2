"""Training sentences as other texts might have them: in another case, with typographic signs, with words of the web."""

import random
from collections.abc import Callable, Container, Sequence

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


def augment(sentences: Sequence[Sentence], rate: float, seed: str, tagset: Container[str] = ()) -> list[Sentence]:
    """The sentences, and behind them changed copies of some: rate of them in lower case, rate with foreign tokens.

    Foreign tokens: signs as typography has them; nouns turn into addresses and #hashtags, names into @users, numbers
    get a unit, emoji are put in. tagset: says what addresses and emoji are called, if anything: NN and SYM in the
    treebank, ADD and NFP in the English Web Treebank.
    """
    address_tag = next((tag for tag in ("ADD", "NN") if tag in tagset), None)
    symbol_tag = next((tag for tag in ("NFP", "SYM") if tag in tagset), None)
    chance = random.Random(seed)
    count = round(rate * len(sentences))
    small = [Sentence(recase(sentence.tokens, "lower"), sentence.tags) for sentence in chance.sample(sentences, count)]
    chosen = chance.sample(sentences, count)
    foreign = [_with_foreign_tokens(sentence, chance, address_tag, symbol_tag) for sentence in chosen]
    return [*sentences, *small, *foreign]


def _with_foreign_tokens(
    sentence: Sentence, chance: random.Random, address_tag: str | None, symbol_tag: str | None
) -> Sentence:
    pairs = [_foreign(token, tag, chance) for token, tag in zip(sentence.tokens, sentence.tags, strict=True)]
    if address_tag is not None:
        pairs = [_address(token, tag, address_tag, chance) for token, tag in pairs]
    if symbol_tag is not None and chance.random() < 0.3:
        # At the end or before the period, now and then elsewhere.
        place = chance.choice([len(pairs), max(0, len(pairs) - 1), chance.randint(0, len(pairs))])
        pairs.insert(place, (chance.choice(_EMOJI), symbol_tag))
    return Sentence.from_pairs(pairs)


def _foreign(token: str, tag: str, chance: random.Random) -> tuple[str, str]:
    if token in _SIGNS:
        return chance.choice(_SIGNS[token]), tag
    if "'" in token:
        return token.replace("'", "’") if chance.random() < 0.5 else token, tag
    if chance.random() > 0.1 or not token.isalnum():
        return token, tag
    if tag in _NOUNS:
        return f"#{token}", tag
    if tag in _NAMES:
        return f"@{token}", tag
    return token + chance.choice(_UNITS) if tag in _NUMBERS and token.isdigit() else token, tag


def _address(token: str, tag: str, address_tag: str, chance: random.Random) -> tuple[str, str]:
    """A noun, now and then, as a web or an e-mail address."""
    if tag not in _NOUNS or not token.isalnum() or chance.random() > 0.1:
        return token, tag
    domain = chance.choice(_DOMAINS)
    if chance.random() < 0.5:
        return f"{token.lower()}@{chance.choice(['mail', 'office', 'example'])}.{domain}", address_tag
    start = chance.choice(["http://", "https://", "www.", "https://www.", ""])
    return f"{start}{token.lower()}.{domain}{chance.choice(['', '', '/', '/news', '/a?id=1'])}", address_tag
