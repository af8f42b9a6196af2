"""A tagger's network in torch: the scores of many sentences on a GPU."""

from collections import deque

import numpy as np
import torch
from torch import Tensor

from postagger.data_prep.features import WordTable
from postagger.device import autocast
from postagger.models.sequence_tagger import SequenceTagger
from postagger.scoring.denormals import torch_flushes_denormals
from postagger.scoring.padding import PaddedIds, id_columns, padded_batches

_MOST_SENTENCES, _MOST_TOKENS = 2048, 65_536


class TorchScorer:
    """Scores by the network as it is, on its device; while one batch is computed, the next is prepared."""

    def __init__(self, network: SequenceTagger, precision: str) -> None:
        self._network = network
        self._precision = precision

    def describe(self, table: WordTable) -> list[np.ndarray]:
        """The ids of each word."""
        return id_columns(table)

    @torch.inference_mode()
    @torch_flushes_denormals()
    def logits(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Tokens as rows [N] of the columns, sentence after sentence, of lengths [B] -> log_probs [N, K]."""
        self._network.eval()
        scores = np.empty((len(rows), self._network.output.out_features), np.float32)
        begun: deque[tuple[np.ndarray, Tensor, torch.cuda.Event | None]] = deque()
        for batch in padded_batches(columns, rows, lengths, most_sentences=_MOST_SENTENCES, most_tokens=_MOST_TOKENS):
            begun.append((batch.places, *self._begin(batch)))
            if len(begun) == 2:
                _finish(scores, *begun.popleft())
        while begun:
            _finish(scores, *begun.popleft())
        return scores

    def best(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """As logits, but only the ids of the most probable tags [N]."""
        tag_ids: np.ndarray = self.logits(columns, rows, lengths).argmax(axis=1)
        return tag_ids

    def _begin(self, batch: PaddedIds) -> tuple[Tensor, torch.cuda.Event | None]:
        """The log_probs [N, K] of a batch on the CPU, which are there once the event has happened."""
        device = next(self._network.parameters()).device
        tokens, features, lengths, mask = (
            _sent(array, device) for array in (batch.token_ids, batch.feature_ids, batch.lengths, batch.mask)
        )
        characters = None if batch.character_ids is None else _sent(batch.character_ids, device)
        with autocast(device, self._precision):
            log_probs = self._network(tokens, features, characters, lengths)
        real = log_probs.float()[mask]
        if device.type != "cuda":
            return real.cpu(), None
        back = torch.empty(real.shape, pin_memory=True)
        back.copy_(real, non_blocking=True)
        event = torch.cuda.Event()
        event.record()
        return back, event


def _sent(array: np.ndarray, device: torch.device) -> Tensor:
    tensor = torch.from_numpy(array)
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)  # pinned memory is copied while the GPU computes


def _finish(scores: np.ndarray, places: np.ndarray, log_probs: Tensor, event: torch.cuda.Event | None) -> None:
    if event is not None:
        event.synchronize()
    scores[places] = log_probs.numpy()
