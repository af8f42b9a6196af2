import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from postagger.errors import ModelFolderError
from postagger.stored_files import StoredFiles
from postagger.stored_tensors import Declared, check_shapes, declared_tensors

W = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}


def written(path: Path, header: Any, data: bytes, length: int | None = None) -> StoredFiles:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    (path / "t").write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + data)
    return StoredFiles(path, ModelFolderError, "a file of a model folder", "copy it again")


def test_what_the_library_writes(tmp_path: Path) -> None:
    tensors: dict[str, np.ndarray] = {"a": np.eye(3, dtype=np.float32), "b": np.zeros((0, 2), np.int64)}
    tensors |= {"c": np.array(True), "d": np.array([1], np.int8)}
    (tmp_path / "t").write_bytes(save(tensors, metadata={"format": "np"}))
    files = StoredFiles(tmp_path, ModelFolderError, "a file of a model folder", "copy it again")
    assert declared_tensors(files, "t", 1000) == {
        "a": Declared("F32", (3, 3)),
        "b": Declared("I64", (0, 2)),
        "c": Declared("BOOL", ()),
        "d": Declared("I8", (1,)),
    }
    with pytest.raises(ModelFolderError, match="the dtype 'I64' for 'b', not one of F32 BOOL I8"):
        declared_tensors(files, "t", 1000, ("F32", "BOOL", "I8"))


@pytest.mark.parametrize(
    ("header", "data", "told"),
    [
        (W, bytes(7), "tensors of 8 bytes in 7"),
        (W, bytes(9), "tensors of 8 bytes in 9"),
        ({"w": W["w"] | {"shape": [3]}}, bytes(8), r"8 bytes for 'w' of the shape \[3\]"),
        ({"w": W["w"] | {"shape": [2**62, 2**62]}}, bytes(8), "8 bytes for 'w'"),
        ({"w": W["w"] | {"shape": [-2]}}, bytes(8), r"the shape \[-2\]"),
        ({"w": W["w"] | {"shape": [True, 2]}}, bytes(8), "the shape"),
        ({"w": W["w"] | {"data_offsets": [0, 2**63]}}, bytes(8), "9,223,372,036,854,775,808 bytes for 'w'"),
        ({"w": W["w"] | {"data_offsets": [4, 12]}}, bytes(12), "a tensor from byte 4 on where 0 was due"),
        ({"v": W["w"], "w": W["w"]}, bytes(8), "a tensor from byte 0 on where 8 was due"),
        ({"w": W["w"] | {"dtype": "F8"}}, bytes(8), "the dtype 'F8' for 'w'"),
        ({"w": W["w"] | {"more": 1}}, bytes(8), "for 'w'"),
        ({"w": 7}, bytes(8), "7 for 'w'"),
        ([], b"", "a header that is no JSON object"),
        (b"[" * 10_000, b"", "nested too deeply"),
        (b'{"w": 1, "w": 1}', b"", "'w' twice"),
    ],
)
def test_headers_that_are_refused(tmp_path: Path, header: Any, data: bytes, told: str) -> None:
    files = written(tmp_path, header, data)
    with pytest.raises(
        ModelFolderError, match=f"t: expected tensors that fill the file, got .*{told}.*; copy it again$"
    ):
        declared_tensors(files, "t", 100_000)


@pytest.mark.parametrize("length", [0, 1, 66, 2**32, 2**63, 2**64 - 1])
def test_lengths_that_are_refused_before_they_are_read(tmp_path: Path, length: int) -> None:
    files = written(tmp_path, W, b"", length)
    with pytest.raises(ModelFolderError, match="expected a header that says which tensors there are, got one of"):
        declared_tensors(files, "t", 1000)


def test_shapes() -> None:
    check_shapes({"a": (1, 2)}, {"a": (1, 2)})
    for found in ({}, {"a": (2, 1)}, {"a": (1, 2), "b": ()}):
        with pytest.raises(ValueError, match="expected the shape"):
            check_shapes(found, {"a": (1, 2)})
