"""Text that a language model writes for its report."""

from dataclasses import dataclass

from postagger.char_language_model import CharLanguageModel

_TEMPERATURES = (0.5, 0.8, 1.0)
_LENGTH = 300


@dataclass(frozen=True)
class Sample:
    """What a model wrote after a prefix (read backward, before it). temperature: below 1 more probable text."""

    prefix: str
    temperature: float
    seed: int
    text: str


def write_samples(model: CharLanguageModel) -> list[Sample]:
    """300 characters at each of three temperatures, after the first prefix of the training, if it had one."""
    prefix, seed = next(iter(model.config.sample.prefix), ""), model.config.training.seed
    return [
        Sample(prefix, temperature, seed, model.generate(prefix, _LENGTH, temperature=temperature, seed=seed))
        for temperature in _TEMPERATURES
    ]
