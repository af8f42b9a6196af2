"""The network of a tagger as an ONNX model, from nothing but its weights.

Inside the graph time comes first, [T, B, ...], as ONNX's recurrent operators take it; it is the ids that are turned,
where a token is still a few numbers. The operators are told the lengths: a backward direction begins at each
sentence's own last token, and padding is inert. Letters: B sentences, T tokens, C characters, F features, E size of a
vector, K tags, D directions, H hidden, G gates.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from postagger.errors import ConfigError

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 17
"""The version of the operators."""
IR_VERSION = 8
"""The version of the file format that came with these operators; newer runtimes read it, too."""

_WORDS = "word_encoder.words.weight"
_FEATURES = "word_encoder.features.weight"
_CHARACTERS = "word_encoder.characters.embedding.weight"
_CONVOLUTION = "word_encoder.characters.convolution"
_LAYER_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_INT32 = 6  # onnx.TensorProto.INT32, also where onnx is missing


@dataclass(frozen=True)
class _Operator:
    """ONNX's name of a cell, and which of torch's gates it takes first, second, ..."""

    name: str
    gates: tuple[int, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


# The number of gates tells the cells apart.
_OPERATORS = {
    1: _Operator("RNN", (0,)),
    # torch: r z n, ONNX: z r n. The reset gate acts after the product with the hidden state (see gru_step).
    3: _Operator("GRU", (1, 0, 2), {"linear_before_reset": 1}),
    # torch: i f g o, ONNX: i o f g.
    4: _Operator("LSTM", (0, 3, 1, 2)),
}


class Node(NamedTuple):
    """An operator. attributes: whole numbers, lists of them, texts."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


class Graph:
    """Inputs, constants and nodes in the order they were added, as plain data. Each method returns a value's name.

    shapes, constants: of each constant its shape, and what makes it.
    """

    def __init__(self) -> None:
        self.inputs: dict[str, tuple[str | int, ...]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.constants: dict[str, Callable[[], np.ndarray]] = {}
        self.nodes: list[Node] = []

    def input(self, name: str, *shape: str | int) -> str:
        """Ids or counts, int64; an axis with a name instead of a number is of any size."""
        self.inputs[name] = shape
        return name

    def weight(self, name: str, shape: tuple[int, ...], values: Callable[[], np.ndarray]) -> str:
        """A constant in float32."""
        self.shapes[name] = shape
        self.constants[name] = lambda: np.ascontiguousarray(values(), dtype=np.float32)
        return name

    def integers(self, name: str, *values: int) -> str:
        """A constant in int64, [number of values]."""
        self.shapes[name] = (len(values),)
        self.constants[name] = lambda: np.array(values, dtype=np.int64)
        return name

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """An operator with one output, named or numbered."""
        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(Node(operator, inputs, output, attributes))
        return output


def build_onnx(weights: Mapping[str, np.ndarray], *, metadata: Mapping[str, str]) -> bytes:
    """The bytes of an ONNX file that computes what the SequenceTagger with these weights does, without dropout.

    Its inputs, all int64: token_ids [B, T]; feature_ids [B, T, F] and character_ids [B, T, C] where the network has
    such; lengths [B], each from 1 to T. Its output: log_probs [B, T, K] float32, without meaning where a sentence has
    ended. B, T and C are free.

    weights: the network's state_dict, of either implementation; their shapes tell all that there is to know of it.
    metadata: what the file is to say beside, its metadata_props. Equal arguments give equal bytes.

    Raises:
        ConfigError: onnx is not installed.
    """
    model = _model(build_graph(weights), ("B", "T", len(weights["output.bias"])), metadata)
    serialized: bytes = model.SerializeToString(deterministic=True)
    return serialized


def graph_of_shapes(shapes: Mapping[str, tuple[int, ...]]) -> Graph:
    """The graph of a network of which only the shapes of its weights are known; its constants are all 0."""
    return build_graph({name: np.broadcast_to(np.float32(0), shape) for name, shape in shapes.items()})


def build_graph(weights: Mapping[str, np.ndarray]) -> Graph:
    """The graph of a network: see build_onnx. Nothing is computed from the weights until a constant is made."""
    graph = Graph()
    vectors = _word_vectors(graph, weights)
    lengths = graph.node("Cast", graph.input("lengths", "B"), to=_INT32)
    hidden = _recurrent(graph, weights, vectors, lengths)
    table, bias = weights["output.weight"].T, weights["output.bias"]
    products = graph.node("MatMul", hidden, graph.weight("output.weight", table.shape, lambda: table))
    logits = graph.node("Add", products, graph.weight("output.bias", bias.shape, lambda: bias))
    log_probs = graph.node("LogSoftmax", logits, axis=-1)
    graph.node("Transpose", log_probs, output="log_probs", perm=[1, 0, 2])
    return graph


def _word_vectors(graph: Graph, weights: Mapping[str, np.ndarray]) -> str:
    """See WordEncoder: ids -> [T, B, E]."""
    token_ids = graph.node("Transpose", graph.input("token_ids", "B", "T"), perm=[1, 0])
    parts = [graph.node("Gather", _as_it_is(graph, weights, _WORDS), token_ids)]
    if _FEATURES in weights:
        others = sum(weights[name].shape[1] for name in (_WORDS, _CHARACTERS) if name in weights)
        size: int = weights["recurrent.layers.0.weight_ih_l0"].shape[1] - others  # F * E
        feature_ids = graph.input("feature_ids", "B", "T", size // weights[_FEATURES].shape[1])
        feature_ids = graph.node("Transpose", feature_ids, perm=[1, 0, 2])
        features = graph.node("Gather", _as_it_is(graph, weights, _FEATURES), feature_ids)  # [T, B, F, E]
        parts.append(graph.node("Reshape", features, graph.integers("features.shape", 0, 0, size)))  # [T, B, F * E]
    if _CHARACTERS in weights:
        parts.append(_character_vectors(graph, weights))
    return graph.node("Concat", *parts, axis=-1)


def _as_it_is(graph: Graph, weights: Mapping[str, np.ndarray], name: str) -> str:
    return graph.weight(name, weights[name].shape, lambda: weights[name])


def _character_vectors(graph: Graph, weights: Mapping[str, np.ndarray]) -> str:
    """See CharacterEncoder: character_ids [B, T, C] -> [T, B, E]."""
    ids = graph.node("Transpose", graph.input("character_ids", "B", "T", "C"), perm=[1, 0, 2])
    embedded = graph.node("Gather", _as_it_is(graph, weights, _CHARACTERS), ids)
    embedded = graph.node("Transpose", embedded, perm=[0, 3, 1, 2])  # [T, E, B, C]
    # In two dimensions, one of them with windows of one sentence: so B and T need not be merged and parted again.
    windowed = weights[f"{_CONVOLUTION}.weight"][:, :, None]  # [E, E, 1, 3]
    weight = graph.weight(f"{_CONVOLUTION}.weight", windowed.shape, lambda: windowed)
    bias = _as_it_is(graph, weights, f"{_CONVOLUTION}.bias")
    windows = graph.node("Conv", embedded, weight, bias, kernel_shape=[1, 3], pads=[0, 1, 0, 1])
    # Relu leaves nothing below 0, so a 0 in place of a padding character is never too large; and it is what a padding
    # token, which has nothing else, must get.
    is_padding = graph.node("Equal", ids, graph.integers("padding", 0))
    is_padding = graph.node("Unsqueeze", is_padding, graph.integers("padding.axes", 1))  # [T, 1, B, C]
    nothing = graph.weight("padding.value", (1,), lambda: np.zeros(1))
    windows = graph.node("Where", is_padding, nothing, windows)
    largest = graph.node("Relu", graph.node("ReduceMax", windows, axes=[3], keepdims=0))  # [T, E, B]
    return graph.node("Transpose", largest, perm=[0, 2, 1])


def _recurrent(graph: Graph, weights: Mapping[str, np.ndarray], vectors: str, lengths: str) -> str:
    """See Recurrent: vectors [T, B, E], lengths [B] -> hidden [T, B, D * H]."""
    num_rows, hidden_size = weights["recurrent.layers.0.weight_hh_l0"].shape  # [G * H, H]
    operator = _OPERATORS[num_rows // hidden_size]
    output_size = weights["output.weight"].shape[1]  # [K, D * H]
    num_directions = output_size // hidden_size
    shape = graph.integers("recurrent.shape", 0, 0, output_size)
    hidden = vectors
    num_layers = sum(name.endswith(".weight_hh_l0") for name in weights)
    for first in range(0, num_layers, num_directions):
        hidden = graph.node(
            operator.name,
            hidden,
            *_layer_weights(graph, weights, range(first, first + num_directions), operator.gates),
            lengths,
            hidden_size=hidden_size,
            direction="bidirectional" if num_directions > 1 else "forward",
            **operator.attributes,
        )  # [T, D, B, H]
        hidden = graph.node("Reshape", graph.node("Transpose", hidden, perm=[0, 2, 1, 3]), shape)
    return hidden


def _layer_weights(
    graph: Graph, weights: Mapping[str, np.ndarray], directions: range, gates: tuple[int, ...]
) -> list[str]:
    """The weights of one layer as ONNX has them: input [D, G * H, E], recurrent [D, G * H, H], bias [D, 2 * G * H]."""
    layers = [{kind: weights[f"recurrent.layers.{layer}.{kind}_l0"] for kind in _LAYER_WEIGHTS} for layer in directions]

    def arranged(kind: str) -> np.ndarray:
        return np.stack([_reorder_gates(layer[kind], gates) for layer in layers])

    name, first = f"recurrent.layers.{directions.start}", layers[0]
    bias = (len(layers), 2 * len(first["bias_ih"]))
    return [
        graph.weight(f"{name}.weight_ih", (len(layers), *first["weight_ih"].shape), lambda: arranged("weight_ih")),
        graph.weight(f"{name}.weight_hh", (len(layers), *first["weight_hh"].shape), lambda: arranged("weight_hh")),
        graph.weight(f"{name}.bias", bias, lambda: np.hstack([arranged("bias_ih"), arranged("bias_hh")])),
    ]


def _reorder_gates(rows: np.ndarray, gates: tuple[int, ...]) -> np.ndarray:
    """Rows [G * H, ...] of gates below each other, with the gates in another order.

    >>> _reorder_gates(np.array([10, 11, 20, 21, 30, 31]), (1, 0, 2)).tolist()
    [20, 21, 10, 11, 30, 31]
    """
    blocks = np.split(rows, len(gates))
    return np.concatenate([blocks[gate] for gate in gates])


def _model(graph: Graph, output_shape: tuple[str | int, ...], metadata: Mapping[str, str]) -> "ModelProto":
    """The graph in ONNX's own types, checked.

    Raises:
        ConfigError: onnx is not installed.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError:
        raise ConfigError("expected onnx for an ONNX model, got none; pip install 'postagger[onnx]'") from None
    model = helper.make_model(
        helper.make_graph(
            [
                helper.make_node(operator, inputs, [output], name=output, **attributes)
                for operator, inputs, output, attributes in graph.nodes
            ],
            "postagger",
            [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in graph.inputs.items()],
            [helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, output_shape)],
            [numpy_helper.from_array(make(), name) for name, make in graph.constants.items()],
        ),
        producer_name="postagger",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    helper.set_model_props(model, dict(sorted(metadata.items())))
    checker.check_model(model, full_check=True)
    return model
