"""What a saved model is: a folder of JSON files and one of weights, checked when read.

    config.json          what the model is, and how it was trained
    vocabulary.json      every vocabulary, in id order
    weights.safetensors  the parameters
    evaluation.json      the scores
    history.json         one record per epoch
    report.html          the scores as a page, where the model has some
    manifest.json        the SHA-256 of each file above

Nothing in it can run code, and a folder need not be trusted to be read: only plain files in the folder itself are
opened, each no larger than its kind may be, and how large the network is, is compared with the weights that lie there
before any memory is taken for it. Other files in the folder are never looked at.

What will be read: every folder of format_version 1, by all versions of this package to come; a change that a version
1 reader would misread raises format_version, and the reader of version 1 stays. A folder of a later version is refused
by its number. tests/golden/ holds folders of each version, with the tags they must give.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from postagger import __version__
from postagger.errors import ModelFolderError, OutputError
from postagger.output_folder import write_folder
from postagger.stored_files import MANIFEST, StoredFiles, check_json_size, shown
from postagger.stored_tensors import Declared, declared_tensors

FORMAT_VERSION = 1
_LIBRARIES = ("torch", "numpy", "nltk", "scikit-learn", "safetensors")
_JSON_FILES = ("config.json", "vocabulary.json", "evaluation.json", "history.json")
_WEIGHTS = "weights.safetensors"
_REPORT = "report.html"
MODEL_FILES = (*_JSON_FILES, _WEIGHTS, _REPORT, MANIFEST)
_DTYPES = {"tagger": ("F32", "F16", "I8"), "char_language_model": ("F32",)}
_LIMITS = {
    "config.json": 64 << 20,
    "vocabulary.json": 256 << 20,
    "evaluation.json": 1 << 30,  # it and the report are not held in memory
    "history.json": 256 << 20,
    _REPORT: 1 << 30,
    _WEIGHTS: 1 << 40,  # the true limit is what the network of config.json takes
}
"""The most bytes of each file, far more than training makes; no more is written, either."""
_LARGEST_WEIGHT = 1e10
"""Products of two such, summed up, are still numbers in float32; training is far from it."""
_GOOD_WEIGHTS = f"numbers of at most {_LARGEST_WEIGHT:g}"


@dataclass(frozen=True)
class ModelFolder:
    """The contents of a model folder. evaluation, history and report are for people: a model runs without them."""

    config: Mapping[str, Any]
    vocabulary: Mapping[str, Any]
    weights: Mapping[str, np.ndarray]
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    report: str = ""


def write_model_folder(path: Path, model: ModelFolder, *, force: bool = False) -> None:
    """Write the folder, whole or not at all.

    Raises:
        OutputError: something is in the way, the folder cannot be written, or nobody would read it; then nothing is
            written.
    """
    contents = {name: _json_bytes(getattr(model, name.removesuffix(".json"))) for name in _JSON_FILES}
    contents[_WEIGHTS] = save({name: np.ascontiguousarray(weight) for name, weight in model.weights.items()})
    if model.report:
        contents[_REPORT] = model.report.encode()
    _check_readable(path, contents, model.weights)
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    write_folder(path, {**contents, MANIFEST: _json_bytes(manifest)}, names=MODEL_FILES, force=force)


@dataclass(frozen=True)
class StoredModel:
    """A model folder whose files are as its manifest says, as far as they can be without reading the weights.

    tensors: what is declared to be in weights.safetensors.
    """

    files: StoredFiles
    manifest: Mapping[str, str]
    config: Mapping[str, Any]
    vocabulary: Mapping[str, Any]
    tensors: Mapping[str, Declared]

    def weights(self) -> dict[str, np.ndarray]:
        """Read the weights, as they are stored.

        Raises:
            ModelFolderError: they are changed, or no numbers that a network can have.
        """
        content = self.files.vouched(_WEIGHTS, _LIMITS[_WEIGHTS], self.manifest)
        try:
            weights = load(content)
        except SafetensorError as error:
            raise self.files.refusal(_WEIGHTS, "weights", f"a broken file: {error}") from None
        if got := _excess(weights):
            raise self.files.refusal(_WEIGHTS, _GOOD_WEIGHTS, got)
        return weights


def open_model_folder(path: Path, kind: str) -> StoredModel:
    """Check a model folder, all but the content of its weights, which are read when the caller knows their shapes.

    kind: "tagger" or "char_language_model".

    Raises:
        ModelFolderError: the folder is missing, incomplete, changed, or of another kind or version; names the file.
    """
    files = _files_of(path)
    manifest = files.manifest()
    config = _json_object(files, "config.json", manifest)
    check_kind(path / "config.json", config, kind)
    files.check_names(manifest, MODEL_FILES[:-1])
    for name in ("evaluation.json", "history.json", *([_REPORT] if _REPORT in manifest else [])):
        files.check(name, _LIMITS[name], manifest)
    tensors = declared_tensors(files, _WEIGHTS, _LIMITS[_WEIGHTS], _DTYPES[kind])
    return StoredModel(files, manifest, config, _json_object(files, "vocabulary.json", manifest), tensors)


def read_model_folder(path: Path, kind: str) -> ModelFolder:
    """Read the parts of a model folder that a model needs; the others are checked, and left where they are.

    kind: "tagger" or "char_language_model".

    Raises:
        ModelFolderError: as open_model_folder.
    """
    stored = open_model_folder(path, kind)
    return ModelFolder(stored.config, stored.vocabulary, stored.weights())


def check_kind(path: Path, config: Mapping[str, Any], kind: str) -> None:
    """Refuse what was written for another kind of model, or in another version of the format.

    Raises:
        ModelFolderError: names the path it was read from.
    """
    for key, expected in (("format_version", FORMAT_VERSION), ("kind", kind)):
        got = config.get(key)
        if type(got) is not type(expected) or got != expected:
            raise ModelFolderError(f"{path}: expected {key} {expected!r}, got {shown(got)}; choose another model")


def read_history(path: Path) -> list[dict[str, Any]]:
    """The records of the epochs of a model folder; empty where there are none.

    Raises:
        ModelFolderError: there is no such file, or it is changed.
    """
    files = _files_of(path)
    content = files.vouched("history.json", _LIMITS["history.json"], files.manifest())
    history = files.json("history.json", content)
    if not isinstance(history, list) or not all(isinstance(record, dict) for record in history):
        raise files.refusal("history.json", "a list of records", "something else")
    return history


def _json_object(files: StoredFiles, name: str, manifest: Mapping[str, str]) -> dict[str, Any]:
    return files.json_object(name, files.vouched(name, _LIMITS[name], manifest))


def _check_readable(path: Path, contents: Mapping[str, bytes], weights: Mapping[str, np.ndarray]) -> None:
    """Refuse to write what would be refused when it is read.

    Raises:
        OutputError: names the file.
    """
    for name, content in contents.items():
        if len(content) > _LIMITS[name]:
            got = f"{len(content):,}"
            raise OutputError(f"{path / name}: expected at most {_LIMITS[name]:,} bytes, got {got}; use less of it")
        if name in _JSON_FILES and name != "evaluation.json":  # which no model needs
            try:
                check_json_size(content)
            except ValueError as error:
                raise OutputError(f"{path / name}: expected fewer values, got {error}; use less of it") from None
    if got := _excess(weights):
        raise OutputError(f"{path / _WEIGHTS}: expected {_GOOD_WEIGHTS}, got {got}; try a lower --learning-rate")


def _excess(weights: Mapping[str, np.ndarray]) -> str:
    """What is said of weights of which one is too large, or no number; nothing of others."""
    for name, weight in weights.items():
        if not _largest(weight) <= _LARGEST_WEIGHT:  # nan is not, either
            return f"{_largest(weight):g} in {shown(name)}"
    return ""


def _files_of(path: Path) -> StoredFiles:
    return StoredFiles(path, ModelFolderError, "a file of a model folder", "copy the folder again")


def _largest(weight: np.ndarray) -> float:
    """The largest distance from 0; nan where one is. Of halves, 0 where all are finite, which is faster to tell."""
    if not weight.size or weight.dtype == np.int8 or (weight.dtype == np.float16 and np.isfinite(weight).all()):
        return 0.0
    return max(abs(float(weight.max())), abs(float(weight.min())))


def library_versions() -> dict[str, str]:
    """What a model is made with, for its config.json."""
    import platform
    from importlib.metadata import version  # here, because who only reads models should not wait for it

    libraries = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "postagger": __version__, **libraries}


def json_text(value: Any) -> str:
    """JSON that every reader accepts: what is not a finite number is null."""
    return json.dumps(_finite(value), indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json_bytes(value: Any) -> bytes:
    return json_text(value).encode()
