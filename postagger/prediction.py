"""Prediction: what a tagger says of one sentence; TagSequence: what else it could have said of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TagSequence:
    """A tag for each token of a sentence, and how probable it is that all are right (0 to 1)."""

    tags: list[str]
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The tags of one sentence, and the probability (0 to 1) the model gives each of them.

    alternatives: of each token, where they were asked for, the next most probable tags with their probabilities.
    A tagger that tells tags alone leaves the other two empty.
    """

    tags: list[str]
    confidences: list[float] = field(default_factory=list)
    alternatives: list[list[tuple[str, float]]] = field(default_factory=list)
