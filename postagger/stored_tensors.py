"""A safetensors file that nobody vouches for: what its header declares is checked before memory is taken for it.

The file is eight bytes of length, a JSON header of that length, and the tensors one after the other: name, dtype,
shape and place of each stand in the header (https://huggingface.co/docs/safetensors).
"""

import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from postagger.stored_files import StoredFiles, parse_json, shown

_LENGTH = 8
_HEADER_LIMIT = 4 << 20
_METADATA = "__metadata__"
_BYTES = {"BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "F16": 2, "BF16": 2, "I32": 4, "F32": 4, "I64": 8, "F64": 8}

Shape = tuple[int, ...]


class Declared(NamedTuple):
    """What a header says of a tensor."""

    dtype: str
    shape: Shape


def declared_tensors(
    files: StoredFiles, name: str, limit: int, dtypes: Collection[str] = _BYTES
) -> dict[str, Declared]:
    """The tensors of a file by their names, as its header declares them; they fill the file to its last byte.

    limit: the most bytes that the file may have. dtypes: those that a tensor may have.

    Raises:
        files.error: the file is none of the folder's, or its header is broken.
    """
    with files.opened(name, limit) as (file, size):
        length = int.from_bytes(file.read(_LENGTH), "little")
        if not 2 <= length <= min(_HEADER_LIMIT, size - _LENGTH):
            got = f"one of {length:,} bytes in a file of {size:,}"
            raise files.refusal(name, "a header that says which tensors there are", got)
        content = file.read(length)
    try:
        return _declared(parse_json(content), size - _LENGTH - length, dtypes)
    except ValueError as error:
        raise files.refusal(name, "tensors that fill the file", str(error)) from None


def _declared(header: Any, size: int, dtypes: Collection[str]) -> dict[str, Declared]:
    if not isinstance(header, dict):
        raise ValueError("a header that is no JSON object")
    tensors, places = {}, []
    for name, entry in header.items():
        if name != _METADATA:
            tensors[name], place = _tensor(name, entry, dtypes)
            places.append(place)
    end = 0
    for start, stop in sorted(places):
        if start != end:
            raise ValueError(f"a tensor from byte {start:,} on where {end:,} was due")
        end = stop
    if end != size:
        raise ValueError(f"tensors of {end:,} bytes in {size:,}")
    return tensors


def _tensor(name: str, entry: Any, dtypes: Collection[str]) -> tuple[Declared, tuple[int, int]]:
    """A tensor and where it begins and ends."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{shown(entry)} for {shown(name)}")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in dtypes or dtype not in _BYTES:
        raise ValueError(f"the dtype {shown(dtype)} for {shown(name)}, not one of {' '.join(dtypes)}")
    if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise ValueError(f"the shape {shown(shape)} at {shown(offsets)} for {shown(name)}")
    start, stop = offsets
    if stop - start != math.prod(shape) * _BYTES[dtype]:
        raise ValueError(f"{stop - start:,} bytes for {shown(name)} of the shape {shown(shape)}")
    return Declared(dtype, tuple(shape)), (start, stop)


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and len(values) <= 8 and all(type(value) is int and value >= 0 for value in values)


def check_shapes(found: Mapping[str, Shape], expected: Mapping[str, Shape]) -> None:
    """Refuse tensors that are not those expected.

    Raises:
        ValueError: one is missing, left over, or of another shape.
    """
    for name in sorted({*expected, *found}):
        if found.get(name) != expected.get(name):
            raise ValueError(f"{shown(name)}: expected the shape {expected.get(name)}, got {found.get(name)}")
