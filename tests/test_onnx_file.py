import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from postagger.errors import ModelFolderError
from postagger.export import export
from postagger.scoring.onnx_file import onnx_tensors
from postagger.tagger import Tagger

GOLDEN = Path(__file__).parent / "golden" / "1" / "tagger"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "golden.onnx"
    export(GOLDEN, path)
    return path


@pytest.fixture
def model(exported: Path) -> Any:
    return onnx.load(exported)


def refused(model: Any, path: Path) -> str:
    """The one line by which a changed model is refused, at once."""
    path.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    begun = time.perf_counter()
    with pytest.raises(ModelFolderError) as caught:
        Tagger.load(path)
    assert time.perf_counter() - begun < 5
    message = str(caught.value)
    assert message.startswith(f"{path}: expected ")
    assert message.isprintable()
    return message


def test_its_constants_are_told(model: Any, exported: Path) -> None:
    expected = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    assert onnx_tensors(exported.read_bytes()) == expected


def test_tensors_in_other_files(model: Any, tmp_path: Path) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../etc/passwd"
    assert "the field 1" in refused(model, tmp_path / "m.onnx")


def test_loops_and_graphs_within_graphs(model: Any, tmp_path: Path) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["n", "c"], ["x"], body=body))
    assert "the operator 'Loop'" in refused(model, tmp_path / "m.onnx")
    model.graph.node[-1].op_type = "Add"
    assert "the field 6 of an attribute" in refused(model, tmp_path / "m.onnx")
    del model.graph.node[-1].attribute[:]
    model.graph.node[-1].domain = "com.microsoft"
    assert "operators of 'com.microsoft'" in refused(model, tmp_path / "m.onnx")


def test_constants_in_nodes(model: Any, tmp_path: Path) -> None:
    value = numpy_helper.from_array(np.zeros(3, np.float32))
    model.graph.node.append(helper.make_node("Add", ["a", "b"], ["x"], value=value))
    assert "the field 5 of an attribute" in refused(model, tmp_path / "m.onnx")


def test_declared_sizes(model: Any, tmp_path: Path) -> None:
    model.graph.initializer[0].dims[:] = [2**40, 2**40]
    assert "bytes for the tensor 'word_encoder.words.weight'" in refused(model, tmp_path / "m.onnx")


def test_tables_of_another_vocabulary(model: Any, tmp_path: Path) -> None:
    tensor = model.graph.initializer[0]
    tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor)[:-1], tensor.name))
    assert "word_encoder.words.weight: expected 34 rows, got the shape (33, 6)" in refused(model, tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda told: told["vocabulary"]["tags"].append("XX"), "log_probs"),
        (lambda told: told["vocabulary"].pop("words"), "no 'words'"),
        (lambda told: told["config"].update(network=[]), "network: expected settings by their names"),
        (lambda told: told["config"]["features"].update(max_affix_length=3), "feature_ids"),
        (lambda told: told["config"].update(kind="char_language_model"), "expected kind 'tagger'"),
        (lambda told: told.update(config=[]), "no JSON object"),
        (lambda told: told.pop("config"), "'config'"),
    ],
)
def test_metadata_that_does_not_fit(
    model: Any, tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    metadata = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    change(metadata)
    helper.set_model_props(model, {name: json.dumps(value) for name, value in metadata.items()})
    assert told in refused(model, tmp_path / "m.onnx")


def test_metadata_of_strangers(model: Any, tmp_path: Path) -> None:
    helper.set_model_props(model, {"config": "[" * 100_000, "vocabulary": "{}"})
    assert "nested too deeply" in refused(model, tmp_path / "m.onnx")
    helper.set_model_props(model, {"config": "{}", "vocabulary": "{}", "more": "x" * (65 << 20)})
    assert "bytes of metadata, more than" in refused(model, tmp_path / "m.onnx")


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04N.", b"\xff" * 100, b"\x3a\xff\xff\xff\xff\x7f", b"\x0b", b"\x3a\x01"]
)
def test_what_is_no_onnx(content: bytes, tmp_path: Path) -> None:
    refused(content, tmp_path / "m.onnx")


def test_truncated_and_flipped(exported: Path, tmp_path: Path) -> None:
    content = exported.read_bytes()
    random = np.random.default_rng(1)
    for place in random.integers(1, len(content), 20).tolist():
        refused(content[:place], tmp_path / "m.onnx")
    for place in random.integers(0, len(content), 100).tolist():
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        (tmp_path / "m.onnx").write_bytes(changed)
        with contextlib.suppress(ModelFolderError):
            assert len(Tagger.load(tmp_path / "m.onnx").tag(["The", "dog"])) == 2


def test_pipes_folders_holes_and_links(exported: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "holes.onnx").write_bytes(exported.read_bytes())
    os.truncate(tmp_path / "holes.onnx", 1 << 30)
    (tmp_path / "circle.onnx").symlink_to("circle.onnx")
    for name, told in (("pipe", "a pipe"), ("folder", "a folder"), ("holes", "mostly holes"), ("circle", "got")):
        with pytest.raises(ModelFolderError, match=rf"{name}\.onnx: expected .*{told}"):
            Tagger.load(tmp_path / f"{name}.onnx")
    (tmp_path / "link.onnx").symlink_to(exported)  # whoever gives its name wants it
    assert Tagger.load(tmp_path / "link.onnx").tag(["The"]) == [("The", "DT")]
