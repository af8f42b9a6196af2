import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from postagger.errors import CheckpointError
from postagger.stored_files import StoredFiles, check_json_size, one_line, parse_json, shown


@pytest.fixture
def files(tmp_path: Path) -> StoredFiles:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.json").write_bytes(b'{"n": 1}')
    (tmp_path / "elsewhere").write_bytes(b"{}")
    return StoredFiles(tmp_path / "folder", CheckpointError, "a file of a folder", "start anew")


def test_a_plain_file_is_read(files: StoredFiles) -> None:
    assert files.read("a.json", 8) == b'{"n": 1}'
    assert files.json_object("a.json", files.read("a.json", 8)) == {"n": 1}


def test_the_size_is_looked_at_first(files: StoredFiles) -> None:
    with pytest.raises(CheckpointError, match=r"a\.json: expected at most 7 bytes, got 8; start anew$"):
        files.read("a.json", 7)
    os.truncate(files.path / "a.json", 1 << 40)
    begun = time.perf_counter()
    with pytest.raises(CheckpointError, match="expected at most 8 bytes, got 1,099,511,627,776"):
        files.read("a.json", 8)
    with pytest.raises(CheckpointError, match="expected 1,099,511,627,776 bytes, got a file that is mostly holes"):
        files.check("a.json", 1 << 41, {})
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.symlink_to("../elsewhere"), "a link"),
        (lambda path: path.symlink_to("a.json"), "a link"),
        (lambda path: path.symlink_to("/dev/zero"), "a link"),
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a pipe"),
    ],
)
def test_what_is_no_plain_file_is_not_opened(files: StoredFiles, make: Callable[[Path], None], told: str) -> None:
    make(files.path / "b")
    with pytest.raises(
        CheckpointError, match=f"b: expected a plain file in the folder itself, got {told}; start anew$"
    ):
        files.read("b", 100)


def test_no_other_places(files: StoredFiles) -> None:
    for name in ("../elsewhere", str(files.path.parent / "elsewhere"), "", ".", "..", "x/a.json"):
        with pytest.raises(CheckpointError, match=r"got a (path|folder); start anew$"):
            files.read(name, 100)
    for name in ("nothing", "x" * 300, "a\0b", "\ud800"):
        with pytest.raises(CheckpointError, match="expected a file of a folder, got: "):
            files.read(name, 100)


def test_a_manifest_vouches(files: StoredFiles) -> None:
    sha256 = hashlib.sha256(b'{"n": 1}').hexdigest()
    (files.path / "manifest.json").write_text(json.dumps({"a.json": sha256, "../elsewhere": sha256}))
    manifest = files.manifest()
    assert files.vouched("a.json", 100, manifest) == b'{"n": 1}'
    files.check("a.json", 100, manifest)
    with pytest.raises(CheckpointError, match=r"manifest\.json: expected the names of a\.json, got '\.\./elsewhere'"):
        files.check_names(manifest, ["a.json"])
    (files.path / "a.json").write_bytes(b'{"n": 2}')
    for read in (files.vouched, files.check):
        with pytest.raises(CheckpointError, match=r"a\.json: expected the bytes that manifest\.json vouches for"):
            read("a.json", 100, manifest)
    (files.path / "manifest.json").write_text('{"a.json": 7}')
    with pytest.raises(CheckpointError, match=r"expected the SHA-256 of 'a\.json', got 7"):
        files.manifest()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', "'a' twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[1e999]", "'1e999', which is not finite"),
        (b"[NaN]", "'NaN', which is not finite"),
        (b"[-Infinity]", "'-Infinity', which is not finite"),
        (b"[" + b"9" * 5000 + b"]", "Exceeds the limit"),
        (b'"\xff"', "no UTF-8 at 1"),
        (b"[" + b"0," * 1_000_001 + b"0]", "more than 1,000,000 values"),
        (b"[" + b"[]," * 100_000 + b"0]", "more than 100,000 lists and objects"),
        (b'{"a":' * 100_001, "more than 100,000 lists and objects"),
        (b"", "Expecting value"),
        (b"{} {}", "Extra data"),
        (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
    ],
)
def test_json_from_strangers(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_json(content)


def test_signs_within_texts_are_no_values() -> None:
    told = [r",[{\"" * 150_000, "\\", ",[" * 600_000]
    assert parse_json(json.dumps(told).encode()) == told
    with pytest.raises(ValueError, match="more than 1,000,000 values"):
        parse_json(b'["' + b"0," * 500_000 + b'",' + b"0," * 1_000_001 + b"0]")


def test_a_larger_file_may_hold_more() -> None:
    values = b"[" + b'"abcdef",' * 1_200_000 + b"0]"
    check_json_size(values)
    with pytest.raises(ValueError, match="more than 1,000,000 values"):
        check_json_size(b"[" + b"0," * 1_200_000 + b"0]")
    check_json_size(b"[" + b'{"a": 1, "bcd": "efghijklmnopqrst"},' * 110_000 + b"0]")


def test_json_of_friends() -> None:
    value = {"a": [1, -2.5, None, True], "ü": {"": "\U0001f600"}}
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


def test_what_is_shown_is_short_and_harmless() -> None:
    assert len(shown({"a": "x" * 10_000})) == 200
    assert shown("x\x1b[31m\n") == r"'x\x1b[31m\n'"
    assert one_line("a\n\x1b[31m " + "b" * 1000) == r"a \x1b[31m " + "b" * 392 + "..."
