"""Confidences that mean what they say: of the tags with confidence 0.9, nine in ten are right.

The log-probabilities of all tags are divided by one number, the temperature, before they become confidences. Which tag
is the most probable does not change. (C. Guo, G. Pleiss, Y. Sun and K. Weinberger, 2017, "On Calibration of Modern
Neural Networks".)
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from postagger.data_prep.batching import batches_by_length, encode
from postagger.data_prep.sentence import Sentence
from postagger.tagger import Tagger

_BATCH_SIZE = 256
_SENTENCES = 10_000  # more would not move the temperature
_LOWEST, _HIGHEST = 0.5, 5.0
_FEWEST_ERRORS = 10


def calibrate(tagger: Tagger, dev: Sequence[Sentence]) -> None:
    """Set the tagger's temperature: the one that makes the tags of dev most probable.

    Where there are too few errors on dev to learn from, or no dev set, it is the setting --confidence-temperature,
    which for the presets was chosen on parts of the treebank's training sentences.
    """
    log_probs, tag_ids = _scored(tagger, dev[:_SENTENCES])
    errors = int((log_probs.argmax(dim=-1) != tag_ids).sum())
    temperature, source = tagger.config.confidence.confidence_temperature, "setting"
    if errors >= _FEWEST_ERRORS:
        temperature, source = fit_temperature(log_probs, tag_ids), "dev"
    tagger.facts["calibration"] = {"temperature": temperature, "from": source}


def fit_temperature(log_probs: Tensor, tag_ids: Tensor) -> float:
    """The temperature, from 0.5 to 5, that minimizes the negative log-likelihood: log_probs [N, K], tag_ids [N].

    >>> log_probs = torch.tensor([[0.9, 0.1]]).log().expand(10, 2)
    >>> tag_ids = torch.tensor([0, 0, 0, 0, 0, 0, 0, 1, 1, 1])  # sure to 0.9, right 7 times in 10
    >>> temperature = fit_temperature(log_probs, tag_ids)
    >>> (log_probs[0] / temperature).softmax(-1)
    tensor([0.7000, 0.3000])
    """
    from scipy.optimize import minimize_scalar

    log_probs = log_probs.double()

    def nll(log_temperature: float) -> float:
        scaled = (log_probs / math.exp(log_temperature)).log_softmax(dim=-1)
        return -scaled.gather(-1, tag_ids[:, None]).mean().item()

    bounds = (math.log(_LOWEST), math.log(_HIGHEST))
    return math.exp(minimize_scalar(nll, bounds=bounds, method="bounded", options={"xatol": 1e-6}).x)


def _scored(tagger: Tagger, sentences: Sequence[Sentence]) -> tuple[Tensor, Tensor]:
    """The log_probs [N, K] and the true tags [N] of all tokens whose tag the tagger knows."""
    device = next(tagger.network.parameters()).device
    log_probs, tag_ids = [torch.empty(0, len(tagger.tagset))], [torch.empty(0, dtype=torch.long)]
    encoded = encode(
        [one.tokens for one in sentences], tagger.extractor, [one.tags for one in sentences], tagger.tagset
    )
    tagger.network.eval()
    with torch.inference_mode():
        for _, batch in batches_by_length(encoded, _BATCH_SIZE) if len(sentences) else ():
            batch = batch.to(device)
            if batch.tag_ids is None:
                raise ValueError("expected a batch with tags, got one without")
            known = batch.mask & (batch.tag_ids >= 0)
            log_probs.append(tagger.log_probs(batch)[known].cpu())
            tag_ids.append(batch.tag_ids[known].cpu())
    return torch.cat(log_probs), torch.cat(tag_ids)
