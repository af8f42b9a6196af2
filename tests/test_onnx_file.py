import contextlib
import copy
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
from postagger.scoring import onnx_file
from postagger.scoring.onnx_file import parse_onnx
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
    assert parse_onnx(exported.read_bytes()).shapes == expected


def test_its_operators_are_told(model: Any, exported: Path) -> None:
    assert [tuple(node) for node in parse_onnx(exported.read_bytes()).nodes] == [
        (
            node.op_type,
            tuple(node.input),
            *node.output,
            {
                one.name: value.decode() if isinstance(value := helper.get_attribute_value(one), bytes) else value
                for one in node.attribute
            },
        )
        for node in model.graph.node
    ]


def test_a_chain_that_doubles_a_tensor_is_refused_before_it_is_run(model: Any, tmp_path: Path) -> None:
    steps = [helper.make_node("Concat", [f"b{i}"] * 2, [f"b{i + 1}"], axis=0) for i in range(40)]
    steps[0].input[:] = ["padding"] * 2
    last = model.graph.node[-1]
    last.output[:] = ["own"]
    steps += [*model.graph.node, helper.make_node("Add", ["own", "b40"], ["log_probs"])]
    del model.graph.node[:]
    model.graph.node.extend(steps)
    told = refused(model, tmp_path / "m.onnx")
    assert "expected the operator ('Transpose', ('token_ids',), " in told
    assert "got ('Concat', ('padding', 'padding'), 'b1', {'axis': 0})" in told
    del model.graph.node[:40]
    del model.graph.node[-1]
    assert "expected the operator ('Transpose'" in refused(model, tmp_path / "m.onnx")
    model.graph.node[-1].output[:] = ["log_probs"]
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    assert Tagger.load(tmp_path / "m.onnx").tag(["The"]) == [("The", "DT")]


def test_operators_with_other_attributes(model: Any, tmp_path: Path) -> None:
    changes: list[Callable[[Any], object]] = [
        lambda node: node.attribute[0].ints.append(2),
        lambda node: node.attribute.add(name="more", type=2, i=1),
        lambda node: node.attribute[0].ClearField("type"),
        lambda node: node.attribute.append(node.attribute[0]),
        lambda node: node.output.append("more"),
        lambda node: node.input.append("lengths"),
    ]
    for change in changes:
        changed = copy.deepcopy(model)
        change(changed.graph.node[0])
        assert "expected a tagger as python -m postagger.export writes it" in refused(changed, tmp_path / "m.onnx")


def test_too_many_operators(model: Any, tmp_path: Path) -> None:
    model.graph.node.extend([model.graph.node[0]] * 10_000)
    assert "more than 10,000 operators" in refused(model, tmp_path / "m.onnx")


def test_constants_of_other_shapes(model: Any, tmp_path: Path) -> None:
    bias = next(one for one in model.graph.initializer if one.name == "output.bias")
    bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias)[None], bias.name))
    assert "'output.bias': expected the shape (16,), got (1, 16)" in refused(model, tmp_path / "m.onnx")
    bias.name = "word_encoder.words.weight"
    assert "'word_encoder.words.weight' twice" in refused(model, tmp_path / "m.onnx")


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
    assert "the field 6 of an attribute" in refused(model, tmp_path / "m.onnx")
    del model.graph.node[-1].attribute[:]
    model.graph.node[-1].domain = "com.microsoft"
    assert "operators of 'com.microsoft'" in refused(model, tmp_path / "m.onnx")
    model.graph.node[-1].domain = ""
    assert "expected the operator none, got ('Loop', ('n', 'c'), 'x', {})" in refused(model, tmp_path / "m.onnx")


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
    assert "words.weight': expected the shape (34, 6), got (33, 6)" in refused(model, tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda told: told["vocabulary"]["tags"].append("XX"), "'output.bias': expected the shape (17,), got (16,)"),
        (lambda told: told["vocabulary"].pop("words"), "no 'words'"),
        (lambda told: told["config"].update(network=[]), "network: expected settings by their names"),
        (lambda told: told["config"]["features"].update(max_affix_length=3), "weight_ih': expected the shape"),
        (lambda told: told["config"].update(kind="char_language_model"), "expected kind 'tagger'"),
        (lambda told: told.update(config=[]), "no JSON object"),
        (lambda told: told["config"]["network"].update(num_layers=10**15), "--num-layers: expected at most"),
        (lambda told: told["config"]["network"].update(hidden_size=10**18), "expected"),
        (lambda told: told.pop("config"), "no 'config' in the metadata"),
    ],
)
def test_metadata_that_does_not_fit(
    model: Any, tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    metadata = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    change(metadata)
    helper.set_model_props(model, {name: json.dumps(value) for name, value in metadata.items()})
    assert told in refused(model, tmp_path / "m.onnx")


def test_metadata_of_strangers(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper.set_model_props(model, {"config": "[" * 100_000, "vocabulary": "{}"})
    assert "nested too deeply" in refused(model, tmp_path / "m.onnx")
    monkeypatch.setattr(onnx_file, "_METADATA_LIMIT", 1000)
    helper.set_model_props(model, {"config": "{}", "vocabulary": "{}", "more": "x" * 1001})
    assert "bytes of metadata, more than 1,000" in refused(model, tmp_path / "m.onnx")


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04N.", b"\xff" * 100, b"\x3a\xff\xff\xff\xff\x7f", b"\x0b", b"\x3a\x01"]
)
def test_what_is_no_onnx(content: bytes, tmp_path: Path) -> None:
    assert "m.onnx: expected " in refused(content, tmp_path / "m.onnx")


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
