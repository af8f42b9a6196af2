"""The settings of a character-level language model; those of training are in config.py."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from postagger.config import TrainingConfig
from postagger.data_prep.characters import Newlines, Symbols
from postagger.errors import ConfigError
from postagger.models.cells import Cell, Implementation
from postagger.settings import Config, check, setting

Direction = Literal["forward", "backward", "both"]


LEAK_WARNING = (
    "This network reads each window from both ends, so it has seen the character it should predict: its perplexity "
    "means nothing, and where nothing stands to the right, as in writing, it writes nonsense."
)


@dataclass(frozen=True)
class TextConfig:
    """Where the text comes from, and how it is cut into windows."""

    text: tuple[str, ...] = setting(
        (), "files, folders, zip archives, or - for standard input; without it the raw text of the treebank sample"
    )
    symbols: Symbols = setting("characters", "what is predicted")
    min_count: int = setting(1, "keep characters that the training part holds at least this often", low=1)
    newlines: Newlines = setting("keep", "turn line breaks into spaces, or keep them")
    characters: int | None = setting(None, "read only so many characters of the text", low=1, metavar="NUMBER")
    held_out: float = setting(
        0.1, "part at the end of the text to judge by; 0 for none", high=1, open_high=True, metavar="PART"
    )
    windows: Literal["consecutive", "random"] = setting(
        "consecutive", "read on in each row of a batch and carry the state along, or begin anew at random places"
    )
    context_length: int = setting(32, "steps of a window: how far back gradients reach", low=1)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class LanguageNetworkConfig:
    """The kind and the sizes of the network."""

    input: Literal["embedding", "one-hot"] = setting("embedding", "what a character is to the network")
    embedding_dim: int = setting(64, "size of a character's embedding", low=1)
    cell: Cell = setting("lstm", "kind of recurrent cell")
    hidden_size: int = setting(512, "units of each layer", low=1)
    num_layers: int = setting(1, "number of recurrent layers", low=1)
    direction: Direction = setting("forward", "read forward, backward, or train a model for each side")
    bidirectional_leak: bool = setting(
        False, "let one network read from both sides: it then sees the character it should predict (a lesson)"
    )
    input_dropout: float = setting(0.0, "dropout on the embeddings, from 0 to 1", high=1)
    dropout: float = setting(0.0, "dropout between recurrent layers, from 0 to 1", high=1)
    output_dropout: float = setting(0.2, "dropout on the recurrent layers' output, from 0 to 1", high=1)
    tied_weights: bool = setting(False, "use the embedding's weights in the output layer, too")
    initial_weights: Literal["torch", "small"] = setting(
        "torch", "how weights begin: as torch draws them, or normal with deviation 0.01, as lessons draw them by hand"
    )
    implementation: Implementation = setting("torch", "who computes the cells: torch, or our own equations")

    def __post_init__(self) -> None:
        check(self)
        if self.tied_weights and (self.input != "embedding" or self.embedding_dim != self.hidden_size):
            raise ConfigError(
                f"--tied-weights: expected an embedding as large as the hidden layer, got --input {self.input}, "
                f"--embedding-dim {self.embedding_dim} and --hidden-size {self.hidden_size}; make them equal"
            )
        if self.bidirectional_leak and (self.direction != "forward" or self.tied_weights):
            raise ConfigError(
                "--bidirectional-leak: expected neither --direction nor --tied-weights beside it, got one; leave it out"
            )


@dataclass(frozen=True)
class SampleConfig:
    """What is shown while the network learns."""

    prefix: tuple[str, ...] = setting((), "beginnings of text that the model continues now and then", metavar="TEXT")
    sample_every: int = setting(1, "epochs between two looks at the model", low=1, metavar="EPOCHS")
    sample_length: int = setting(100, "characters of a continuation", low=1)
    temperature: float = setting(0.8, "0 for the most probable character, 1 for the model's own probabilities")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class LanguageModelConfig(Config):
    """All that a language model is made of."""

    text: TextConfig = dataclasses.field(default_factory=TextConfig)
    network: LanguageNetworkConfig = dataclasses.field(default_factory=LanguageNetworkConfig)
    training: TrainingConfig = dataclasses.field(default_factory=TrainingConfig)
    sample: SampleConfig = dataclasses.field(default_factory=SampleConfig)


LANGUAGE_PRESETS: dict[str, dict[str, Any]] = {
    # Chosen on tinyshakespeare, for a few minutes on two cores.
    "default": {
        "weight_decay": 0.0,
        "warmup_fraction": 0.02,
        "batch_size": 32,
        "threads": 2,
    },
    # The lessons: the first 10,000 characters, one-hot, all of them trained on, the rate constant.
    "lesson": {
        "characters": 10_000,
        "newlines": "spaces",
        "held_out": 0.0,
        "context_length": 35,
        "input": "one-hot",
        "hidden_size": 256,
        "output_dropout": 0.0,
        "optimizer": "adam",
        "weight_decay": 0.0,
        "beta2": 0.999,
        "schedule": "constant",
        "max_grad_norm": 0.01,
        "batch_size": 32,
        "num_epochs": 160,
        "sample_every": 40,
        "sample_length": 50,
        "temperature": 0.0,
        "threads": 2,
    },
}
