"""An ONNX file that nobody vouches for: what it holds is looked at before a runtime is given it.

A runtime follows whatever a file says: tensors may lie in other files, an operator may be a loop without an end. So a
file may hold only what the export command writes: its operators, and tensors with their bytes beside them. The format
is a message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding; onnx.proto names the fields).
"""

import math
from collections.abc import Iterator

from postagger.stored_files import shown
from postagger.stored_tensors import Shape

_OPERATORS = frozenset(
    "Add Cast Concat Conv Equal GRU Gather LSTM LogSoftmax MatMul RNN ReduceMax Relu Reshape Transpose Unsqueeze "
    "Where".split()
)
_BYTES = {1: 4, 7: 8}
"""Of a number of each data type that is written: FLOAT, INT64."""
_METADATA_LIMIT = 64 << 20

# Fields by number.
_MODEL, _GRAPH_OF_MODEL, _METADATA = {1, 2, 3, 4, 5, 6, 7, 8, 14}, 7, 14
_GRAPH, _NODE_OF_GRAPH, _TENSOR_OF_GRAPH = {1, 2, 5, 10, 11, 12, 13}, 1, 5
_NODE, _OPERATOR, _ATTRIBUTE_OF_NODE, _DOMAIN = {1, 2, 3, 4, 5, 6, 7}, 4, 5, 7
_ATTRIBUTE = {1, 2, 3, 4, 7, 8, 9, 13, 20}  # none that holds a tensor or a graph
_TENSOR, _DIMS, _DATA_TYPE, _NAME, _DATA = {1, 2, 8, 9, 12}, 1, 2, 8, 9  # none of data elsewhere

Field = tuple[int, "int | memoryview"]


def onnx_tensors(content: bytes) -> dict[str, Shape]:
    """The shapes of an ONNX file's constants, by their names.

    Raises:
        ValueError: it is no ONNX file, or holds something that the export command does not write.
    """
    tensors: dict[str, Shape] = {}
    metadata = 0
    for number, value in _fields(memoryview(content), _MODEL, "a model"):
        if number == _GRAPH_OF_MODEL:
            tensors |= _graph_tensors(_message(value))
        elif number == _METADATA:
            metadata += len(_message(value))
    if metadata > _METADATA_LIMIT:
        raise ValueError(f"{metadata:,} bytes of metadata, more than {_METADATA_LIMIT:,}")
    return tensors


def _graph_tensors(graph: memoryview) -> dict[str, Shape]:
    tensors = {}
    for number, value in _fields(graph, _GRAPH, "a graph"):
        if number == _NODE_OF_GRAPH:
            _check_node(_message(value))
        elif number == _TENSOR_OF_GRAPH:
            name, shape = _tensor(_message(value))
            tensors[name] = shape
    return tensors


def _check_node(node: memoryview) -> None:
    for number, value in _fields(node, _NODE, "a node"):
        if number == _OPERATOR and _text(value) not in _OPERATORS:
            raise ValueError(f"the operator {shown(_text(value))}")
        if number == _DOMAIN and _text(value):
            raise ValueError(f"operators of {shown(_text(value))}")
        if number == _ATTRIBUTE_OF_NODE:
            for _ in _fields(_message(value), _ATTRIBUTE, "an attribute"):
                pass


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
