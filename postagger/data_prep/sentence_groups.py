"""Sentences as they come -> groups of them, checked, to be tagged together."""

import operator
from collections.abc import Iterable, Iterator, Sequence

from postagger.data_prep.sentence_parts import TOKENS_TOGETHER
from postagger.errors import InputError, PostaggerError

SENTENCES_TOGETHER = 2048
"""The sentences of a group: so many that those of like length meet, and no more to wait for."""


def sentence_groups(sentences: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """Groups of sentences, in order; those before one that cannot be read, or is none, are handed on before its error.

    A group is full at 65,536 tokens, too.

    >>> [list(map(len, group)) for group in sentence_groups([["The", "dog"], [], ["barks"]])]
    [[2, 0, 1]]

    Raises:
        InputError: a sentence is not a sequence of strings; names its number.
    """
    remaining, read, error = iter(sentences), 0, None
    while error is None:
        together: list[Sequence[str]] = []
        try:
            _fill(together, remaining)
        except PostaggerError as raised:
            error = raised
        sound = _num_sound(together)
        if sound < len(together):
            error = _refusal(together[sound], read + sound)
        if sound:
            yield together[:sound]
        elif error is None:
            return
        read += sound
    raise error


def _fill(together: list[Sequence[str]], remaining: Iterator[Sequence[str]]) -> None:
    tokens = 0
    for sentence in remaining:
        together.append(sentence)
        tokens += operator.length_hint(sentence)  # 0 for what is no sentence and has no length
        if tokens >= TOKENS_TOGETHER or len(together) == SENTENCES_TOGETHER:
            return


def check_sentences(sentences: Sequence[Sequence[str]], first: int = 0) -> None:
    """Refuse what is not sentences of tokens; first: the number of the first one.

    Raises:
        InputError: one is not a sequence of strings; names its number.
    """
    sound = _num_sound(sentences)
    if sound < len(sentences):
        raise _refusal(sentences[sound], first + sound)


def _num_sound(sentences: Sequence[Sequence[str]]) -> int:
    """How many sentences stand before the first that is not a sequence of strings."""
    for number, tokens in enumerate(sentences):
        if type(tokens) in (list, tuple) and {str}.issuperset(map(type, tokens)):
            continue  # as nearly all are, and this is quick
        is_sequence = isinstance(tokens, Sequence) and not isinstance(tokens, str)
        if not is_sequence or not all(isinstance(token, str) for token in tokens):
            return number
    return len(sentences)


def _refusal(tokens: Sequence[str], number: int) -> InputError:
    """What is wrong with a sentence."""
    given: object = tokens  # whatever it was
    if isinstance(given, str):
        said = "expected a list of tokens, got a str; use tag_text for raw text"
    elif not isinstance(given, Sequence):
        said = f"expected a list of tokens, got {type(given).__name__}; make it a list"
    else:
        strange = next(token for token in tokens if not isinstance(token, str))
        said = f"expected tokens of type str, got {type(strange).__name__}"
    return InputError(f"sentence {number}: {said}")
