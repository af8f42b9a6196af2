import subprocess
import sys
from pathlib import Path

import pytest
import torch

from postagger.errors import ConfigError, ModelFolderError
from postagger.network_weights import NetworkWeights, check_device
from postagger.scoring.numpy_scorer import NumpyScorer
from postagger.tagger import Tagger

TOKENS = ["The", "dog", "barks", "."]


def test_a_model_is_loaded_and_tags_without_torch(small_model: Path) -> None:
    program = (
        "import sys, postagger\n"
        f"tagger = postagger.load({str(small_model)!r}, device='cpu')\n"
        "print(tagger.tag_text('The dog barks.')[0][1].tag, tagger.tag(['Run', '!']))\n"
        "print(sorted({'torch', 'nltk', 'scipy', 'sklearn', 'jsonargparse', 'onnxruntime'} & set(sys.modules)))\n"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert printed == "NN [('Run', 'VB'), ('!', '.')]\n[]\n"


def test_whoever_asks_for_the_network_gets_the_same_weights(small_model: Path, small_tagger: Tagger) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    before = tagger.tag(TOKENS)
    for weight, other in zip(tagger.network.parameters(), small_tagger.network.parameters(), strict=True):
        assert torch.equal(weight, other)
    assert tagger.tag(TOKENS) == before == small_tagger.tag(TOKENS)


def test_scores_follow_the_weights_of_the_network(small_model: Path) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    assert [tag for _, tag in tagger.tag(TOKENS)] == ["DT", "NN", "VBZ", "."]
    with torch.no_grad():
        tagger.network.output.bias[tagger.tagset.encode("IN")] += 100
    assert [tag for _, tag in tagger.tag(TOKENS)] == ["IN"] * 4
    scorer = tagger.weights.scorer()
    assert isinstance(scorer, NumpyScorer)
    assert tagger.weights.scorer() is scorer


def test_a_device_that_is_not_there_is_refused(small_model: Path) -> None:
    check_device("auto")
    check_device("cpu")
    if torch.cuda.is_available():
        pytest.skip("the device is there")
    with pytest.raises(ConfigError, match="--device: expected a device of this machine"):
        Tagger.load(small_model, device="cuda")


def test_a_gpu_driver_means_that_torch_is_asked(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postagger.network_weights._GPU_DRIVERS", (None,))  # what every process has
    tagger = Tagger.load(small_model)
    assert isinstance(tagger.weights, NetworkWeights)
    assert tagger.weights._weights is tagger.network
    assert [tag for _, tag in tagger.tag(TOKENS)] == ["DT", "NN", "VBZ", "."]


def test_of_an_exported_model_only_tags_can_be_had(small_model: Path, tmp_path: Path) -> None:
    from postagger.errors import InputError
    from postagger.export import export

    export(small_model, tmp_path / "small.onnx")
    tagger = Tagger.load(tmp_path / "small.onnx")
    with pytest.raises(InputError, match="expected a model folder, got an exported model"):
        tagger.save(tmp_path / "folder")
    with pytest.raises(InputError, match="expected a model folder, got an exported model"):
        tagger.network.eval()
    assert not (tmp_path / "folder").exists()


def test_what_is_no_exported_tagger_is_refused(small_model: Path, tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelFolderError, match=r"expected a tagger as python -m postagger\.export writes it"):
        Tagger.load(tmp_path / "text.onnx")
    with pytest.raises(ModelFolderError, match=r"expected a model folder or an ONNX file, got: No such file"):
        Tagger.load(tmp_path / "none.onnx")
