import sys

import numpy as np
import pytest
import torch

from postagger.scoring.denormals import torch_flushes_denormals, without_denormals
from postagger.scoring.numpy_scorer import NumpyScorer
from postagger.scoring.torch_scorer import TorchScorer
from postagger.tagger import Tagger

TINY = float(np.finfo(np.float32).tiny)
CAN_FLUSH = torch.set_flush_denormal(False)


def test_only_denormals_become_zero_and_only_in_a_copy() -> None:
    weights = {"a": np.array([1, TINY, -TINY, TINY / 2, -TINY / 2, 0], np.float32), "b": np.zeros((0, 3), np.float32)}
    told = without_denormals(weights)
    assert told["a"].tolist() == [1, TINY, -TINY, 0, 0, 0]
    assert told["b"].shape == (0, 3)
    assert weights["a"][3] == TINY / 2


def test_a_scorer_has_none(small_tagger: Tagger) -> None:
    weights = {name: weight * np.float32(1e-39) for name, weight in small_tagger.weights.arrays().items()}
    scorer = NumpyScorer(weights, small_tagger.config.network)
    (vectors,) = scorer.describe(small_tagger.extractor.table(["dog", "the"]))
    assert any(weight.any() for weight in weights.values())
    assert not vectors.any()
    assert not scorer.logits([vectors], np.array([0, 1]), np.array([2])).any()


@pytest.mark.skipif(not CAN_FLUSH, reason="the processor has no such mode")
def test_torch_computes_without_them_and_leaves_the_thread_as_it_was(
    small_tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    smallest = []
    scorer = TorchScorer(small_tagger.network, "float32")
    finish = scorer._begin

    def begin(batch: object) -> object:
        smallest.append(sys.float_info.min / 2)
        return finish(batch)  # type: ignore[arg-type]

    monkeypatch.setattr(scorer, "_begin", begin)
    columns = scorer.describe(small_tagger.extractor.table(["dog", "the"]))
    scorer.logits(columns, np.array([0, 1]), np.array([2]))
    assert smallest == [0]
    assert sys.float_info.min / 2 > 0
    with torch_flushes_denormals():
        scorer.logits(columns, np.array([0, 1]), np.array([2]))
        assert sys.float_info.min / 2 == 0
