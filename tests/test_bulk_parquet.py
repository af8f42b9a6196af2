from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_parts import JOB, NAMED, parts_of, rows_of, values_of, write_parquet

from postagger.bulk import run
from postagger.bulk.input_files import input_files
from postagger.bulk.planning import plan
from postagger.bulk.portion import Rejected
from postagger.errors import ConfigError, CorpusError


def test_rows_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, ["The dog", None, "", "x", "x"], name=["a", "b", None, "d", "e"], more=[1, 2, 3, 4, 5])
    rows, rejected = rows_of(parts_of(path))
    assert [row[1:] for row in rows] == [
        (f"x.parquet:{number}", text, text) for number, text in [(1, "The dog"), (3, ""), (4, "x"), (5, "x")]
    ]
    null = Rejected("x.parquet:2", "the column 'text': expected a text, got null", None)
    assert rejected == [null]
    rows, rejected = rows_of(parts_of(path), NAMED)
    assert [row[1] for row in rows] == ["a", "d", "e"]
    assert rejected == [
        null,
        Rejected("x.parquet:3", "the column 'name': expected a string or a whole number, got null", ""),
    ]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()], ids=str)
def test_parquet_may_store_strings_in_any_way(tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, pa.array(["The dog", None, "The dog"]).cast(kind))
    assert values_of(parts_of(path)) == ["The dog", "The dog"]


def test_parquet_with_lists_of_tokens(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, [["The", "dog"], None, [], ["x", None]])
    rows, rejected = rows_of(parts_of(path))
    assert [row[2:] for row in rows] == [(None, ["The", "dog"]), (None, [])]
    assert [(one.id, one.record) for one in rejected] == [("x.parquet:2", None), ("x.parquet:4", ["x", None])]


def test_parquet_with_strings_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    texts = pa.array([b"good", b"caf\xe9", None], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 3, texts.buffers())
    write_parquet(path, text)
    rows, rejected = rows_of(parts_of(path))
    assert [row[3] for row in rows] == ["good"]
    assert [(one.id, one.reason, one.record) for one in rejected] == [
        ("x.parquet:2", "the column 'text': expected UTF-8 text, got other bytes", "caf\udce9"),
        ("x.parquet:3", "the column 'text': expected a text, got null", None),
    ]


def test_a_parquet_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 no")
    with pytest.raises(CorpusError, match=r"x.parquet: expected a Parquet file, got something else; leave it out"):
        parts_of(path)
    pq.write_table(pa.table({"a": ["x"], "n": [1]}), path)
    with pytest.raises(ConfigError, match=r"x.parquet: expected a column 'text', got a n; name another with --column"):
        parts_of(path)
    files = input_files([str(path)], None, tmp_path / "out")
    with pytest.raises(ConfigError, match="column 'n': expected strings or lists of strings, got int64"):
        list(plan(files, 9, "n", None))
    with pytest.raises(ConfigError, match="expected one column 'z', got none; name another with --id"):
        list(plan(files, 9, "a", "z"))
    for kind in (pa.bool_(), pa.float64(), pa.binary()):
        pq.write_table(pa.table({"a": ["x"], "i": pa.nulls(1, kind)}), path)
        with pytest.raises(ConfigError, match=f"x.parquet: column 'i': expected strings or whole numbers, got {kind};"):
            list(plan(files, 9, "a", "i"))
    twice = pa.table([["x"], ["y"], ["z"]], names=["a", "a", "n"])
    pq.write_table(twice, path)
    with pytest.raises(ConfigError, match=r"x.parquet: expected one column 'a', got 2; name another with --column"):
        list(plan(files, 9, "a", None))
    with pytest.raises(ConfigError, match=r"x.parquet: expected one column 'a', got 2; name another with --id"):
        list(plan(files, 9, "n", "a"))


def test_a_parquet_file_whose_rows_are_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, [str(number) * 50 for number in range(2000)])
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"x.parquet: expected a Parquet file, got a damaged one: .*; copy it again"):
        rows_of(parts_of(path))


def test_a_file_that_is_damaged_in_the_middle_is_one_line(
    small_model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, ["The dog barks"] * 3 + [str(number) * 50 for number in range(2000)], rows_together=1003)
    content = bytearray(path.read_bytes())
    page = pq.read_metadata(path).row_group(1).column(0).data_page_offset
    content[page : page + 400] = bytes(400)
    path.write_bytes(content)
    code = run(["--input", str(path), "--output", str(tmp_path / "out"), "--model", str(small_model), "--workers", "1"])
    (error,) = capfd.readouterr().err.splitlines()
    assert (code, list((tmp_path / "out").glob("x*"))) == (2, [])
    assert f"{path}: expected a Parquet file, got a damaged one: " in error


def test_a_parquet_file_whose_schema_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": ["x"], "other": [1]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"other", b"oth\xffr"))
    with pytest.raises(CorpusError, match=r"x.parquet: expected a Parquet file, got something else; leave it out"):
        parts_of(path)


@pytest.mark.parametrize("kind", [pa.null(), pa.list_(pa.null())], ids=str)
def test_a_column_of_nulls_alone_is_rejected_row_by_row(tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, pa.nulls(3, kind), name=pa.nulls(3))
    for job in (JOB, NAMED):
        rows, rejected = rows_of(parts_of(path), job)
        assert rows == []
        assert [one.id for one in rejected] == ["x.parquet:1", "x.parquet:2", "x.parquet:3"]
        assert {one.reason for one in rejected} == {"the column 'text': expected a text, got null"}


def test_a_list_with_a_token_that_is_no_utf8_keeps_all_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    tokens = pa.array([b"The", b"caf\xe9", None, b"dog"], pa.binary())
    texts = pa.Array.from_buffers(pa.string(), 4, tokens.buffers())
    write_parquet(path, pa.ListArray.from_arrays(pa.array([0, 3, 4]), texts))
    rows, rejected = rows_of(parts_of(path))
    assert [row[3] for row in rows] == [["dog"]]
    reason = "the column 'text': expected tokens of type str, got other bytes"
    assert rejected == [Rejected("x.parquet:1", reason, ["The", "caf\udce9", None])]
