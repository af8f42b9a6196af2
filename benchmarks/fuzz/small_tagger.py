"""A tagger that has learnt three sentences in a second: what it says does not matter here, only what it says it of."""

from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

_SENTENCES = [
    Sentence(("The", "dog", "barks", "."), ("DT", "NN", "VBZ", ".")),
    Sentence(("Dogs", "bark", "at", "the", "old", "dog", "."), ("NNS", "VBP", "IN", "DT", "JJ", "NN", ".")),
    Sentence(("Run", "!"), ("VB", ".")),
]


def small_tagger() -> Tagger:
    """It knows eight tags."""
    config = TaggerConfig.from_settings({"embedding_dim": 12, "feature_dim": 4, "hidden_size": 8, "num_epochs": 3})
    return train_tagger(Corpus.from_parts("small", _SENTENCES, (), ()), config)[0]
