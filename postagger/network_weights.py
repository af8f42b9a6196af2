"""The weights of a tagger's network: as arrays, which are enough to tag on a CPU, or as the network itself."""

import ctypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from postagger.config import TaggerConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.forks import LOCK
from postagger.scoring.numpy_scorer import NumpyScorer, Precision
from postagger.scoring.scorer import Scorer
from postagger.scoring.weight_shapes import check_weights

if TYPE_CHECKING:
    from postagger.models.sequence_tagger import SequenceTagger

_GPU_DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")


class NetworkWeights:
    """Weights, and the network that they are of, which is built when somebody asks for it: that needs torch.

    Threads may share an instance. weights: a network, or arrays named as in its state_dict. device: where it shall
    compute; auto is a GPU whose driver is installed, else the CPU. precision: of the recurrent products on a CPU.

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
        self._weights = weights
        self._built: tuple[Scorer, object] | None = None  # a scorer, and the state of the weights that it has
        if not isinstance(weights, Mapping):
            return
        check_weights(weights, config.network, extractor, num_tags)
        if device not in ("cpu", "auto") or (device == "auto" and _has_gpu_driver()):
            self.network  # noqa: B018  # is built at once, where it will be needed

    file: Path | None = None
    """The file that holds all of the tagger: there is none."""

    @property
    def network(self) -> "SequenceTagger":
        """The network, on its device; from now on its weights are the ones that count."""
        weights = self._weights
        if isinstance(weights, Mapping):
            with LOCK:  # so that all threads get the same one
                weights = self._weights
                if isinstance(weights, Mapping):
                    weights = self._weights = self._new_network(weights)
        return weights

    @property
    def device_type(self) -> str:
        """Where it computes: cpu, or what torch calls the device."""
        weights = self._weights
        return "cpu" if isinstance(weights, Mapping) else next(weights.parameters()).device.type

    def arrays(self) -> Mapping[str, np.ndarray]:
        """The weights as they are now, by their names."""
        weights = self._weights
        if isinstance(weights, Mapping):
            return weights
        return {name: weight.detach().cpu().numpy() for name, weight in weights.state_dict().items()}

    def scorer(self) -> Scorer:
        """Whatever scores best with the weights as they are now: numpy on a CPU, else torch."""
        built = self._built
        if built is None or built[1] != self._state():
            with LOCK:
                built, state = self._built, self._state()
                if built is None or built[1] != state:
                    built = self._built = self._new_scorer(), state
        return built[0]

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be worked out again, for other processes."""
        return {**self.__dict__, "_built": None}

    def _new_network(self, weights: Mapping[str, np.ndarray]) -> "SequenceTagger":
        import torch

        from postagger.device import select_device
        from postagger.tagger_network import build_sequence_tagger

        network = build_sequence_tagger(self._config.network, self._extractor, self._num_tags)
        network.load_state_dict({name: torch.tensor(weight) for name, weight in weights.items()})
        return network.to(select_device(self._device)).eval()

    def _new_scorer(self) -> Scorer:
        if self.device_type == "cpu":
            arrays = self.arrays()
            if "word_encoder.words.weight" in arrays:
                return NumpyScorer(arrays, self._config.network, precision=self.precision)
        # While raw text's vectors are still apart from what training adds to them, only the network knows how.
        from postagger.scoring.torch_scorer import TorchScorer

        return TorchScorer(self.network, self._config.training.precision)

    def _state(self) -> Any:
        """Something that changes whenever a weight does."""
        weights = self._weights
        if isinstance(weights, Mapping):
            return None
        return [(weight.data_ptr(), weight._version) for weight in weights.state_dict(keep_vars=True).values()]


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
