"""An exported tagger: its scores by onnxruntime, from one file that holds all it needs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from postagger.data_prep.features import WordTable
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.scoring.padding import id_columns, padded_batches

if TYPE_CHECKING:
    from postagger.models.sequence_tagger import SequenceTagger

# Few enough tokens that what the network keeps of them stays below a hundred megabytes.
_MOST_SENTENCES, _MOST_TOKENS = 128, 4096


class OnnxScorer:
    """Scores by an ONNX model that the export command made. It can tag, and nothing else."""

    def __init__(self, path: Path) -> None:
        """Open the file, which holds all of the tagger.

        Raises:
            ConfigError: onnxruntime is not installed.
            ModelFolderError: the file is missing, broken, or not an exported tagger.
        """
        try:
            import onnxruntime
        except ImportError:
            raise ConfigError(
                f"{path}: expected onnxruntime to run it, got none; pip install 'postagger[onnx]'"
            ) from None
        self.file = path
        self.precision, self.device_type = "float32", "cpu"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        try:
            content = path.read_bytes()
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            self._inputs = [one.name for one in self._session.get_inputs()]
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.config, self.vocabulary = (json.loads(metadata[name]) for name in ("config", "vocabulary"))
        except OSError as error:
            raise ModelFolderError(
                f"{path}: expected a model folder or an ONNX file, got: {error.strerror}; check the path"
            ) from None
        except Exception as error:  # onnxruntime's errors have no family
            reason = " ".join(str(error).split())[:200]
            raise ModelFolderError(
                f"{path}: expected a tagger as python -m postagger.export writes it, got: {reason}; export it again"
            ) from None

    def scorer(self) -> "OnnxScorer":
        """Itself."""
        return self

    def describe(self, table: WordTable) -> list[np.ndarray]:
        """The ids of each word."""
        return id_columns(table)

    def logits(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Tokens as rows [N] of the columns, sentence after sentence, of lengths [B] -> log_probs [N, K]."""
        scores = np.empty((len(rows), self._session.get_outputs()[0].shape[-1]), np.float32)
        for batch in padded_batches(columns, rows, lengths, most_sentences=_MOST_SENTENCES, most_tokens=_MOST_TOKENS):
            (log_probs,) = self._session.run(None, {name: getattr(batch, name) for name in self._inputs})
            scores[batch.places] = log_probs[batch.mask]
        return scores

    def best(self, columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """As logits, but only the ids of the most probable tags [N]."""
        tag_ids: np.ndarray = self.logits(columns, rows, lengths).argmax(axis=1)
        return tag_ids

    @property
    def network(self) -> "SequenceTagger":
        """There is none.

        Raises:
            InputError: always.
        """
        self._refuse()

    def arrays(self) -> dict[str, Any]:
        """There are none.

        Raises:
            InputError: always.
        """
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise InputError("expected a model folder, got an exported model, which can tag and nothing else")
