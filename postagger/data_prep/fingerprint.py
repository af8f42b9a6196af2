"""The fingerprint of tagged sentences, by which a corpus is known again."""

import hashlib
from collections.abc import Iterable

from postagger.data_prep.sentence import Sentence


def sha256_of(sentences: Iterable[Sentence]) -> str:
    """The fingerprint of tagged sentences, in hexadecimal."""
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update(hashed_bytes(sentence))
    return digest.hexdigest()


def hashed_bytes(sentence: Sentence) -> bytes:
    """What a fingerprint is made of."""
    lines = [f"{token}\t{tag}\n" for token, tag in zip(sentence.tokens, sentence.tags, strict=True)]
    return ("".join(lines) + "\n").encode("utf-8", "surrogatepass")
