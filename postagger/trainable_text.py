"""What a text must have, so that a language model can be trained on it."""

from postagger.data_prep.characters import Alphabet, Codes, num_consecutive, num_random
from postagger.errors import ConfigError, CorpusError
from postagger.language_config import TextConfig


def check_text(
    name: str, train: Codes, held_out: Codes, alphabet: Alphabet, config: TextConfig, batch_size: int
) -> None:
    """Of the two parts of a text, whether they are long enough, and not of one character alone.

    Raises:
        CorpusError: they are not.
    """
    length, symbol = len(train), "bytes" if config.symbols == "bytes" else "characters"
    if length <= config.context_length:
        raise CorpusError(
            f"{name}: expected more {symbol} to train on than a window of {config.context_length}, got {length}; give "
            f"more text or a smaller --context-length"
        )
    count = num_consecutive if config.windows == "consecutive" else num_random
    if not count(length, batch_size, config.context_length):
        most = next(
            size for size in range(min(batch_size, length), 0, -1) if count(length, size, config.context_length)
        )
        raise CorpusError(
            f"{name}: expected {symbol} for {batch_size} windows of {config.context_length} side by side, got {length}"
            f"; give more text or --batch-size {most}"
        )
    if (train[: 1 << 20] == train[0]).all() and (train == train[0]).all():
        raise CorpusError(f"{name}: expected at least two different {symbol}, got only one; give another text")
    if alphabet.characters is not None and not alphabet.characters:
        raise CorpusError(
            f"{name}: expected characters that occur {config.min_count} times, got none; lower --min-count"
        )
    if len(held_out) == 1:
        raise CorpusError(f"{name}: expected at least two {symbol} to hold out, got one; set another --held-out")


def check_share(batch_size: int, processes: int) -> None:
    """Of so many windows side by side, each process takes at least one.

    Raises:
        ConfigError: there are too few.
    """
    if batch_size < processes:
        raise ConfigError(
            f"--batch-size: expected a window for each of {processes} processes, got {batch_size}; choose a "
            f"larger one, or start fewer"
        )
