"""Rival part-of-speech taggers: each trained on the sentences ours is trained on, from scratch, on one CPU thread.

Nothing is downloaded. Each package is imported when its rival is trained or loaded; where it is missing,
MissingRivalError says how to install it. UDPipe and Flair write progress and warnings to stderr.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from postagger.data_prep.sentence import Sentence

from .common import MissingRivalError, Tag, Trained
from .crf import load_crf, train_crf
from .flair_tagger import train_flair
from .nltk_taggers import load_perceptron, load_tnt, train_perceptron, train_tnt
from .spacy_tagger import load_spacy, train_spacy
from .stanza_tagger import train_stanza
from .udpipe import load_udpipe, train_udpipe

__all__ = ["LOADERS", "RIVALS", "MissingRivalError", "Tag", "Trained"]

RIVALS: dict[str, Callable[[Sequence[Sentence]], Trained]] = {
    "NLTK perceptron": train_perceptron,
    "NLTK TnT": train_tnt,
    "CRF (python-crfsuite)": train_crf,
    "spaCy": train_spacy,
    "UDPipe 1": train_udpipe,
    "Stanza": train_stanza,
    "Flair": train_flair,
}

# Of those that can be saved: what reads the path that Trained.save wrote.
LOADERS: dict[str, Callable[[Path], Tag]] = {
    "NLTK perceptron": load_perceptron,
    "NLTK TnT": load_tnt,
    "CRF (python-crfsuite)": load_crf,
    "spaCy": load_spacy,
    "UDPipe 1": load_udpipe,
}
