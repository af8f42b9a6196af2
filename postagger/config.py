"""The settings of a tagger, and those of training, which taggers and language models share."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from postagger.data_prep.corpus_names import CORPUS_NAMES, RAW_CORPUS_NAMES
from postagger.data_prep.formats import FileFormat, FormatName, TagField
from postagger.models.cells import Cell, Implementation
from postagger.settings import Config, check, setting


@dataclass(frozen=True)
class CorpusConfig:
    """Where the tagged sentences come from, and how they are read and split."""

    corpus: tuple[str, ...] = setting(
        (),
        f"one of {' '.join(CORPUS_NAMES)}, or files; without it the treebank, or the sample where it is missing",
        metavar="NAME|FILE",
    )
    dev: float | str | None = setting(
        None,
        "file, or part of the training sentences set aside at the end (0.1), to choose the epoch by",
    )
    test: float | str | None = setting(None, "file, or part of all sentences set aside at the end, to report on")
    format: FormatName | None = setting(None, "format of the files; without it told by the end of their names")
    tag_field: TagField = setting("xpos", "the field of a CoNLL-U file that holds the tag")
    token_column: int = setting(1, "number of the column that holds the token, from 1", low=1)
    tag_column: int = setting(2, "number of the column that holds the tag, from 1", low=1)
    keep_traces: bool = setting(False, "keep the treebank's traces (-NONE-), which stand in no raw text")
    stream: bool = setting(
        False, "read the training files again in each epoch, a block at a time, and not into memory: for any size"
    )
    shuffle_buffer: int = setting(
        10_000,
        "sentences of a block of --stream, which come in random order; the blocks come in that of the files",
        low=1,
    )
    raw_text: tuple[str, ...] = setting(
        (),
        f"untagged text to learn from first: {' '.join(RAW_CORPUS_NAMES)}, text files, folders, zip archives",
        metavar="NAME|FILE",
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def file_format(self) -> FileFormat:
        """How files are read."""
        return FileFormat(self.format, self.tag_field, self.token_column, self.tag_column)


@dataclass(frozen=True)
class FeatureConfig:
    """What is known of each word before any network sees it, and how training sentences are shown."""

    min_count: int = setting(1, "keep words that occur at least this often in the training split", low=1)
    max_affix_length: int = setting(4, "longest prefix and suffix, in characters; 0 for no surface features", high=20)
    normalize_words: bool = setting(True, "look words up in lower case, with every digit as 0")
    min_affix_count: int = setting(2, "keep surface features that this many different words have", low=1)
    use_characters: bool = setting(False, "read each word's characters with a convolution, too")
    unknown_word_rate: float = setting(
        1.0, "a: a word seen n times is shown as unknown with probability a / (a + n); 0 for never"
    )
    augmentation: float = setting(
        0.0,
        "part of the training sentences shown again in lower case, and again with signs and words as the web has them",
        high=1,
    )
    r_drop: float = setting(
        0.0,
        "show each sentence twice, other words hidden, and ask so strongly for the same answers; 0 shows it once",
        metavar="WEIGHT",
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def detect_case(self) -> bool:
        """Whether sentences whose capitals say nothing are read without them, which must have been learnt."""
        return self.augmentation > 0


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes of the network."""

    embedding_dim: int = setting(100, "size of a word's embedding", low=1)
    feature_dim: int = setting(20, "size of the embedding of each affix, shape and flag", low=1)
    character_dim: int = setting(50, "size of the character network's output, where there is one", low=1)
    cell: Cell = setting("gru", "kind of recurrent cell")
    hidden_size: int = setting(72, "units of each direction", low=1)
    num_layers: int = setting(1, "number of recurrent layers", low=1)
    bidirectional: bool = setting(True, "read each sentence from both ends")
    input_dropout: float = setting(0.5, "dropout on the word vectors, from 0 to 1", high=1)
    dropout: float = setting(0.0, "dropout between recurrent layers, from 0 to 1", high=1)
    output_dropout: float = setting(0.5, "dropout on the recurrent layers' output, from 0 to 1", high=1)
    implementation: Implementation = setting("torch", "who computes the cells: torch, or our own equations")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class PretrainingConfig:
    """What is learnt from raw text first, where some is named."""

    min_raw_count: int = setting(3, "keep words that occur at least this often in the raw text", low=1)
    min_raw_affix_count: int = setting(4, "keep surface features that this many different words of it have", low=1)
    vector_dim: int = setting(80, "size of the vectors of counted neighbours that embeddings start from", low=1)
    cloze_rate: float = setting(0.12, "part of the words that are hidden, to be told from those around them", high=1)
    pretraining_dropout: float = setting(0.2, "dropout, from 0 to 1", high=1)
    pretraining_rate: float = setting(4e-3, "highest step of an update", open_low=True)
    pretraining_batch_size: int = setting(64, "sentences in a batch", low=1)
    pretraining_epochs: int = setting(1, "passes over the raw text", low=1)

    def __post_init__(self) -> None:
        check(self)


USUAL_RATES = {"sgd": 0.1, "adam": 1e-3, "adamw": 4e-3}


@dataclass(frozen=True)
class TrainingConfig:
    """How the network learns."""

    optimizer: Literal["sgd", "adam", "adamw"] = setting("adamw", "kind of optimizer")
    learning_rate: float | None = setting(
        None, "(highest) step of an update; without it sgd 0.1, adam 0.001, adamw 0.004", open_low=True
    )
    weight_decay: float = setting(0.01, "decay of the weights, for adamw and sgd")
    beta2: float = setting(0.99, "memory of Adam's second moment, below 1", high=1, open_high=True)
    schedule: Literal["constant", "linear", "one-cycle"] = setting(
        "one-cycle", "learning rate over time: constant, falling to 0, or first rising and then falling to 0"
    )
    warmup_fraction: float = setting(
        0.2, "part of a one-cycle run in which the rate rises, below 1", high=1, open_high=True
    )
    max_grad_norm: float = setting(1.0, "longest gradient, longer ones are shortened; 0 for no limit")
    batch_size: int = setting(16, "sentences, or windows of text, in a batch", low=1)
    num_epochs: int = setting(13, "passes over the training split", low=1)
    minutes: float | None = setting(
        None, "train for so long, whatever --num-epochs says; the schedule then follows the clock", open_low=True
    )
    patience: int = setting(
        0, "stop after this many epochs without a better score on dev or the held-out text; 0 for never"
    )
    seed: int = setting(1, "seed of all random numbers", high=2**63 - 1)
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto", "where to compute; auto takes a GPU if there is one"
    )
    precision: Literal["auto", "float32", "bfloat16"] = setting(
        "auto",
        "number format of the products; auto is bfloat16 where that is fast (taggers: on a GPU), else float32",
    )
    threads: int = setting(
        1, "CPU threads inside one operation; more help only on a machine that is idle", low=1, high=1024
    )

    def __post_init__(self) -> None:
        check(self)
        if self.learning_rate is None:  # so that what is stored is what was used
            object.__setattr__(self, "learning_rate", USUAL_RATES[self.optimizer])


@dataclass(frozen=True)
class ConfidenceConfig:
    """How sure a tagger says it is."""

    confidence_temperature: float = setting(
        1.45,
        "what log-probabilities are divided by before they become confidences; with a dev set this is learnt there",
        low=0.05,
        high=20,
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class TaggerConfig(Config):
    """All that a tagger is made of, beside its corpus."""

    features: FeatureConfig = dataclasses.field(default_factory=FeatureConfig)
    network: NetworkConfig = dataclasses.field(default_factory=NetworkConfig)
    pretraining: PretrainingConfig = dataclasses.field(default_factory=PretrainingConfig)
    training: TrainingConfig = dataclasses.field(default_factory=TrainingConfig)
    confidence: ConfidenceConfig = dataclasses.field(default_factory=ConfidenceConfig)


PARTS = (FeatureConfig, NetworkConfig, PretrainingConfig, TrainingConfig, ConfidenceConfig)

PRESETS: dict[str, dict[str, Any]] = {
    # The defaults above: what a minute brings.
    "default": {},
    # Twice the time for the best figure without other data than the training sentences.
    "thorough": {
        "cell": "lstm",
        "hidden_size": 128,
        "num_epochs": 10,
        "r_drop": 0.5,
        "confidence_temperature": 1.4,
    },
    # Past NLTK's perceptron within a few seconds of training, and twice as fast as the default in tagging.
    "fast": {
        "embedding_dim": 50,
        "feature_dim": 10,
        "cell": "rnn",
        "hidden_size": 64,
        "input_dropout": 0.3,
        "output_dropout": 0.3,
        "learning_rate": 1e-2,
        "num_epochs": 6,
        "confidence_temperature": 1.35,
    },
    # The best figure: raw text first, a wider layer, and sentences in other cases. English.
    "accurate": {
        "raw_text": ("brown", "conll2000", "abc", "state_union"),
        "cell": "lstm",
        "hidden_size": 192,
        "num_epochs": 10,
        "unknown_word_rate": 4.0,
        "augmentation": 0.07,
        "pretraining_epochs": 2,
        "warmup_fraction": 0.1,
        "confidence_temperature": 1.4,
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
        "confidence_temperature": 0.8,
    },
}
