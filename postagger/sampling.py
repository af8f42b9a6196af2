"""How the next character is chosen from its probabilities."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from postagger.errors import ConfigError


@dataclass(frozen=True)
class Sampling:
    """temperature: log-probabilities are divided by it; 0 always takes the most probable symbol, as greedy does.

    top_k: draw from the k most probable symbols only; 0 for no limit. top_p: draw from the fewest symbols that are
    together at least so probable (A. Holtzman et al., 2020, "The Curious Case of Neural Text Degeneration").

    Raises:
        ConfigError: a value is outside its range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    greedy: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ConfigError(f"--temperature: expected a number at least 0 and finite, got {self.temperature}")
        if self.top_k < 0:
            raise ConfigError(f"--top-k: expected a number at least 0, got {self.top_k}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"--top-p: expected a number above 0 and at most 1, got {self.top_p}")

    def choose(self, log_probs: Tensor, generator: torch.Generator | None = None) -> int:
        """A symbol's id, from log_probs [V].

        >>> log_probs = torch.tensor([0.1, 0.2, 0.7]).log()
        >>> Sampling(greedy=True).choose(log_probs)
        2
        >>> {Sampling(top_k=2).choose(log_probs) for _ in range(50)}
        {1, 2}
        """
        if self.greedy or self.temperature == 0:
            return int(log_probs.argmax())
        return int(torch.multinomial(self.probabilities(log_probs), 1, generator=generator))

    def probabilities(self, log_probs: Tensor) -> Tensor:
        """What is drawn from: log_probs [V] -> probabilities [V]."""
        # Shifted first, so that the smallest temperature cannot turn all of them into minus infinity.
        scaled = (log_probs.double() - log_probs.max()) / self.temperature
        if 0 < self.top_k < len(scaled):
            scaled = scaled.masked_fill(scaled < scaled.topk(self.top_k).values[-1], -math.inf)
        probabilities = scaled.softmax(dim=-1)
        if self.top_p < 1:
            falling, order = probabilities.sort(descending=True, stable=True)
            # A symbol stays as long as those before it have not reached p, so the first one always stays.
            dropped = order[falling.cumsum(dim=0) - falling >= self.top_p]
            probabilities[dropped] = 0.0
        return probabilities
