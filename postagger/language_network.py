"""The network of a language model's config."""

from postagger.language_config import LanguageNetworkConfig
from postagger.models.language_model import BothDirections, LanguageModel, start_small
from postagger.models.recurrent import Recurrent


def build_language_model(config: LanguageNetworkConfig, vocab_size: int) -> LanguageModel | BothDirections:
    """The network of a config, for so many symbols, with fresh weights."""
    if config.direction == "both":
        return BothDirections(_one_direction(config, vocab_size), _one_direction(config, vocab_size))
    return _one_direction(config, vocab_size)


def _one_direction(config: LanguageNetworkConfig, vocab_size: int) -> LanguageModel:
    embedding_dim = config.embedding_dim if config.input == "embedding" else 0
    recurrent = Recurrent(
        config.cell,
        embedding_dim or vocab_size,
        config.hidden_size,
        num_layers=config.num_layers,
        bidirectional=config.bidirectional_leak,
        dropout=config.dropout,
        implementation=config.implementation,
    )
    network = LanguageModel(
        vocab_size,
        embedding_dim,
        recurrent,
        tied=config.tied_weights,
        input_dropout=config.input_dropout,
        output_dropout=config.output_dropout,
    )
    if config.initial_weights == "small":
        start_small(network)
    return network
