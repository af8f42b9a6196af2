"""Rival part-of-speech taggers: each trained on the sentences ours is trained on, from scratch, on one CPU thread.

Nothing is downloaded. Each package is imported when its rival is trained; where it is missing, MissingRivalError says
how to install it. UDPipe and Flair write progress and warnings to stderr.
"""

from collections.abc import Callable, Sequence

from postagger.data_prep.sentence import Sentence

from .common import MissingRivalError, Tag, Trained
from .crf import train_crf
from .flair_tagger import train_flair
from .nltk_taggers import train_perceptron, train_tnt
from .spacy_tagger import train_spacy
from .stanza_tagger import train_stanza
from .udpipe import train_udpipe

__all__ = ["RIVALS", "MissingRivalError", "Tag", "Trained"]

RIVALS: dict[str, Callable[[Sequence[Sentence]], Trained]] = {
    "NLTK perceptron": train_perceptron,
    "NLTK TnT": train_tnt,
    "CRF (python-crfsuite)": train_crf,
    "spaCy": train_spacy,
    "UDPipe 1": train_udpipe,
    "Stanza": train_stanza,
    "Flair": train_flair,
}
