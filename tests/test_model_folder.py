import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from postagger import model_folder, stored_files
from postagger.char_language_model import CharLanguageModel
from postagger.errors import ModelFolderError, OutputError
from postagger.model_folder import ModelFolder, read_history, read_model_folder, write_model_folder
from postagger.tagger import Tagger

CONFIG = {"format_version": 1, "kind": "tagger"}
FILES = ["config.json", "evaluation.json", "history.json", "manifest.json", "vocabulary.json", "weights.safetensors"]
GOLDEN = Path(__file__).parent / "golden" / "1"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    weights = {"w": np.eye(2, dtype=np.float32).T}
    folder = ModelFolder(CONFIG, {"words": ["ü"]}, weights, {"accuracy": 1.0}, [{"epoch": 1}])
    write_model_folder(tmp_path / "model", folder)
    return tmp_path / "model"


@pytest.fixture
def tagger(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN / "tagger", tmp_path / "tagger"))


def mend(model: Path) -> None:
    """Let the manifest agree with the files."""
    files = [path for path in model.iterdir() if path.name != "manifest.json"]
    manifest = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (model / "manifest.json").write_text(json.dumps(manifest))


def set_sizes(model: Path, **sizes: int) -> None:
    config = json.loads((model / "config.json").read_text())
    config["network"] |= sizes
    (model / "config.json").write_text(json.dumps(config))
    mend(model)


def test_what_is_written_is_read(model: Path) -> None:
    assert sorted(path.name for path in model.iterdir()) == FILES
    read = read_model_folder(model, "tagger")
    assert (read.config, read.vocabulary) == (CONFIG, {"words": ["ü"]})
    assert np.array_equal(read.weights["w"], np.eye(2))
    assert read_history(model) == [{"epoch": 1}]
    assert json.loads((model / "evaluation.json").read_text()) == {"accuracy": 1.0}


@pytest.mark.parametrize("name", ["config.json", "vocabulary.json", "evaluation.json", "history.json", "report.html"])
def test_what_would_not_be_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = ModelFolder(CONFIG, {}, {}, {}, (), "page")
    path = tmp_path / "model"
    write_model_folder(path, folder)
    size = (path / name).stat().st_size
    monkeypatch.setitem(model_folder._LIMITS, name, size - 1)
    told = f"{name}: expected at most {size - 1} bytes, got {size}; "
    with pytest.raises(OutputError, match=told):
        write_model_folder(tmp_path / "other", folder)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ModelFolderError, match=told):
        read_model_folder(path, "tagger")


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if any file of more than a thousand values were a large one."""
    monkeypatch.setattr(stored_files, "_MOST_VALUES", 1000)
    monkeypatch.setattr(stored_files, "_MOST_CONTAINERS", 100)


@pytest.mark.usefixtures("few_values")
def test_all_words_of_a_large_corpus_are_read(tmp_path: Path) -> None:
    lexicon = {"tags": {f"[{number},{{": "NN" for number in range(3000)}, "counts": [1] * 3000}
    vocabulary = {"words": [*lexicon["tags"]], "lexicon": lexicon, "more": [",,,,,,,,,,,,,,,,"] * 3000}
    write_model_folder(tmp_path / "model", ModelFolder(CONFIG, vocabulary, {}))
    assert read_model_folder(tmp_path / "model", "tagger").vocabulary == vocabulary


@pytest.mark.usefixtures("few_values")
def test_values_that_nobody_would_read_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"vocabulary\.json: expected fewer values, got more than 1,000 values; "):
        write_model_folder(tmp_path / "model", ModelFolder(CONFIG, {"": [0] * 1500}, {}))
    assert list(tmp_path.iterdir()) == []


def test_equal_models_give_equal_bytes(model: Path, tmp_path: Path) -> None:
    write_model_folder(tmp_path / "again", read_model_folder(model, "tagger"))
    for name in ("config.json", "vocabulary.json", "weights.safetensors"):
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


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to(GOLDEN / "tagger" / path.name)])
def test_what_is_no_file_of_the_folder_is_refused(tagger: Path, name: str, make: Callable[[Path], None]) -> None:
    (tagger / name).unlink()
    make(tagger / name)
    with pytest.raises(ModelFolderError, match=f"{name}: expected a plain file in the folder itself, got a "):
        Tagger.load(tagger)


def test_other_kinds_versions_and_places(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="expected kind 'char_language_model', got 'tagger'"):
        read_model_folder(model, "char_language_model")
    for version in (99, True, 1.0, "1", None):
        write_model_folder(model, ModelFolder({**CONFIG, "format_version": version}, {}, {}), force=True)
        with pytest.raises(ModelFolderError, match=f"expected format_version 1, got {version!r}"):
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


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "card.md", ""])
def test_a_manifest_that_names_other_places_is_refused(tagger: Path, name: str) -> None:
    manifest = json.loads((tagger / "manifest.json").read_text())
    (tagger / "manifest.json").write_text(json.dumps({**manifest, name: "0" * 64}))
    with pytest.raises(ModelFolderError, match=f"manifest.json: expected the names of config.json .* got '{name}'"):
        Tagger.load(tagger)


def test_other_files_in_the_folder_are_never_looked_at(tagger: Path) -> None:
    os.mkfifo(tagger / "pipe")
    (tagger / "card.md").write_bytes(b"\xff")
    (tagger / "__init__.py").write_text("raise SystemExit")
    assert Tagger.load(tagger).tag(["The", "dog"]) == [("The", "DT"), ("dog", "NN")]


def test_weights_that_are_none_are_refused_even_where_the_manifest_agrees(model: Path) -> None:
    (model / "weights.safetensors").write_bytes(b"\x80\x04N." * 10)
    mend(model)
    with pytest.raises(ModelFolderError, match=r"weights\.safetensors: expected a header that says which tensors"):
        read_model_folder(model, "tagger")


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e30])
def test_weights_that_no_network_has_are_refused_by_their_name(model: Path, number: float) -> None:
    weights = {"v": np.ones(2, np.float32), "w": np.array([1, number], np.float32), "z": np.zeros((0, 2), np.float32)}
    with pytest.raises(OutputError, match=r"weights\.safetensors: expected numbers of at most 1e\+10, got .* 'w'"):
        write_model_folder(model, ModelFolder(CONFIG, {}, weights), force=True)
    assert np.array_equal(read_model_folder(model, "tagger").weights["w"], np.eye(2))
    save_file(weights, model / "weights.safetensors")
    mend(model)
    with pytest.raises(ModelFolderError, match=r"weights\.safetensors: expected numbers of at most 1e\+10, got .* 'w'"):
        read_model_folder(model, "tagger")


def test_history_is_a_list_of_records(model: Path) -> None:
    for content in ("{}", "[7]", "[[]]", "[" * 1000, "[NaN]"):
        (model / "history.json").write_text(content)
        mend(model)
        with pytest.raises(ModelFolderError, match=r"history\.json: expected "):
            read_history(model)


def test_a_file_of_another_model_is_refused(tagger: Path) -> None:
    for name in FILES:
        if (GOLDEN / "language-model" / name).read_bytes() != (GOLDEN / "tagger" / name).read_bytes():
            (tagger / name).write_bytes((GOLDEN / "language-model" / name).read_bytes())
            with pytest.raises(ModelFolderError, match="config.json: " if name == "manifest.json" else f"{name}: "):
                Tagger.load(tagger)
            (tagger / name).write_bytes((GOLDEN / "tagger" / name).read_bytes())
    (tagger / "weights.safetensors").write_bytes((GOLDEN / "language-model" / "weights.safetensors").read_bytes())
    mend(tagger)
    with pytest.raises(ModelFolderError, match=r"weights\.safetensors: 'embedding.weight': expected the shape"):
        Tagger.load(tagger)


def test_a_network_is_compared_with_its_weights_before_it_takes_memory(tagger: Path, tmp_path: Path) -> None:
    language = Path(shutil.copytree(GOLDEN / "language-model", tmp_path / "language"))
    begun = time.perf_counter()
    for sizes in ({"hidden_size": 10**6}, {"hidden_size": 10**18}, {"num_layers": 10**15}, {"embedding_dim": 10**12}):
        for model, load in ((tagger, Tagger.load), (language, CharLanguageModel.load)):
            set_sizes(model, **{"hidden_size": 8, "num_layers": 1, "embedding_dim": 6} | sizes)
            with pytest.raises(ModelFolderError, match=r"weights\.safetensors: .*expected (the shape|at most)"):
                load(model)
    assert time.perf_counter() - begun < 5


def test_files_of_holes_are_refused_at_once(tagger: Path) -> None:
    begun = time.perf_counter()
    for name in FILES:
        content = (tagger / name).read_bytes()
        os.truncate(tagger / name, 1 << 40)
        with pytest.raises(ModelFolderError, match=f"{name}: expected "):
            Tagger.load(tagger)
        (tagger / name).write_bytes(content)
    assert time.perf_counter() - begun < 5
