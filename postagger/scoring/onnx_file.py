"""An ONNX file that nobody vouches for: what it holds is looked at before a runtime is given it.

A runtime follows whatever a file says: tensors may lie in other files, an operator may be a loop without an end, and a
few that follow on each other may double a tensor until no memory is left. So a file may hold only what the export
command writes: its operators, one by one, and tensors of its shapes, with their bytes beside them. The format is a
message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding; onnx.proto names the fields).
"""

import math
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from postagger.onnx_graph import Graph, Node
from postagger.stored_files import shown
from postagger.stored_tensors import Shape, check_shapes

_BYTES = {1: 4, 7: 8}
"""Of a number of each data type that is written: FLOAT, INT64."""
_METADATA_LIMIT = 320 << 20  # as much as config.json and vocabulary.json of a model folder may be
_MOST_NODES = 10_000  # a thousand layers have three each

# Fields by number.
_MODEL, _GRAPH_OF_MODEL, _METADATA = {1, 2, 3, 4, 5, 6, 7, 8, 14}, 7, 14
_GRAPH, _NODE_OF_GRAPH, _TENSOR_OF_GRAPH = {1, 2, 5, 10, 11, 12, 13}, 1, 5
_ENTRY, _KEY, _VALUE = {1, 2}, 1, 2
_NODE, _INPUT, _OUTPUT, _OPERATOR, _ATTRIBUTE_OF_NODE, _DOMAIN = {1, 2, 3, 4, 5, 6, 7}, 1, 2, 4, 5, 7
_ATTRIBUTE, _ATTRIBUTE_NAME, _KIND = {1, 3, 4, 8, 20}, 1, 20  # none that holds a tensor or a graph
_NUMBER, _TEXT, _NUMBERS = 3, 4, 8
_FIELD_OF_KIND = {2: _NUMBER, 3: _TEXT, 7: _NUMBERS}
_TENSOR, _DIMS, _DATA_TYPE, _NAME, _DATA = {1, 2, 8, 9, 12}, 1, 2, 8, 9  # none of data elsewhere

Field = tuple[int, "int | memoryview"]


class OnnxFile(NamedTuple):
    """What a file holds: the shapes of its constants by their names, its operators in their order, and its metadata."""

    shapes: dict[str, Shape]
    nodes: list[Node]
    metadata: dict[str, bytes]


def parse_onnx(content: bytes) -> OnnxFile:
    """What an ONNX file holds.

    Raises:
        ValueError: it is no ONNX file, or holds something that the export command does not write.
    """
    found = OnnxFile({}, [], {})
    size = 0
    for number, value in _fields(memoryview(content), _MODEL, "a model"):
        if number == _GRAPH_OF_MODEL:
            _add_graph(found, _message(value))
        elif number == _METADATA:
            size += len(_message(value))
            if size > _METADATA_LIMIT:
                raise ValueError(f"{size:,} bytes of metadata, more than {_METADATA_LIMIT:,}")
            entry = {key: bytes(_message(told)) for key, told in _fields(_message(value), _ENTRY, "an entry")}
            found.metadata[entry.get(_KEY, b"").decode("utf-8", "replace")] = entry.get(_VALUE, b"")
    return found


def check_graph(found: OnnxFile, expected: Graph) -> None:
    """Refuse a file whose operators or constants are not those of a graph.

    Raises:
        ValueError: one is another, missing, or left over; or a constant has another shape.
    """
    check_shapes(found.shapes, expected.shapes)
    for node, due in zip_longest(found.nodes, expected.nodes):
        if node != due:
            raise ValueError(f"expected the operator {_told(due)}, got {_told(node)}")


def _told(node: Node | None) -> str:
    return "none" if node is None else shown(tuple(node))


def _add_graph(found: OnnxFile, graph: memoryview) -> None:
    for number, value in _fields(graph, _GRAPH, "a graph"):
        if number == _NODE_OF_GRAPH:
            if len(found.nodes) == _MOST_NODES:
                raise ValueError(f"more than {_MOST_NODES:,} operators")
            found.nodes.append(_node(_message(value)))
        elif number == _TENSOR_OF_GRAPH:
            name, shape = _tensor(_message(value))
            if name in found.shapes:
                raise ValueError(f"the tensor {shown(name)} twice")
            found.shapes[name] = shape


def _node(node: memoryview) -> Node:
    operator, inputs, outputs = "", list[str](), list[str]()
    attributes: dict[str, Any] = {}
    for number, value in _fields(node, _NODE, "a node"):
        if number == _OPERATOR:
            operator = _text(value)
        elif number in (_INPUT, _OUTPUT):
            (inputs if number == _INPUT else outputs).append(_text(value))
        elif number == _ATTRIBUTE_OF_NODE:
            name, told = _attribute(_message(value))
            if name in attributes:
                raise ValueError(f"the attribute {shown(name)} twice")
            attributes[name] = told
        elif number == _DOMAIN and _text(value):
            raise ValueError(f"operators of {shown(_text(value))}")
    if len(outputs) != 1:
        raise ValueError(f"{len(outputs)} outputs of the operator {shown(operator)}")
    return Node(operator, tuple(inputs), outputs[0], attributes)


def _attribute(attribute: memoryview) -> tuple[str, Any]:
    """Its name and value: a number, a text, or numbers, and nothing beside."""
    name, kind = "", 0
    told: dict[int, Any] = {}
    for number, value in _fields(attribute, _ATTRIBUTE, "an attribute"):
        if number == _ATTRIBUTE_NAME:
            name = _text(value)
        elif number == _KIND:
            kind = value if isinstance(value, int) else 0
        elif number == _NUMBERS:
            told.setdefault(number, []).extend([value] if isinstance(value, int) else _packed(value))
        else:
            told[number] = _text(value) if number == _TEXT else value
    if kind not in _FIELD_OF_KIND or set(told) != {_FIELD_OF_KIND[kind]}:
        raise ValueError(f"the attribute {shown(name)} of another kind than the export command writes")
    (value,) = told.values()
    return name, list(map(_signed, value)) if kind == 7 else _signed(value) if kind == 2 else value


def _signed(value: Any) -> int:
    """A number of 64 bits, of which the first is the sign."""
    if not isinstance(value, int):
        raise ValueError("a message where a number was due")
    return value - (1 << 64) if value >> 63 else value


def _tensor(tensor: memoryview) -> tuple[str, Shape]:
    name, data_type, size, shape = "", 0, 0, []
    for number, value in _fields(tensor, _TENSOR, "a tensor"):
        if number == _DIMS:
            shape += [value] if isinstance(value, int) else list(_packed(value))
        elif number == _DATA_TYPE and isinstance(value, int):
            data_type = value
        elif number == _NAME:
            name = _text(value)
        elif number == _DATA:
            size = len(_message(value))
    if size != math.prod(shape) * _BYTES.get(data_type, 0):
        raise ValueError(f"{size:,} bytes for the tensor {shown(name)} of the shape {shown(shape)}")
    return name, tuple(shape)


def _fields(message: memoryview, allowed: set[int], kind: str) -> Iterator[Field]:
    """The numbers and values of a message's fields: integers, or bytes; those of a fixed size are bytes, too."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if number not in allowed:
            raise ValueError(f"the field {number} of {kind}, which the export command does not write")
        if wire == 0:
            value, place = _varint(message, place)
            yield number, value
            continue
        if wire == 2:
            size, place = _varint(message, place)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"{kind} of no known encoding")
        if size > len(message) - place:
            raise ValueError(f"{kind} that ends too early")
        yield number, message[place : place + size]
        place += size


def _packed(values: memoryview) -> Iterator[int]:
    place = 0
    while place < len(values):
        value, place = _varint(values, place)
        yield value


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise ValueError("a number that ends too early")
        byte = message[place]
        value |= (byte & 127) << shift
        place += 1
        if byte < 128:
            return value, place
    raise ValueError("a number of too many bytes")


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where a message was due")
    return value


def _text(value: int | memoryview) -> str:
    return bytes(_message(value)).decode("utf-8", "replace")
