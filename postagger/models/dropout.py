"""Dropout with cheap random numbers."""

import torch
from torch import Tensor, nn

_STEPS = 256


class Dropout(nn.Module):
    """Zeros values with a probability while training, and scales the others so that their mean stays.

    After N. Srivastava et al., 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting". On a CPU the
    random numbers are bytes: eight come with each draw, which in torch's own dropout takes as long for one of them. The
    probability is rounded to 256ths.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, values: Tensor) -> Tensor:
        """Values of any shape, and as many afterwards."""
        if not self.training or not self.probability:
            return values
        if values.device.type != "cpu":
            return nn.functional.dropout(values, self.probability)
        threshold = round(self.probability * _STEPS)
        if threshold == _STEPS:
            return values * 0
        draws = torch.empty(values.numel() // 8 + 1, dtype=torch.int64).random_(-(2**63), None)
        kept = draws.view(torch.uint8)[: values.numel()].view(values.shape) >= threshold
        return values * kept.to(values.dtype).mul_(_STEPS / (_STEPS - threshold))

    def extra_repr(self) -> str:
        """What print shows of it."""
        return f"probability={self.probability}"
