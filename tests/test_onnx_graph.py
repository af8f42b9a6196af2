"""The ONNX model of every kind of network equals the network, on real tokens and whatever stands at padding."""

import itertools
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor

from postagger.errors import ConfigError
from postagger.models.cells import Cell, Implementation
from postagger.models.recurrent import Recurrent
from postagger.models.sequence_tagger import SequenceTagger
from postagger.models.word_encoder import WordEncoder
from postagger.onnx_graph import IR_VERSION, OPSET, build_onnx, graph_of_shapes
from postagger.scoring.onnx_file import check_graph, parse_onnx

V, F, K, H = 11, 2, 4, 5
FEATURE_V, CHARACTER_V = 7, 6
INPUTS: dict[str, dict[str, int]] = {
    "words": {},
    "features": {"feature_vocab_size": FEATURE_V, "feature_dim": 3, "num_features": F},
    "characters": {"character_vocab_size": CHARACTER_V, "character_dim": 4},
}
INPUTS["all"] = INPUTS["features"] | INPUTS["characters"]
ALL = list(itertools.product(["rnn", "gru", "lstm"], [1, 2], [False, True], INPUTS))
Arrays = dict[str, Tensor]


def tagger(
    cell: Cell,
    num_layers: int = 1,
    bidirectional: bool = True,
    inputs: str = "all",
    implementation: Implementation = "torch",
) -> SequenceTagger:
    """A network with large weights, which no mistake in their order escapes."""
    encoder = WordEncoder(V, 6, **INPUTS[inputs])
    recurrent = Recurrent(
        cell, encoder.output_size, H, num_layers=num_layers, bidirectional=bidirectional, implementation=implementation
    )
    network = SequenceTagger(encoder, recurrent, K, input_dropout=0.5, output_dropout=0.5).eval()
    with torch.no_grad():
        for parameter in network.recurrent.parameters():
            parameter.uniform_(-1.0, 1.0)
    return network


def onnx_of(network: SequenceTagger, **metadata: str) -> bytes:
    return build_onnx({name: weight.numpy() for name, weight in network.state_dict().items()}, metadata=metadata)


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def real_tokens(lengths: Tensor, width: int) -> Tensor:
    return torch.arange(width) < lengths[:, None]


def batch(lengths: list[int], *, num_characters: int = 7, extra: int = 0) -> Arrays:
    """Random ids, 0 at padding; tokens of different lengths, and a real one without any character."""
    sizes = torch.tensor(lengths)
    width = max(lengths) + extra
    real = real_tokens(sizes, width)  # [B, T]
    shape = (len(lengths), width)
    letters = torch.randint(1, num_characters + 1, shape) * real
    letters[0, 0] = 0
    return {
        "token_ids": torch.randint(1, V, shape) * real,
        "feature_ids": torch.randint(1, FEATURE_V, (*shape, F)) * real[..., None],
        "character_ids": torch.randint(1, CHARACTER_V, (*shape, num_characters))
        * (torch.arange(num_characters) < letters[..., None]),
        "lengths": sizes,
    }


def assert_equal_outputs(network: SequenceTagger, session: onnxruntime.InferenceSession, arrays: Arrays) -> None:
    with torch.no_grad():
        expected = network(**arrays)
    output = outputs(session, arrays)
    assert output.dtype == np.float32
    assert output.shape == expected.shape
    real = real_tokens(arrays["lengths"], expected.shape[1])
    torch.testing.assert_close(torch.from_numpy(output)[real], expected[real], rtol=0.0, atol=1e-5)


def outputs(session: onnxruntime.InferenceSession, arrays: Arrays) -> np.ndarray:
    names = [one.name for one in session.get_inputs()]
    (output,) = session.run(["log_probs"], {name: arrays[name].numpy() for name in names})
    assert isinstance(output, np.ndarray)
    return output


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "inputs"), ALL)
def test_equals_the_network_in_batches_of_any_size(
    cell: Cell, num_layers: int, bidirectional: bool, inputs: str
) -> None:
    network = tagger(cell, num_layers, bidirectional, inputs)
    session = session_of(onnx_of(network))
    for arrays in [
        batch([6, 1, 4, 2]),
        batch([3, 8], num_characters=3),
        batch([1], num_characters=1),
        batch([2, 1, 2], extra=4),
    ]:
        assert_equal_outputs(network, session, arrays)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "inputs"), ALL)
def test_the_graph_is_known_from_shapes_alone(cell: Cell, num_layers: int, bidirectional: bool, inputs: str) -> None:
    network = tagger(cell, num_layers, bidirectional, inputs)
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    check_graph(parse_onnx(onnx_of(network)), graph_of_shapes(shapes))
    other = {name: tuple(weight.shape) for name, weight in tagger(cell, 3, bidirectional, inputs).state_dict().items()}
    with pytest.raises(ValueError, match=r"recurrent\.layers\..*: expected the shape .* got None"):
        check_graph(parse_onnx(onnx_of(network)), graph_of_shapes(other))


def test_a_graph_of_giants_takes_no_memory() -> None:
    shapes = {name: tuple(weight.shape) for name, weight in tagger("gru").state_dict().items()}
    graph = graph_of_shapes(shapes | {"word_encoder.words.weight": (10**9, 6)})
    assert graph.shapes["word_encoder.words.weight"] == (10**9, 6)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_equals_our_own_equations(cell: Cell) -> None:
    network = tagger(cell, 2, implementation="from-scratch")
    assert_equal_outputs(network, session_of(onnx_of(network)), batch([6, 1, 4, 2]))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_padding_is_inert(cell: Cell, bidirectional: bool) -> None:
    session = session_of(onnx_of(tagger(cell, 2, bidirectional)))
    arrays = batch([6, 1, 4, 2], extra=2)
    real = real_tokens(arrays["lengths"], 8)
    changed = {name: ids.clone() for name, ids in arrays.items()}
    for name, size in [("token_ids", V), ("feature_ids", FEATURE_V), ("character_ids", CHARACTER_V)]:
        ids = changed[name]
        ids[~real] = torch.randint(0, size, ids[~real].shape)
        assert not torch.equal(ids, arrays[name])
    np.testing.assert_array_equal(outputs(session, changed)[real.numpy()], outputs(session, arrays)[real.numpy()])


def test_inputs_and_output_are_named_and_free_where_they_can_be() -> None:
    def shapes(network: SequenceTagger) -> dict[str, list[str | int]]:
        session = session_of(onnx_of(network))
        return {one.name: one.shape for one in [*session.get_inputs(), *session.get_outputs()]}

    words = {"token_ids": ["B", "T"], "lengths": ["B"], "log_probs": ["B", "T", K]}
    features, characters = ["B", "T", F], ["B", "T", "C"]
    assert shapes(tagger("rnn", inputs="words")) == words
    assert shapes(tagger("rnn", inputs="features")) == words | {"feature_ids": features}
    assert shapes(tagger("rnn", inputs="characters")) == words | {"character_ids": characters}
    assert shapes(tagger("rnn")) == words | {"feature_ids": features, "character_ids": characters}


def test_equal_networks_give_equal_bytes() -> None:
    network = tagger("lstm", 2)
    model = onnx_of(network, one="1", two="2")
    assert onnx_of(network, two="2", one="1") == model
    parsed = onnx.load_model_from_string(model)
    assert (parsed.ir_version, parsed.opset_import[0].version) == (IR_VERSION, OPSET)
    network.output.bias.data += 1
    assert onnx_of(network, one="1", two="2") != model


def test_metadata_comes_back() -> None:
    metadata = {"tags": '["NN", "``"]', "language": "Ελληνικά", "empty": ""}
    assert session_of(onnx_of(tagger("gru"), **metadata)).get_modelmeta().custom_metadata_map == metadata


def test_without_onnx_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ConfigError, match=r"expected onnx .*, got none; pip install 'postagger\[onnx\]'"):
        onnx_of(tagger("rnn"))
