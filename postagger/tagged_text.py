"""Raw text, tagged: its tokens, each with its place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postagger.data_prep.tokenization import tokenize
from postagger.errors import InputError

if TYPE_CHECKING:
    from postagger.tagger import Tagger


@dataclass(frozen=True, slots=True)
class TaggedToken:
    """A token of raw text: text[start:end] of the document, its tag, and the probability the model gives the tag."""

    text: str
    tag: str
    start: int
    end: int
    confidence: float


def tag_text(tagger: "Tagger", text: str) -> list[list[TaggedToken]]:
    """See Tagger.tag_text.

    Raises:
        InputError: text is not a string.
    """
    if not isinstance(text, str):
        raise InputError(f"expected text as a str, got {type(text).__name__}; for tokens use tag or tag_sents")
    sentences = tokenize(text)
    predictions = tagger.predict(
        [tagger.known_forms([token.text for token in one], [token.lookup for token in one]) for one in sentences]
    )
    return [
        [
            TaggedToken(token.text, tag, token.start, token.end, confidence)
            for token, tag, confidence in zip(sentence, prediction.tags, prediction.confidences, strict=True)
        ]
        for sentence, prediction in zip(sentences, predictions, strict=True)
    ]
