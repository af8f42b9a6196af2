"""A tagger's network in numpy: the scores of a sentence on a CPU, without waiting for torch.

What a word means to the network is a function of the word alone. So its vector, and the product of this with the first
recurrent layer's input weights, are taken once and looked up wherever the word stands; what is left of a token is one
product a layer and direction.
"""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Literal

import numpy as np

from postagger.config import NetworkConfig
from postagger.data_prep.features import WordTable
from postagger.scoring.denormals import without_denormals
from postagger.scoring.packing import Packing, packings
from postagger.scoring.recurrent_steps import LayerWeights, Multiply, layer_weights, run_layer
from postagger.scoring.threads import one_blas_thread
from postagger.scoring.workspace import Workspace

# Of products this small no library makes several threads' work.
_FEW_TOKENS, _FEW_WORDS = 256, 16
Precision = Literal["float32", "bfloat16"]


class NumpyScorer:
    """Scores with the weights of a SequenceTagger, named as in its state_dict."""

    def __init__(
        self, weights: Mapping[str, np.ndarray], config: NetworkConfig, *, precision: Precision = "float32"
    ) -> None:
        """weights: are copied. precision: of the recurrent products; in bfloat16 a few tags in 100,000 differ."""
        weights = self._weights = without_denormals(weights)
        self._cell = config.cell
        directions = 2 if config.bidirectional else 1
        self._layers: list[LayerWeights] = []
        scale = 1.0
        for first in range(0, config.num_layers * directions, directions):
            own = [
                [weights[f"recurrent.layers.{number}.{name}"] for name in _NAMES]
                for number in range(first, first + directions)
            ]
            self._layers.append(layer_weights(config.cell, own, scale))
            scale = self._layers[-1].output_scale
        self._multiply = [_multiplication(layer.recurrent_weight, precision) for layer in self._layers]
        # Of each direction, [D, H, K].
        output = weights["output.weight"].T.reshape(directions, config.hidden_size, -1)
        self._output = np.ascontiguousarray(output * np.float32(scale))
        self._output_bias = weights["output.bias"]
        self._workspaces: list[Workspace] = []  # those that no thread uses now

    def describe(self, table: WordTable) -> list[np.ndarray]:
        """What the first layer makes of each word of a table: [N, D * G * H]."""
        first = self._layers[0]
        with one_blas_thread() if len(table) > _FEW_WORDS else nullcontext():
            made = self._vectors(table) @ first.input_weight
        made += first.input_bias
        return [made]

    def logits(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Tokens as rows [N] of what describe made, sentence after sentence, of lengths [B] -> logits [N, K]."""
        scores = np.empty((len(rows), len(self._output_bias)), np.float32)
        for places, own in self._groups(columns, rows, lengths):
            scores[places] = own
        return scores

    def best(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """As logits, but only the ids of the tags with the highest scores [N]."""
        tag_ids = np.empty(len(rows), np.int64)
        for places, own in self._groups(columns, rows, lengths):
            tag_ids[places] = own.argmax(axis=1)  # while they are in cache
        return tag_ids

    def _groups(
        self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Of sentences of like length, where their tokens stand [n], and the logits of these [n, K]."""
        directions = len(self._output)
        table = columns[0].reshape(len(columns[0]) * directions, -1)
        try:
            workspace = self._workspaces.pop()
        except IndexError:  # others use them all
            workspace = Workspace()
        with one_blas_thread() if len(rows) > _FEW_TOKENS else nullcontext():
            for packing in packings(lengths):
                packed = rows[packing.places] * directions
                yield packing.places, self._group(table, packed, packing, workspace)
        self._workspaces.append(workspace)

    def _group(self, table: np.ndarray, rows: np.ndarray, packing: Packing, workspace: Workspace) -> np.ndarray:
        """The logits [N, K] of packed tokens, whose forward rows in the table [R * D, G * H] are given."""
        directions, states = len(self._output), self._output
        for number, layer in enumerate(self._layers):
            if number:
                inputs = np.concatenate([states[0], *states[1:, packing.mirror]], axis=-1)
                table = (inputs @ layer.input_weight + layer.input_bias).reshape(len(inputs) * directions, -1)
                rows = np.arange(len(inputs)) * directions
            reading = np.stack([rows, rows[packing.mirror] + 1][:directions])
            multiply, name = self._multiply[number], f"states of {number}"
            states = run_layer(self._cell, layer, table, reading, packing.counts, workspace, multiply, name)
        shape = len(rows), len(self._output_bias)
        scores = np.matmul(states[0], self._output[0], out=workspace.array("scores", *shape))
        scores += self._output_bias
        if directions == 2:
            backward = np.matmul(states[1], self._output[1], out=workspace.array("backward", *shape))
            scores += backward.take(packing.mirror, axis=0, out=workspace.array("mirrored", *shape), mode="clip")
        return scores

    def _vectors(self, table: WordTable) -> np.ndarray:
        """The vectors of words [N, E]."""
        weights = self._weights
        parts = [weights["word_encoder.words.weight"][table.token_ids]]
        if "word_encoder.features.weight" in weights:
            features = weights["word_encoder.features.weight"][table.feature_ids]  # [N, F, E]
            parts.append(features.reshape(len(features), features.shape[1] * features.shape[2]))
        if table.character_ids is not None:
            parts.append(self._character_vectors(table.character_ids))
        return np.concatenate(parts, axis=1)

    def _character_vectors(self, character_ids: np.ndarray) -> np.ndarray:
        """As CharacterEncoder: a convolution over three characters and the largest value of each channel, [N, E]."""
        prefix = "word_encoder.characters."
        weight = self._weights[prefix + "convolution.weight"]  # [out, in, 3]
        embedded = self._weights[prefix + "embedding.weight"][character_ids]  # [n, C, in]
        padded = np.pad(embedded, ((0, 0), (1, 1), (0, 0)))
        width = character_ids.shape[1]
        windows = sum(padded[:, shift : shift + width] @ weight[:, :, shift].T for shift in range(3))
        windows = windows + self._weights[prefix + "convolution.bias"]
        windows[character_ids == 0] = -np.inf
        largest = windows.max(axis=1)
        largest[(character_ids == 0).all(axis=1)] = 0
        vectors: np.ndarray = np.maximum(largest, 0)
        return vectors


def _multiplication(weight: np.ndarray, precision: Precision) -> Multiply:
    if precision == "float32":
        return lambda states, out: np.matmul(states, weight, out=out)
    from postagger.scoring.bfloat16 import Bfloat16Product

    return Bfloat16Product(weight)


_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
