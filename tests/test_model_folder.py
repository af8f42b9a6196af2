import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from postagger.errors import ModelFolderError
from postagger.model_folder import ModelFolder, read_model_folder, write_model_folder

CONFIG = {"format_version": 1, "kind": "tagger"}
FILES = ["config.json", "evaluation.json", "history.json", "manifest.json", "vocabulary.json", "weights.safetensors"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = ModelFolder(CONFIG, {"words": ["ü"]}, {"w": np.eye(2).T}, {"accuracy": 1.0}, [{"epoch": 1}])
    write_model_folder(tmp_path / "model", folder)
    return tmp_path / "model"


def test_what_is_written_is_read(model: Path) -> None:
    assert sorted(path.name for path in model.iterdir()) == FILES
    read = read_model_folder(model, "tagger")
    assert (read.config, read.vocabulary) == (CONFIG, {"words": ["ü"]})
    assert np.array_equal(read.weights["w"], np.eye(2))
    assert (read.evaluation, read.history) == ({"accuracy": 1.0}, [{"epoch": 1}])


def test_equal_models_give_equal_bytes(model: Path, tmp_path: Path) -> None:
    write_model_folder(tmp_path / "again", read_model_folder(model, "tagger"))
    for name in FILES:
        assert (model / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
def test_one_changed_byte_is_refused_by_the_file_s_name(model: Path, name: str) -> None:
    content = bytearray((model / name).read_bytes())
    content[-1] ^= 1
    (model / name).write_bytes(content)
    with pytest.raises(ModelFolderError, match=f"{name}: expected the bytes that manifest.json vouches for"):
        read_model_folder(model, "tagger")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_its_name(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(ModelFolderError, match=f"{name}: expected a file of a model folder, got: No such file"):
        read_model_folder(model, "tagger")


def test_other_kinds_versions_and_places(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="expected kind 'char_language_model', got 'tagger'"):
        read_model_folder(model, "char_language_model")
    shutil.rmtree(model)
    write_model_folder(model, ModelFolder({**CONFIG, "format_version": 99}, {}, {}))
    with pytest.raises(ModelFolderError, match="expected format_version 1, got 99"):
        read_model_folder(model, "tagger")
    with pytest.raises(ModelFolderError, match=r"manifest\.json: expected a file of a model folder, got: No such file"):
        read_model_folder(tmp_path / "nothing", "tagger")
    with pytest.raises(
        ModelFolderError, match=r"manifest\.json: expected a file of a model folder, got: Not a directory"
    ):
        read_model_folder(model / "config.json", "tagger")
    (model / "manifest.json").write_text("[]")
    with pytest.raises(ModelFolderError, match=r"manifest\.json: expected a JSON object"):
        read_model_folder(model, "tagger")


def test_weights_that_are_none_are_refused_even_where_the_manifest_agrees(model: Path) -> None:
    import hashlib

    (model / "weights.safetensors").write_bytes(b"\x80\x04N.")
    manifest = json.loads((model / "manifest.json").read_text())
    manifest["weights.safetensors"] = hashlib.sha256(b"\x80\x04N.").hexdigest()
    (model / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelFolderError, match="expected weights and JSON, got a broken file"):
        read_model_folder(model, "tagger")
