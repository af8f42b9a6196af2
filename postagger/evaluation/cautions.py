"""Why scores are better than those of other text would be."""

_ENOUGH_TOKENS = 500
_CAUTIONS = {
    "train": "These sentences taught the tagger: the scores are far too good to be those of other text.",
    "all": "Some of these sentences taught the tagger: the scores are too good to be those of other text.",
    "dev": "These sentences chose the epoch and the temperature: the scores are a little too good.",
}


def caution(split: str) -> str:
    """What to say of a part of the corpus that a tagger was trained on; nothing of test."""
    return _CAUTIONS.get(split, "")


def caution_of_words(unknown: int, tokens: int) -> str:
    """What to say of sentences in which a tagger knows every word, though no corpus says that they taught it."""
    if unknown or tokens < _ENOUGH_TOKENS:
        return ""
    return "The tagger knows every word of these sentences: if they taught it, the scores are far too good."
