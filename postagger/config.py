"""Settings: one frozen dataclass per part, checked once, JSON in and out.

Every field carries its help text, so the command line, the TOML file, the environment and this page cannot differ.
A field's flag is its name with dashes: learning_rate is --learning-rate.
"""

import dataclasses
import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from postagger.data_prep.corpus import NAMED_CORPORA
from postagger.data_prep.formats import FileFormat, FormatName, TagField
from postagger.errors import ConfigError
from postagger.models.from_scratch import Cell
from postagger.models.recurrent import Implementation

Part = TypeVar("Part", "CorpusConfig", "FeatureConfig", "NetworkConfig", "TrainingConfig")


def _setting(
    default: Any,
    text: str,
    *,
    low: float = 0.0,
    high: float = math.inf,
    open_low: bool = False,
    open_high: bool = False,
) -> Any:
    """A field with its help text and the range of its values; open: the end itself is not allowed."""
    metadata = {"help": text, "low": low, "high": high, "open_low": open_low, "open_high": open_high}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class CorpusConfig:
    """Where the tagged sentences come from, and how they are read and split."""

    corpus: tuple[str, ...] = _setting(
        (),
        f"one of {' '.join(NAMED_CORPORA)}, or files; without it the treebank, or the sample where it is missing",
    )
    dev: float | str | None = _setting(
        None,
        "file, or part of the training sentences set aside at the end (0.1), to choose the epoch by",
    )
    test: float | str | None = _setting(None, "file, or part of all sentences set aside at the end, to report on")
    format: FormatName | None = _setting(None, "format of the files; without it told by the end of their names")
    tag_field: TagField = _setting("xpos", "the field of a CoNLL-U file that holds the tag")
    token_column: int = _setting(1, "number of the column that holds the token, from 1", low=1)
    tag_column: int = _setting(2, "number of the column that holds the tag, from 1", low=1)
    keep_traces: bool = _setting(False, "keep the treebank's traces (-NONE-), which stand in no raw text")

    def __post_init__(self) -> None:
        _check(self)

    @property
    def file_format(self) -> FileFormat:
        """How files are read."""
        return FileFormat(self.format, self.tag_field, self.token_column, self.tag_column)


@dataclass(frozen=True)
class FeatureConfig:
    """What is known of each word before any network sees it."""

    min_count: int = _setting(1, "keep words that occur at least this often in the training split", low=1)
    max_affix_length: int = _setting(4, "longest prefix and suffix, in characters; 0 for no surface features", high=20)
    normalize_words: bool = _setting(True, "look words up in lower case, with every digit as 0")
    min_affix_count: int = _setting(2, "keep surface features that this many different words have", low=1)
    use_characters: bool = _setting(False, "read each word's characters with a convolution, too")

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes of the network."""

    embedding_dim: int = _setting(100, "size of a word's embedding", low=1)
    feature_dim: int = _setting(20, "size of the embedding of each affix, shape and flag", low=1)
    character_dim: int = _setting(50, "size of the character network's output, where there is one", low=1)
    cell: Cell = _setting("lstm", "kind of recurrent cell")
    hidden_size: int = _setting(128, "units of each direction", low=1)
    num_layers: int = _setting(1, "number of recurrent layers", low=1)
    bidirectional: bool = _setting(True, "read each sentence from both ends")
    input_dropout: float = _setting(0.5, "dropout on the word vectors, from 0 to 1", high=1)
    dropout: float = _setting(0.0, "dropout between recurrent layers, from 0 to 1", high=1)
    output_dropout: float = _setting(0.5, "dropout on the recurrent layers' output, from 0 to 1", high=1)
    implementation: Implementation = _setting("torch", "who computes the cells: torch, or our own equations")

    def __post_init__(self) -> None:
        _check(self)


USUAL_RATES = {"sgd": 0.1, "adam": 1e-3, "adamw": 4e-3}


@dataclass(frozen=True)
class TrainingConfig:
    """How the network learns."""

    optimizer: Literal["sgd", "adam", "adamw"] = _setting("adamw", "kind of optimizer")
    learning_rate: float | None = _setting(
        None, "(highest) step of an update; without it sgd 0.1, adam 0.001, adamw 0.004", open_low=True
    )
    weight_decay: float = _setting(0.01, "decay of the weights, for adamw and sgd")
    beta2: float = _setting(0.99, "memory of Adam's second moment, below 1", high=1, open_high=True)
    schedule: Literal["constant", "linear", "one-cycle"] = _setting(
        "one-cycle", "learning rate over time: constant, falling to 0, or first rising and then falling to 0"
    )
    warmup_fraction: float = _setting(
        0.2, "part of a one-cycle run in which the rate rises, below 1", high=1, open_high=True
    )
    max_grad_norm: float = _setting(1.0, "longest gradient, longer ones are shortened; 0 for no limit")
    batch_size: int = _setting(16, "sentences in a batch", low=1)
    num_epochs: int = _setting(10, "passes over the training split", low=1)
    patience: int = _setting(0, "stop after this many epochs without a better dev accuracy; 0 for never")
    unknown_word_rate: float = _setting(
        1.0, "a: a word seen n times is shown as unknown with probability a / (a + n); 0 for never"
    )
    seed: int = _setting(1, "seed of all random numbers", high=2**63 - 1)
    device: Literal["auto", "cpu", "cuda", "mps"] = _setting(
        "auto", "where to compute; auto takes a GPU if there is one"
    )
    precision: Literal["auto", "float32", "bfloat16"] = _setting(
        "auto", "number format of the products; auto is bfloat16 on a GPU that has it, else float32"
    )
    threads: int = _setting(1, "CPU threads inside one operation; more help only on a machine that is idle", low=1)

    def __post_init__(self) -> None:
        _check(self)
        if self.learning_rate is None:  # so that what is stored is what was used
            object.__setattr__(self, "learning_rate", USUAL_RATES[self.optimizer])


@dataclass(frozen=True)
class TaggerConfig:
    """All that a tagger is made of, beside its corpus."""

    features: FeatureConfig = dataclasses.field(default_factory=FeatureConfig)
    network: NetworkConfig = dataclasses.field(default_factory=NetworkConfig)
    training: TrainingConfig = dataclasses.field(default_factory=TrainingConfig)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "TaggerConfig":
        """From field names without their part ({"cell": "gru", "seed": 2}); what is not named keeps its default.

        Raises:
            ConfigError: a name is not known, or a value is of the wrong type or outside its range.
        """
        known = {field.name for part in PARTS for field in dataclasses.fields(part)}
        for name in settings:
            if name not in known:
                raise ConfigError(f"expected a setting of the tagger ({' '.join(sorted(known))}), got {name!r}")
        return cls(
            part_from(FeatureConfig, settings), part_from(NetworkConfig, settings), part_from(TrainingConfig, settings)
        )

    def to_dict(self) -> dict[str, Any]:
        """Nested dictionaries of plain values, for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "TaggerConfig":
        """The reverse of to_dict.

        Raises:
            ConfigError: as from_settings, or a part is missing.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        if set(stored) != set(names):
            raise ConfigError(f"expected the parts {' '.join(names)}, got {' '.join(map(str, stored)) or 'none'}")
        return cls.from_settings({name: value for part in names for name, value in stored[part].items()})


PARTS = (FeatureConfig, NetworkConfig, TrainingConfig)

PRESETS: dict[str, dict[str, Any]] = {
    # The defaults above: the best figure without other data than the training sentences.
    "default": {},
    # Past NLTK's perceptron within a few seconds of training.
    "fast": {
        "embedding_dim": 50,
        "feature_dim": 10,
        "hidden_size": 64,
        "input_dropout": 0.3,
        "output_dropout": 0.3,
        "learning_rate": 1e-2,
        "num_epochs": 3,
    },
    # The published exercise: words and nothing else.
    "seed": {
        "keep_traces": True,
        "max_affix_length": 0,
        "embedding_dim": 128,
        "cell": "rnn",
        "hidden_size": 128,
        "num_layers": 2,
        "input_dropout": 0.0,
        "dropout": 0.2,
        "output_dropout": 0.0,
        "optimizer": "sgd",
        "weight_decay": 0.0,
        "beta2": 0.999,
        "schedule": "constant",
        "max_grad_norm": 0.0,
        "batch_size": 32,
        "num_epochs": 10,
        "unknown_word_rate": 0.0,
    },
}


def part_from(part: type[Part], settings: Mapping[str, Any]) -> Part:
    """One part of the settings, from a mapping that may hold the others' too."""
    names = {field.name for field in dataclasses.fields(part)}
    return part(**{name: value for name, value in settings.items() if name in names})


def _check(part: Any) -> None:
    """Type and range of every field; a whole number may stand for a float."""
    hints = typing.get_type_hints(type(part))
    for field in dataclasses.fields(part):
        value, expected = getattr(part, field.name), hints[field.name]
        flag = "--" + field.name.replace("_", "-")
        if not _is_a(value, expected):
            raise ConfigError(f"{flag}: expected {_in_words(expected)}, got {value!r}")
        if isinstance(value, int | float) and not isinstance(value, bool):
            _check_range(flag, value, **{key: field.metadata[key] for key in ("low", "high", "open_low", "open_high")})


def _is_a(value: Any, expected: Any) -> bool:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and all(isinstance(item, arguments[0]) for item in value)
    if arguments:
        return any(_is_a(value, one) for one in arguments)
    if isinstance(value, bool):
        return expected is bool
    return isinstance(value, int | float if expected is float else expected)


def _in_words(expected: Any) -> str:
    if typing.get_origin(expected) is Literal:
        return "one of " + " ".join(typing.get_args(expected))
    if typing.get_origin(expected) is tuple:
        return "texts"
    names = {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "a text",
        type(None): "nothing",
    }
    options = typing.get_args(expected) or (expected,)
    return " or ".join(names[option] if option in names else _in_words(option) for option in options)


def _check_range(flag: str, value: float, *, low: float, high: float, open_low: bool, open_high: bool) -> None:
    above = low < value or (value == low and not open_low)
    below = value < high or (value == high < math.inf and not open_high)
    if not (above and below):
        lower = f"{'above' if open_low else 'at least'} {low:g}"
        upper = f"{'below' if open_high else 'at most'} {high:g}" if high < math.inf else "finite"
        raise ConfigError(f"{flag}: expected a number {lower} and {upper}, got {value}")
