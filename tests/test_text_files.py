"""Text files, folders and archives -> one text."""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from postagger.data_prep import text_files
from postagger.data_prep.characters import Alphabet, Symbols, Text, consecutive_windows
from postagger.data_prep.text_files import read_text, text_of
from postagger.errors import CorpusError

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
        monkeypatch.setattr(text_files, "_CHUNK_BYTES", size)
        assert characters_of(read_text([str(path)])) == "aé漢🙂\n" * 5


def test_a_text_larger_than_memory_lies_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text"
    path.write_text("to be or not to be " * 40)
    small = read_text([str(path)])
    monkeypatch.setattr(text_files, "_CHUNK_BYTES", 100)
    monkeypatch.setattr(text_files, "_LARGEST_IN_MEMORY", 1000)
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
        (
            b"ab\xffcd",
            "expected UTF-8 text, got byte 0xff at offset 2; convert it to UTF-8 (charlm",
        ),
        (b"abc\xe6\xbc", "expected UTF-8 text, got byte 0xe6 at offset 3"),
        (b"PK\x05\x06" + 18 * b"\0", "expected text, got an empty one"),
    ],
)
@pytest.mark.parametrize("size", [2, 1 << 20])
def test_texts_that_cannot_be_used(
    content: bytes, message: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "_CHUNK_BYTES", size)
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


def test_an_archive_that_is_damaged_in_its_own_way(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("text", "abcdefgh" * 100)
    content = path.read_bytes()
    path.write_bytes(content[:55] + b"\xff" * 8 + content[63:])
    with pytest.raises(CorpusError, match=r"a\.zip: expected text to read, got: Corrupt input data; check"):
        read_text([str(path)])


def test_the_names_in_an_archive_are_shown_in_one_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a\n\x1b" + 1000 * "b", b"\xff")
    with pytest.raises(CorpusError, match=r"a\.zip:a\\n\\x1bb{90,94}: expected UTF-8 text") as caught:
        read_text([str(tmp_path / "a.zip")])
    assert str(caught.value).isprintable()


def test_a_member_without_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    member = zipfile.ZipInfo("x")
    member.filename = ""
    with zipfile.ZipFile(path, "w") as archive, archive.open(member, "w") as file:
        file.write(b"text")
    assert characters_of(read_text([str(path)])) == "text"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("text", "one ")
        archive.writestr("text", "two")
    assert characters_of(read_text([str(tmp_path / "a.zip")])) == "one two"


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(CorpusError, match="loop: expected text to read, got: Too many levels"):
        read_text([str(tmp_path / "loop")])
    with pytest.raises(CorpusError, match="expected text to read, got: embedded null byte"):
        read_text(["a\0b"])


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CorpusError, match="expected text from standard input, got a closed one; name a file"):
        read_text(["-"])


def test_what_is_hidden_in_an_archive_stays_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mac.zip", "w") as archive:
        for name in ("poem.txt", ".DS_Store", "__MACOSX/._poem.txt", "a/.git/x"):
            archive.writestr(name, "fly" if name == "poem.txt" else b"\xff\xfe")
    assert characters_of(read_text([str(tmp_path / "mac.zip")])) == "fly"


def test_standard_input_can_be_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"text")))
    with pytest.raises(CorpusError, match="--text: expected standard input once, got - more often"):
        read_text(["-", "-"])
    read_text(["-"])
    assert not sys.stdin.buffer.closed


def test_the_name_of_a_place_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a").write_text("abc")
    monkeypatch.chdir(tmp_path / "here")
    assert read_text(["."]).name == "here"


def test_bytes_that_are_no_text_come_through_a_command_line() -> None:
    from_the_shell = b"a\xff".decode("utf-8", "surrogateescape")
    assert text_of("", from_the_shell, symbols="bytes").codes.tolist() == [97, 255]
    assert text_of("", "a\ud800", symbols="bytes").codes.tolist() == [97, 0xED, 0xA0, 0x80]
    assert text_of("", from_the_shell).codes.tolist() == [97, 0xDCFF]
