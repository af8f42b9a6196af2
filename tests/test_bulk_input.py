import json
import random
from pathlib import Path

import pytest
from bulk_parts import JOB, NAMED, parts_of, rows_of, values_of, write_parquet

from postagger.bulk import raw_rows, reading
from postagger.bulk.reading import read_rows
from postagger.errors import ConfigError, CorpusError


def test_lines_of_text(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("\ufeffThe dog\r\n\n \ttab\rreturn\u2028one\nno \ufeffmark at the end".encode())
    rows, rejected = rows_of(parts_of(path))
    texts = ["The dog", "", " \ttab\rreturn\u2028one", "no \ufeffmark at the end"]
    assert rows == [(number, f"x.txt:{number}", text, text) for number, text in enumerate(texts, start=1)]
    assert rejected == []


@pytest.mark.parametrize(("content", "texts"), [(b"", []), (b"\n", [""]), (b"a\n", ["a"]), (b"\n\na", ["", "", "a"])])
def test_a_row_is_what_ends_with_a_line_or_with_the_file(tmp_path: Path, content: bytes, texts: list[str]) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    (part,) = parts_of(path)
    assert values_of([part]) == texts


def test_what_is_no_utf8_is_rejected_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"good\ncaf\xe9 \xed\xa0\x80\nbetter")
    rows, (rejected,) = rows_of(parts_of(path))
    assert [row[:2] for row in rows] == [(1, "x.txt:1"), (3, "x.txt:3")]
    assert (rejected.id, rejected.reason) == ("x.txt:2", "expected UTF-8 text, got the byte 0xe9 at byte 3")
    told = json.loads(rejected.to_json())
    assert told["record"].encode("utf-8", "surrogateescape") == b"caf\xe9 \xed\xa0\x80"
    assert rejected.to_json().isascii()


RECORDS = [
    ('{"text": "The dog", "name": "a"}', None),
    ('{"text": ["The", "dog"], "name": 7}', None),
    ('{"text": "é\\ud83d\\ude00", "name": "é"}', None),
    ("", "expected a JSON object, got: Expecting value: line 1 column 1 (char 0)"),
    ("{", "expected a JSON object, got: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("[1]", "expected a JSON object, got a list"),
    ("7", "expected a JSON object, got a number"),
    ("[" * 100_000, "expected a JSON object, got values nested too deeply"),
    ('{"test": "x", "name": 1}', "expected a field 'text', got 'test' 'name'"),
    ("{}", "expected a field 'text', got no field at all"),
    ('{"text": null, "name": 1}', "the field 'text': expected a string or a list of tokens, got null"),
    ('{"text": 7, "name": 1}', "the field 'text': expected a string or a list of tokens, got a number"),
    ('{"text": {}, "name": 1}', "the field 'text': expected a string or a list of tokens, got an object"),
    ('{"text": ["x", null], "name": 1}', "the field 'text': expected tokens of type str, got others"),
    ('{"text": "x \\ud800", "name": 1}', "expected whole characters, got half of one: '\\ud800'"),
    ('{"text": ["x", "\\udfff"], "name": 1}', "expected whole characters, got half of one: '\\udfff'"),
    ('{"text": "x", "name": "\\ud800"}', "expected whole characters, got half of one: '\\ud800'"),
    ('{"text": "x"}', "expected a field 'name', got 'text'"),
    ('{"text": "x", "name": true}', "the field 'name': expected a string or a whole number, got true or false"),
    ('{"text": "x", "name": 1.5}', "the field 'name': expected a string or a whole number, got a number"),
    (b'{"text": "\xff"}'.decode("latin-1"), None),
]


def test_lines_of_json_each_come_as_a_row_or_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(record for record, _ in RECORDS[:-1]), encoding="utf-8")
    rows, rejected = rows_of(parts_of(path), NAMED)
    records = [record for record, _ in RECORDS]
    assert [row[1:] for row in rows] == [
        ("a", records[0], "The dog"),
        ("7", records[1], ["The", "dog"]),
        ("é", records[2], "é😀"),
    ]
    assert [(one.id, one.reason, one.record) for one in rejected] == [
        (f"x.jsonl:{number}", reason, record)
        for number, (record, reason) in enumerate(RECORDS, start=1)
        if reason is not None
    ]


def test_json_lines_that_begin_with_a_mark_and_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "x"}\r\n{"text": "\xff"}\r\n')
    rows, (rejected,) = rows_of(parts_of(path))
    assert rows == [(1, "x.jsonl:1", '{"text": "x"}', "x")]
    assert (rejected.reason, rejected.record) == (
        "expected UTF-8 text, got the byte 0xff at byte 10",
        '{"text": "\udcff"}',
    )


def conllu(*words: str) -> str:
    return "".join(f"{number}\t{word}" + "\t_" * 8 + "\n" for number, word in enumerate(words, start=1))


def test_sentences_of_conllu(tmp_path: Path) -> None:
    path = tmp_path / "x.conllu"
    blocks = [
        "# name = a b\n" + conllu("The", "dog"),
        "1 x\n",
        "# only\n",
        conllu("Run").replace("\n", "\r\n"),
        conllu("!"),
    ]
    path.write_text("\n\n" + " \t\n\n".join(blocks).removesuffix("\n"), encoding="utf-8", newline="")
    rows, rejected = rows_of(parts_of(path))
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (1, "x.conllu:1", ["The", "dog"]),
        (4, "x.conllu:4", ["Run"]),
        (5, "x.conllu:5", ["!"]),
    ]
    assert rows[0][2] == blocks[0].removesuffix("\n")
    assert [(one.id, one.reason.partition(";")[0], one.record) for one in rejected] == [
        ("x.conllu:2", "line 1: expected 10 fields separated by single tabs, got no tab in '1 x'", "1 x"),
        ("x.conllu:3", "expected a sentence, got comments alone", "# only"),
    ]
    named, unnamed = rows_of(parts_of(path), NAMED)
    assert [row[1] for row in named] == ["a b"]
    assert unnamed[-1].reason == "expected a comment # name = ..., got none"


@pytest.mark.parametrize("ending", ["txt", "jsonl", "conllu", "parquet"])
def test_parts_have_all_rows_once_whatever_their_size(tmp_path: Path, ending: str) -> None:
    moments = random.Random(1)
    path = tmp_path / f"x.{ending}"
    words = ["x" * moments.choice([1, 2, 30, 300]) for _ in range(60)]
    if ending == "parquet":
        write_parquet(path, words, rows_together=7)
    else:
        rows = {
            "txt": words,
            "jsonl": [json.dumps({"text": word}) for word in words],
            "conllu": [conllu(word) for word in words],
        }[ending]
        path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    whole, _ = rows_of(parts_of(path))
    size = path.stat().st_size
    assert len(parts_of(path)) == 1
    for part_size in (1, 2, 50, 301, size - 1, size):
        parts = parts_of(path, part_size)
        assert [part.number for part in parts] == list(range(len(parts)))
        assert rows_of(parts)[0] == whole
        if ending != "parquet":
            assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
            assert sum(part.num_bytes for part in parts) == size
            assert all(part.num_bytes >= part_size for part in parts[:-1])
    assert len(parts_of(path, 1)) == (9 if ending == "parquet" else len(whole))


def test_lines_are_found_across_the_chunks_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt"
    path.write_text("".join("y" * (number % 5) + "\n" for number in range(40)), encoding="utf-8")
    right = {size: parts_of(path, size) for size in (1, 3, 10, 64)}
    for chunk in (1, 2, 7):
        monkeypatch.setattr("postagger.bulk.planning._CHUNK", chunk)
        assert {size: parts_of(path, size) for size in right} == right


def test_rows_come_in_portions_of_bounded_number_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_ROWS_TOGETHER", 4)
    monkeypatch.setattr(reading, "_BYTES_TOGETHER", 100)
    path = tmp_path / "x.txt"
    path.write_bytes(b"x\n" * 3 + b"\xff\n" + b"y" * 90 + b"\n" + b"z" * 10 + b"\n" + b"end")
    portions = list(read_rows(parts_of(path)[0], JOB))
    assert [(portion.rows.num_rows, len(portion.rejected)) for portion in portions] == [(3, 1), (2, 0), (1, 0)]


def test_a_file_that_changes_or_vanishes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("one\n")
    parts = parts_of(path)
    path.write_text("other\n")
    with pytest.raises(CorpusError, match=r"x.txt: expected the file that was there when the run began, got one that"):
        rows_of(parts)
    path.unlink()
    with pytest.raises(CorpusError, match=r"x.txt: expected a file that can be read, got: No such file or directory"):
        rows_of(parts)


def test_a_row_that_is_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_rows, "LONGEST_ROW", 40)
    monkeypatch.setattr(raw_rows, "_PIECE", 7)
    text, blocks = tmp_path / "x.txt", tmp_path / "x.conllu"
    text.write_text("a" * 39 + "\n" + "b" * 40 + "\n" + "c" * 200 + "\nd\n" + "e" * 41)
    rows, rejected = rows_of(parts_of(text))
    assert [(*row[:2], len(row[3])) for row in rows] == [(1, "x.txt:1", 39), (4, "x.txt:4", 1)]
    assert [(one.id, one.record) for one in rejected] == [("x.txt:2", None), ("x.txt:3", None), ("x.txt:5", None)]
    assert rejected[1].reason == "expected a row of at most 268,435,456 bytes, got 201, which stay where they are"
    assert parts_of(text, 1)[3].first_row == 4
    assert rows_of(parts_of(text, 1)) == (rows, rejected)
    blocks.write_text(
        conllu("a") + "\n" + conllu("b", "c", "b") + "\n" + conllu("d" * 50) + conllu("e") + "\n" + conllu("f")
    )
    rows, rejected = rows_of(parts_of(blocks))
    assert [row[3] for row in rows] == [["a"], ["f"]]
    assert [one.id for one in rejected] == ["x.conllu:2", "x.conllu:3"]
    assert rows_of(parts_of(blocks, 1)) == (rows, rejected)


def test_a_mark_alone_on_the_first_line_is_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.conllu"
    path.write_bytes(b"\xef\xbb\xbf\n" + (conllu("a") + "\n" + conllu("b")).encode())
    for size in (1, 4, 1000):
        assert [row[:2] for row in rows_of(parts_of(path, size))[0]] == [(1, "x.conllu:1"), (2, "x.conllu:2")]


def test_lines_longer_than_a_chunk_are_no_blank_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.conllu"
    path.write_text(conllu("a b") + " " * 30 + "\n" + conllu("c"))
    right = parts_of(path, 1)
    assert len(right) == 2
    for chunk in (1, 2, 7):
        monkeypatch.setattr("postagger.bulk.planning._CHUNK", chunk)
        assert parts_of(path, 1) == right


def test_an_array_in_a_json_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('\ufeff \n[{"text": "x"},\n{"text": "y"}]')
    with pytest.raises(ConfigError, match=r"x.json: expected JSON lines, an object a line, got an array; write its"):
        parts_of(path)
    path.write_text('{"text": "x"}\n[]\n')
    assert values_of(parts_of(path)) == ["x"]
