"""What a saved model is: a folder of JSON files and one of weights, checked when read.

    config.json          what the model is, and how it was trained
    vocabulary.json      every vocabulary, in id order
    weights.safetensors  the parameters
    evaluation.json      the scores
    history.json         one record per epoch
    report.html          the scores as a page, where the model has some
    manifest.json        the SHA-256 of each file above

Nothing in it can run code.
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
from postagger.errors import ModelFolderError
from postagger.output_folder import write_folder

FORMAT_VERSION = 1
_LIBRARIES = ("torch", "numpy", "nltk", "scikit-learn", "safetensors")
_JSON_FILES = ("config.json", "vocabulary.json", "evaluation.json", "history.json")
_WEIGHTS = "weights.safetensors"
_REPORT = "report.html"
_MANIFEST = "manifest.json"
MODEL_FILES = (*_JSON_FILES, _WEIGHTS, _REPORT, _MANIFEST)


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
        OutputError: something is in the way, or the folder cannot be written.
    """
    contents = {name: _json_bytes(getattr(model, name.removesuffix(".json"))) for name in _JSON_FILES}
    contents[_WEIGHTS] = save({name: np.ascontiguousarray(weight) for name, weight in model.weights.items()})
    if model.report:
        contents[_REPORT] = model.report.encode()
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    write_folder(path, {**contents, _MANIFEST: _json_bytes(manifest)}, names=MODEL_FILES, force=force)


def read_model_folder(path: Path, kind: str) -> ModelFolder:
    """Read a model folder and check every byte of it against its manifest.

    kind: "tagger" or "char_language_model".

    Raises:
        ModelFolderError: the folder is missing, incomplete, changed, or of another kind or version; names the file.
    """
    manifest = _json_object(path / _MANIFEST, _bytes_of(path / _MANIFEST))
    contents = {}
    for name in (*_JSON_FILES, _WEIGHTS, *([_REPORT] if _REPORT in manifest else [])):
        contents[name] = _bytes_of(path / name)
        if hashlib.sha256(contents[name]).hexdigest() != manifest.get(name):
            raise ModelFolderError(
                f"{path / name}: expected the bytes that {_MANIFEST} vouches for, got others; copy the folder again"
            )
    config = _json_object(path / "config.json", contents["config.json"])
    check_kind(path / "config.json", config, kind)
    try:
        weights = load(contents[_WEIGHTS])
        others = {name: json.loads(contents[f"{name}.json"]) for name in ("vocabulary", "evaluation", "history")}
    except (SafetensorError, ValueError) as error:
        raise ModelFolderError(f"{path}: expected weights and JSON, got a broken file: {error}") from None
    return ModelFolder(config=config, weights=weights, report=contents.get(_REPORT, b"").decode(), **others)


def check_kind(path: Path, config: Mapping[str, Any], kind: str) -> None:
    """Refuse what was written for another kind of model, or in another version of the format.

    Raises:
        ModelFolderError: names the path it was read from.
    """
    for key, expected in (("format_version", FORMAT_VERSION), ("kind", kind)):
        if config.get(key) != expected:
            raise ModelFolderError(
                f"{path}: expected {key} {expected!r}, got {config.get(key)!r}; choose another model"
            )


def read_history(path: Path) -> list[dict[str, Any]]:
    """The records of the epochs of a model folder, which must have been checked; empty where there are none."""
    history = json.loads(_bytes_of(path / "history.json"))
    return history if isinstance(history, list) else []


def library_versions() -> dict[str, str]:
    """What a model is made with, for its config.json."""
    import platform
    from importlib.metadata import version  # here, because who only reads models should not wait for it

    libraries = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "postagger": __version__, **libraries}


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFolderError(
            f"{path}: expected a file of a model folder, got: {error.strerror}; check the path"
        ) from None


def _json_object(path: Path, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ModelFolderError(f"{path}: expected a JSON object, got something else; copy the folder again")
    return value


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
