"""An exported tagger: its scores by onnxruntime, from one file that holds all it needs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from postagger.data_prep.features import WordTable
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.onnx_graph import graph_of_shapes
from postagger.scoring.onnx_file import check_graph, parse_onnx
from postagger.scoring.padding import id_columns, padded_batches
from postagger.stored_files import StoredFiles, one_line, parse_json
from postagger.stored_tensors import Shape

if TYPE_CHECKING:
    from postagger.models.sequence_tagger import SequenceTagger

# Few enough tokens that what the network keeps of them stays below a hundred megabytes.
_MOST_SENTENCES, _MOST_TOKENS = 128, 4096

_LARGEST_FILE = 2 << 30  # the format has no larger ones


class OnnxScorer:
    """Scores by an ONNX model that the export command made. It can tag, and nothing else.

    config, vocabulary: what the file tells of the tagger. It scores once these are known to fit: see fitting.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, which holds all of the tagger.

        Raises:
            ConfigError: onnxruntime is not installed.
            ModelFolderError: the file is missing, broken, or not an exported tagger.
        """
        try:
            import onnxruntime  # noqa: F401 - to be missed before anything is read
        except ImportError:
            raise ConfigError(
                f"{path}: expected onnxruntime to run it, got none; pip install 'postagger[onnx]'"
            ) from None
        self.file = path
        self.precision, self.device_type = "float32", "cpu"
        self._content = _content(path)
        try:
            self._held = parse_onnx(self._content)
            self.config, self.vocabulary = (self._told(name) for name in ("config", "vocabulary"))
        except ValueError as error:
            raise self._refusal(error) from None

    def __reduce__(
        self,
    ) -> "tuple[Callable[[Path, Mapping[str, Shape]], OnnxScorer], tuple[Path, Mapping[str, Shape]]]":
        """For other processes, which read the file themselves."""
        return _again, (self.file, self._weights)

    def fitting(self, weights: Mapping[str, Shape]) -> "OnnxScorer":
        """Itself, if the file is what the export command writes for a network with weights of these shapes.

        Only then is a runtime given it.

        Raises:
            ModelFolderError: it is not.
        """
        try:
            graph = graph_of_shapes(weights)
            check_graph(self._held, graph)
            self._session = _session(self._content)
            outputs = {"log_probs": ("B", "T", *weights["output.bias"])}
            for expected, found in ((graph.inputs, self._session.get_inputs()), (outputs, self._session.get_outputs())):
                told = {one.name: tuple(one.shape) for one in found}
                if told != expected:
                    raise ValueError(f"expected {expected}, got {told}")
        except Exception as error:  # onnxruntime's errors have no family
            raise self._refusal(error) from None
        self._inputs, self._weights = list(graph.inputs), weights
        del self._content, self._held
        return self

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
            given = {name: getattr(batch, name) for name in self._inputs}
            try:
                (log_probs,) = self._session.run(None, given)
            except Exception as error:  # as above
                raise self._refusal(error) from None
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

    def _told(self, name: str) -> dict[str, Any]:
        """What the metadata tell under a name.

        Raises:
            ValueError: nothing, or no JSON object.
        """
        if name not in self._held.metadata:
            raise ValueError(f"no {name!r} in the metadata")
        told = parse_json(self._held.metadata[name])
        if not isinstance(told, dict):
            raise ValueError(f"a {name} that is no JSON object")
        return told

    def _refusal(self, error: Exception) -> ModelFolderError:
        expected = "a tagger as python -m postagger.export writes it"
        return ModelFolderError(f"{self.file}: expected {expected}, got: {one_line(error)}; export it again")

    def _refuse(self) -> NoReturn:
        raise InputError("expected a model folder, got an exported model, which can tag and nothing else")


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _again(path: Path, weights: Mapping[str, Shape]) -> OnnxScorer:
    """The same in another process."""
    return OnnxScorer(path).fitting(weights)


def _content(path: Path) -> bytes:
    """The bytes of a file, which may be linked to: it is the user who named it."""
    try:
        place = path.resolve()
    except (OSError, RuntimeError):  # links that go in circles
        place = path
    files = StoredFiles(place.parent, ModelFolderError, "a model folder or an ONNX file", "export it again")
    return files.read(place.name, _LARGEST_FILE)
