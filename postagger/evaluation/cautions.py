"""Why scores are better than those of other text would be."""

_CAUTIONS = {
    "train": "These sentences taught the tagger: the scores are far too good to be those of other text.",
    "all": "Some of these sentences taught the tagger: the scores are too good to be those of other text.",
    "dev": "These sentences chose the epoch and the temperature: the scores are a little too good.",
}


def caution(split: str) -> str:
    """What to say of a part of the corpus that a tagger was trained on; nothing of test."""
    return _CAUTIONS.get(split, "")
