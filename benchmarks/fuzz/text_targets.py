"""The tokeniser and what is built on it: nothing of a text may be lost, wherever it is cut."""

import re
from itertools import pairwise
from random import Random

from postagger.data_prep.sentence_splitting import sentence_spans
from postagger.data_prep.tokenization import ABBREVIATIONS, tokenize
from postagger.data_prep.web_tokens import EMOJI, EMOTICON, certain_tag
from postagger.tagger import Tagger

from . import material
from .mutations import mutated
from .target import Target, check_places, promise

_EMOJI_PIECES = ["😀", "🏻", "🇩", "\u200d", "\ufe0f", "\u20e3", "1", "♀", "❤", ":-)", "x", "\U000e0067"]
_PLAIN_EMOJI = re.compile(f"{EMOTICON}|(?:{EMOJI})+")
_LONGEST_FOR_PLAIN = 12


def text_targets(tagger: Tagger) -> list[Target]:
    """Those of raw text and of tokens, for a tagger that need not know much."""
    return [
        Target("tokeniser", 20, _text, _tokens_are_the_text),
        Target("sentence splitter", 5, _text, _sentences_are_the_text),
        Target("certain tags", 3, _token, _has_a_tag_or_none),
        Target("tag_text", 0.5, _text, lambda data: _tagged_text(tagger, data)),
        Target("tag", 0.5, _text, lambda data: _tagged_tokens(tagger, data)),
    ]


def _text(random: Random) -> bytes:
    if random.random() < 0.2:
        return mutated(random, material.arbitrary(random))
    return material.text(random).encode("utf-8", "surrogatepass")


def _token(random: Random) -> bytes:
    """Often a run of what emoji are made of."""
    if random.random() < 0.3:
        return material.token(random).encode("utf-8", "surrogatepass")
    pieces = [random.choice(_EMOJI_PIECES) for _ in range(random.randrange(1, 8))]
    return "".join(one * random.choice([1, 1, 1, 2, 40]) for one in pieces).encode()


def _decoded(data: bytes) -> str:
    """A text from any bytes; those that are no UTF-8 become halves of surrogate pairs, as a terminal's do."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def _tokens_are_the_text(data: bytes) -> bool:
    content = _decoded(data)
    tokens = [token for sentence in tokenize(content) for token in sentence]
    check_places(content, [(token.text, token.start, token.end) for token in tokens])
    for token in tokens:
        promise(token.lookup.split() == [token.lookup], f"looked up as {token.lookup!r}")
    return True


def _sentences_are_the_text(data: bytes) -> bool:
    content = _decoded(data)
    spans = list(sentence_spans(content, ABBREVIATIONS))
    check_places(content, [(content[start:end], start, end) for start, end in spans if content[start:end].strip()])
    promise(all(end <= start for (_, end), (start, _) in pairwise(spans)), f"sentences overlap: {spans}")
    return True


def _has_a_tag_or_none(data: bytes) -> bool:
    """Emoji are told by a pattern that is quick; on short tokens the plain one, which is not, says the same."""
    content = _decoded(data)
    tag = certain_tag(content)
    if len(content) <= _LONGEST_FOR_PLAIN and tag in (None, "SYM"):
        promise((_PLAIN_EMOJI.fullmatch(content) is not None) == (tag == "SYM"), f"{tag}: {content!r}")
    return tag is not None


def _tagged_text(tagger: Tagger, data: bytes) -> bool:
    content = _decoded(data)
    found, expected = tagger.tag_text(content), tokenize(content)
    promise([[one.text for one in tokens] for tokens in found] == [[one.text for one in x] for x in expected], "tokens")
    tokens = [token for sentence in found for token in sentence]
    check_places(content, [(token.text, token.start, token.end) for token in tokens])
    for token in tokens:
        promise(token.tag in tagger.output_tagset and 0 < token.confidence <= 1, f"{token}")
    return True


def _tagged_tokens(tagger: Tagger, data: bytes) -> bool:
    """Any strings are tokens, empty ones and blanks, too."""
    tokens = _decoded(data).split(" ")
    found = tagger.tag(tokens)
    promise([token for token, _ in found] == tokens, f"{found}")
    promise(all(tag in tagger.output_tagset for _, tag in found), f"{found}")
    return True
