"""The weights of a tagger's network: as arrays, which are enough to tag on a CPU, or as the network itself."""

import ctypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from postagger.config import TaggerConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.scoring.numpy_scorer import NumpyScorer, Precision
from postagger.scoring.scorer import Scorer
from postagger.scoring.weight_shapes import check_weights

if TYPE_CHECKING:
    from postagger.models.sequence_tagger import SequenceTagger

_GPU_DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")


class NetworkWeights:
    """Weights, and the network that they are of, which is built when somebody asks for it: that needs torch.

    weights: a network, or arrays named as in its state_dict. device: where it shall compute; auto is a GPU whose
    driver is installed, else the CPU. precision: of the recurrent products on a CPU.

    Raises:
        ValueError: the weights are not those of the network that config and extractor tell of.
    """

    def __init__(
        self,
        weights: "SequenceTagger | Mapping[str, np.ndarray]",
        config: TaggerConfig,
        extractor: FeatureExtractor,
        num_tags: int,
        *,
        device: str = "auto",
        precision: Precision = "float32",
    ) -> None:
        self._config, self._extractor, self._num_tags = config, extractor, num_tags
        self._device = device
        self.precision = precision
        self._arrays: Mapping[str, np.ndarray] | None = None
        self._network: SequenceTagger | None = None
        self._scorer: Scorer | None = None
        self._seen: object = None
        if not isinstance(weights, Mapping):
            self._network = weights
            return
        check_weights(weights, config.network, extractor, num_tags)
        self._arrays = weights
        if device not in ("cpu", "auto") or (device == "auto" and _has_gpu_driver()):
            self.network  # noqa: B018  # is built at once, where it will be needed

    file: Path | None = None
    """The file that holds all of the tagger: there is none."""

    @property
    def network(self) -> "SequenceTagger":
        """The network, on its device; from now on its weights are the ones that count."""
        if self._network is None:
            import torch

            from postagger.device import select_device
            from postagger.tagger_network import build_sequence_tagger

            network = build_sequence_tagger(self._config.network, self._extractor, self._num_tags)
            network.load_state_dict({name: torch.tensor(weight) for name, weight in self.arrays().items()})
            self._network = network.to(select_device(self._device)).eval()
            self._arrays = None
        return self._network

    @property
    def device_type(self) -> str:
        """Where it computes: cpu, or what torch calls the device."""
        return "cpu" if self._network is None else next(self._network.parameters()).device.type

    def arrays(self) -> Mapping[str, np.ndarray]:
        """The weights as they are now, by their names."""
        if self._network is None:
            return self._arrays or {}
        return {name: weight.detach().cpu().numpy() for name, weight in self._network.state_dict().items()}

    def scorer(self) -> Scorer:
        """Whatever scores best with the weights as they are now: numpy on a CPU, else torch."""
        state = self._state()
        if self._scorer is None or state != self._seen:
            self._scorer, self._seen = self._new_scorer(), state
        return self._scorer

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be worked out again, for other processes."""
        return {**self.__dict__, "_scorer": None, "_seen": None}

    def _new_scorer(self) -> Scorer:
        if self.device_type == "cpu":
            arrays = {name: weight.copy() for name, weight in self.arrays().items()}
            if "word_encoder.words.weight" in arrays:
                return NumpyScorer(arrays, self._config.network, precision=self.precision)
        # While raw text's vectors are still apart from what training adds to them, only the network knows how.
        from postagger.scoring.torch_scorer import TorchScorer

        return TorchScorer(self.network, self._config.training.precision)

    def _state(self) -> Any:
        """Something that changes whenever a weight does."""
        if self._network is None:
            return None
        return [(weight.data_ptr(), weight._version) for weight in self._network.state_dict(keep_vars=True).values()]


def check_device(name: str) -> None:
    """Refuse a device that the machine does not have.

    Raises:
        ConfigError: it has none of this name.
    """
    if name not in ("auto", "cpu"):
        from postagger.device import select_device

        select_device(name)


def _has_gpu_driver() -> bool:
    """Whether it is worth waiting for torch to look for a GPU."""
    for name in _GPU_DRIVERS:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
