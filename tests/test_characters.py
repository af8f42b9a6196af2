"""Text to codes to ids to windows."""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep import characters
from postagger.data_prep.characters import (
    Alphabet,
    Codes,
    Symbols,
    Text,
    consecutive_windows,
    num_consecutive,
    num_random,
    random_windows,
    read_text,
    text_of,
    visible,
)
from postagger.errors import CorpusError

COUNTING = np.arange(30, dtype=np.uint8)
BYTES = Alphabet(None)
SYMBOLS: list[Symbols] = ["characters", "bytes"]


def characters_of(text: Text) -> str:
    return "".join(map(chr, text.codes.tolist()))


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "poem.txt"
    path.write_bytes("vögel\r\nfly".encode())
    text = read_text([str(path)])
    assert (text.name, characters_of(text)) == ("poem.txt", "vögel\r\nfly")
    assert text.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert characters_of(read_text([str(path)], newlines="spaces")) == "vögel  fly"
    assert characters_of(read_text([str(path)], characters=3)) == "vög"
    assert text.beginning(3).sha256 == read_text([str(path)], characters=3).sha256
    assert read_text([str(path)], symbols="bytes").codes.tolist() == list(path.read_bytes())


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbfab")
    assert characters_of(read_text([str(tmp_path / "bom.txt")])) == "ab"


def test_folders_and_archives_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "b").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name, content in [("b/1.txt", "second "), ("a.txt", "first "), ("c.txt", "third"), (".hidden/x.txt", "no")]:
        (folder / name).write_text(content)
    assert characters_of(read_text([str(folder)])) == "first second third"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("c.txt", "b/1.txt", "a.txt"):
            archive.write(folder / name, name)
        archive.mkdir("empty")
    assert characters_of(read_text([str(tmp_path / "all.zip")])) == "first second third"
    several = read_text([str(folder / "a.txt"), str(folder / "c.txt")])
    assert (several.name, characters_of(several)) == ("a.txt+c.txt", "first third")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("naïve".encode())))
    text = read_text(["-"])
    assert (text.name, characters_of(text)) == ("standard input", "naïve")


def test_characters_that_lie_across_the_pieces_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text"
    path.write_text("aé漢🙂\n" * 5, encoding="utf-8")
    for size in (1, 2, 3, 5, 7):
        monkeypatch.setattr(characters, "_CHUNK_BYTES", size)
        assert characters_of(read_text([str(path)])) == "aé漢🙂\n" * 5


def test_a_text_larger_than_memory_lies_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text"
    path.write_text("to be or not to be " * 40)
    small = read_text([str(path)])
    monkeypatch.setattr(characters, "_CHUNK_BYTES", 100)
    monkeypatch.setattr(characters, "_LARGEST_IN_MEMORY", 1000)
    for symbols in SYMBOLS:
        large = read_text([str(path)], symbols=symbols)
        assert isinstance(large.codes, np.memmap) == (symbols == "characters")
        assert (large.codes.tolist(), large.sha256) == (small.codes.tolist(), small.sha256)
    large = read_text([str(path)])
    assert Alphabet.build(large.codes).characters == Alphabet.build(small.codes).characters
    for one, two in zip(
        consecutive_windows(large.codes, BYTES, 3, 4), consecutive_windows(small.codes, BYTES, 3, 4), strict=True
    ):
        assert torch.equal(one.inputs, two.inputs)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected text, got an empty one; name another with --text"),
        (b"ab\xffcd", "expected UTF-8 text, got byte 0xff at offset 2; convert it, or read it with --symbols bytes"),
        (b"abc\xe6\xbc", "expected UTF-8 text, got byte 0xe6 at offset 3"),
        (b"PK\x05\x06" + 18 * b"\0", "expected text, got an empty one"),
    ],
)
@pytest.mark.parametrize("size", [2, 1 << 20])
def test_texts_that_cannot_be_used(
    content: bytes, message: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(characters, "_CHUNK_BYTES", size)
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        read_text([str(tmp_path / "bad")])
    assert message in str(caught.value)


def test_a_missing_file_and_a_damaged_archive(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere: expected text to read, got: No such file or directory; check"):
        read_text(["nowhere"])
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("text", "abcdefgh")
    content = (tmp_path / "bad.zip").read_bytes()
    (tmp_path / "bad.zip").write_bytes(content.replace(b"abcdefgh", b"abcdefgX"))
    with pytest.raises(CorpusError, match=r"bad\.zip: expected text to read, got: Bad CRC-32"):
        read_text([str(tmp_path / "bad.zip")])


def test_consecutive_windows_as_the_lessons_define_them() -> None:
    # 30 symbols in two rows of 15, six steps at a time; the targets stand one further.
    batches = list(consecutive_windows(COUNTING, BYTES, 2, 6))
    assert [batch.inputs.tolist() for batch in batches] == [
        [[0, 1, 2, 3, 4, 5], [15, 16, 17, 18, 19, 20]],
        [[6, 7, 8, 9, 10, 11], [21, 22, 23, 24, 25, 26]],
    ]
    assert [batch.targets.tolist() for batch in batches] == [
        [[1, 2, 3, 4, 5, 6], [16, 17, 18, 19, 20, 21]],
        [[7, 8, 9, 10, 11, 12], [22, 23, 24, 25, 26, 27]],
    ]
    assert num_consecutive(30, 2, 6) == 2


def test_random_windows_as_the_lessons_define_them() -> None:
    # (30 - 1) // 6 = 4 windows, which begin at 0, 6, 12, 18; two batches of two, in an order of chance.
    batches = list(random_windows(COUNTING, BYTES, 2, 6, torch.Generator().manual_seed(1)))
    assert [batch.inputs.shape for batch in batches] == [(2, 6), (2, 6)]
    starts = [row[0] for batch in batches for row in batch.inputs.tolist()]
    assert sorted(starts) == [0, 6, 12, 18]
    assert starts != sorted(starts)
    for batch in batches:
        for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
            assert inputs == list(range(inputs[0], inputs[0] + 6))
            assert targets == [symbol + 1 for symbol in inputs]
    again = random_windows(COUNTING, BYTES, 2, 6, torch.Generator().manual_seed(1))
    assert [batch.inputs.tolist() for batch in again] == [batch.inputs.tolist() for batch in batches]
    assert num_random(30, 2, 6) == 2


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 7))
def test_as_many_windows_as_said(length: int, batch_size: int, steps: int) -> None:
    codes: Codes = np.zeros(length, dtype=np.uint8)
    assert len(list(consecutive_windows(codes, BYTES, batch_size, steps))) == num_consecutive(length, batch_size, steps)
    generator = torch.Generator()
    assert len(list(random_windows(codes, BYTES, batch_size, steps, generator))) == num_random(
        length, batch_size, steps
    )


def test_the_alphabet_is_in_the_order_of_counts_then_code_points() -> None:
    alphabet = Alphabet.build(text_of("", "cabbage bee").codes)
    assert alphabet.characters == ("b", "e", "a", " ", "c", "g")
    assert len(alphabet) == 7
    assert Alphabet.build(text_of("", "cabbage bee").codes, min_count=3).characters == ("b", "e")
    with pytest.raises(ValueError, match="expected different characters"):
        Alphabet("aa")


@given(st.text(min_size=1))
def test_what_is_known_comes_back(text: str) -> None:
    for symbols in SYMBOLS:
        read = text_of("", text, symbols=symbols)
        alphabet = Alphabet.build(read.codes)
        assert alphabet.decode(alphabet.encode(text).tolist()) == text
        assert alphabet.unknown(text) == []
        assert torch.equal(alphabet.ids(read.codes), alphabet.encode(text))


@given(st.text(), st.text(min_size=1))
def test_what_is_unknown_is_named_and_has_the_unknown_id(text: str, known: str) -> None:
    alphabet = Alphabet.build(text_of("", known).codes)
    unknown = [character for character in dict.fromkeys(text) if character not in known]
    assert alphabet.unknown(text) == [visible(character) for character in unknown]
    ids = alphabet.encode(text).tolist()
    assert [number == Alphabet.unk_id for number in ids] == [character not in known for character in text]


def test_characters_without_a_shape_are_shown_as_code_points() -> None:
    assert [visible(character) for character in "a \n漢\u0301"] == ["a", "␣", "U+000A", "漢", "U+0301"]


def test_the_held_out_part_stands_at_the_end() -> None:
    text = text_of("ten", "0123456789")
    train, held_out = text.split(0.2)
    assert (train.tolist(), held_out.tolist()) == ([*map(ord, "01234567")], [ord("8"), ord("9")])
    assert len(text.split(0.0)[1]) == 0
    with pytest.raises(CorpusError, match="ten: expected enough characters to hold 1% out, got 10; give more text"):
        text.split(0.01)
