"""The lessons' smallest exercise: read one word, write another, "hello" -> "ohlol".

Three networks, each of them shown the whole word in every epoch: a cell that is stepped by hand, a recurrent layer, and
an embedding with two layers and a linear one.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from postagger.errors import ConfigError
from postagger.models.from_scratch import FromScratchLayer, project, rnn_step
from postagger.models.losses import masked_nll_loss
from postagger.models.recurrent import Recurrent

NUM_EPOCHS = 15
_EMBEDDING_DIM, _HIDDEN_SIZE, _NUM_LAYERS = 10, 8, 2


class SteppedCell(nn.Module):
    """A cell on one-hot input, one step after the other; its states are the logits, so H = V."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.weights = FromScratchLayer("rnn", vocab_size, vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Ids [1, T] -> logits [1, T, V]."""
        layer = self.weights
        projected = project(ids, layer.weight_ih_l0, layer.bias_ih_l0)  # [1, T, V]
        state: tuple[Tensor, ...] = (torch.zeros(1, layer.hidden_size),)
        logits = []
        for step in range(ids.shape[1]):
            state = rnn_step(projected[:, step], state, layer.weight_hh_l0, layer.bias_hh_l0)
            logits.append(state[0])
        return torch.stack(logits, dim=1)


class Layer(nn.Module):
    """A recurrent layer on one-hot input: the same network, which steps by itself."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.recurrent = Recurrent("rnn", vocab_size, vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Ids [1, T] -> logits [1, T, V]."""
        return self.recurrent.forward_from(ids)[0]


class EmbeddedLayers(nn.Module):
    """Embedding -> two recurrent layers -> linear."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, _EMBEDDING_DIM)
        self.recurrent = Recurrent("rnn", _EMBEDDING_DIM, _HIDDEN_SIZE, num_layers=_NUM_LAYERS)
        self.output = nn.Linear(_HIDDEN_SIZE, vocab_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Ids [1, T] -> logits [1, T, V]."""
        logits: Tensor = self.output(self.recurrent.forward_from(self.embedding(ids))[0])
        return logits


_NETWORKS: dict[str, tuple[Callable[[int], nn.Module], float]] = {
    "RNN cell, one-hot": (SteppedCell, 0.1),
    "RNN layer, one-hot": (Layer, 0.1),
    "embedding, two RNN layers, linear": (EmbeddedLayers, 0.05),
}


def learn_mappings(source: str, target: str, *, seed: int = 1) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Each network's name and what it wrote, and its loss in nats per character, in each of 15 epochs.

    Raises:
        ConfigError: the two words are empty or not of the same length.
    """
    if not source or len(source) != len(target):
        raise ConfigError(
            f"--map: expected two words of one length, got {source!r} ({len(source)}) and {target!r} ({len(target)})"
        )
    symbols = sorted({*source, *target})
    inputs, targets = (torch.tensor([[symbols.index(character) for character in word]]) for word in (source, target))
    mask = torch.ones_like(targets, dtype=torch.bool)
    for name, (build, learning_rate) in _NETWORKS.items():
        torch.manual_seed(seed)
        network = build(len(symbols))
        optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate)
        epochs = []
        for _ in range(NUM_EPOCHS):
            optimizer.zero_grad()
            log_probs = network(inputs).log_softmax(dim=-1)
            loss, count = masked_nll_loss(log_probs, targets, mask)
            (loss / count).backward()
            optimizer.step()
            predicted = "".join(symbols[number] for number in log_probs[0].argmax(dim=-1).tolist())
            epochs.append((predicted, loss.item() / int(count)))
        yield name, epochs
