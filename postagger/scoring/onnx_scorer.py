"""An exported tagger: its scores by onnxruntime, from one file that holds all it needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.scoring.onnx_file import onnx_tensors
from postagger.scoring.padding import id_columns, padded_batches
from postagger.stored_files import StoredFiles, one_line, parse_json

if TYPE_CHECKING:
    from postagger.models.sequence_tagger import SequenceTagger

# Few enough tokens that what the network keeps of them stays below a hundred megabytes.
_MOST_SENTENCES, _MOST_TOKENS = 128, 4096


_LARGEST_FILE = 2 << 30  # the format has no larger ones
_WORDS, _FEATURES = "word_encoder.words.weight", "word_encoder.features.weight"
_CHARACTERS = "word_encoder.characters.embedding.weight"


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
        content = _content(path)
        try:
            self._tensors = onnx_tensors(content)
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            self._inputs = [one.name for one in self._session.get_inputs()]
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.config, self.vocabulary = (parse_json(metadata[name].encode()) for name in ("config", "vocabulary"))
            if not isinstance(self.config, dict) or not isinstance(self.vocabulary, dict):
                raise ValueError("a config or a vocabulary that is no JSON object")
        except Exception as error:  # onnxruntime's errors have no family
            raise self._refusal(error) from None

    def __reduce__(self) -> "tuple[type[OnnxScorer], tuple[Path]]":
        """For other processes, which read the file themselves."""
        return OnnxScorer, (self.file,)

    def fitting(self, extractor: FeatureExtractor, num_tags: int) -> "OnnxScorer":
        """Itself, if it takes the ids of such an extractor and scores so many tags.

        Raises:
            ValueError: it does not.
        """
        inputs: dict[str, tuple[str | int, ...]] = {"token_ids": ("B", "T"), "lengths": ("B",)}
        tables = {_WORDS: len(extractor.words)}
        if extractor.num_features:
            inputs["feature_ids"] = ("B", "T", extractor.num_features)
            tables[_FEATURES] = len(extractor.features)
        if extractor.characters is not None:
            inputs["character_ids"] = ("B", "T", "C")
            tables[_CHARACTERS] = len(extractor.characters)
        outputs = {"log_probs": ("B", "T", num_tags)}
        for expected, found in ((inputs, self._session.get_inputs()), (outputs, self._session.get_outputs())):
            told = {one.name: tuple(one.shape) for one in found}
            if told != expected:
                raise ValueError(f"expected {expected}, got {told}")
        for name, rows in tables.items():
            if self._tensors.get(name, ())[:1] != (rows,):
                raise ValueError(f"{name}: expected {rows} rows, got the shape {self._tensors.get(name)}")
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

    def _refusal(self, error: Exception) -> ModelFolderError:
        expected = "a tagger as python -m postagger.export writes it"
        return ModelFolderError(f"{self.file}: expected {expected}, got: {one_line(error)}; export it again")

    def _refuse(self) -> NoReturn:
        raise InputError("expected a model folder, got an exported model, which can tag and nothing else")


def _content(path: Path) -> bytes:
    """The bytes of a file, which may be linked to: it is the user who named it."""
    try:
        place = path.resolve()
    except (OSError, RuntimeError):  # links that go in circles
        place = path
    files = StoredFiles(place.parent, ModelFolderError, "a model folder or an ONNX file", "export it again")
    return files.read(place.name, _LARGEST_FILE)
