"""The network of a tagger, as its settings and vocabularies say."""

from postagger.config import NetworkConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.models.recurrent import Recurrent
from postagger.models.sequence_tagger import SequenceTagger
from postagger.models.word_encoder import WordEncoder


def build_sequence_tagger(config: NetworkConfig, extractor: FeatureExtractor, num_tags: int) -> SequenceTagger:
    """The network of a config, for these vocabularies, with fresh weights."""
    encoder = build_word_encoder(config, extractor)
    return SequenceTagger(
        encoder,
        build_recurrent(config, encoder.output_size, num_layers=config.num_layers),
        num_tags,
        input_dropout=config.input_dropout,
        output_dropout=config.output_dropout,
    )


def build_word_encoder(config: NetworkConfig, extractor: FeatureExtractor) -> WordEncoder:
    """The lowest layer: from the ids of a word to its vector."""
    characters = extractor.characters
    return WordEncoder(
        len(extractor.words),
        config.embedding_dim,
        feature_vocab_size=len(extractor.features),
        feature_dim=config.feature_dim,
        num_features=extractor.num_features,
        character_vocab_size=0 if characters is None else len(characters),
        character_dim=config.character_dim,
    )


def build_recurrent(config: NetworkConfig, input_size: int, *, num_layers: int) -> Recurrent:
    """The recurrent layers above it."""
    return Recurrent(
        config.cell,
        input_size,
        config.hidden_size,
        num_layers=num_layers,
        bidirectional=config.bidirectional,
        dropout=config.dropout,
        implementation=config.implementation,
    )
