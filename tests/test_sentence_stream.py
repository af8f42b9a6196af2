from collections.abc import Sequence
from pathlib import Path

import pytest

from postagger.data_prep.formats import FileFormat
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_stream import BlockSize, SentenceStream
from postagger.errors import CorpusError

FILES = {
    "a.tagged": "\ufeffThe/DT dog/NN\nruns/VBZ\n\n",
    "b.conll": "-DOCSTART- -X-\n\na DT\r\n\r\nb NN\nc NN\n \nd NN\n",
    "c.conllu": "# text = x\n1\t\ufeffe\t_\t_\tUH\t_\t_\t_\t_\t_",
}
SENTENCES = [
    Sentence(("The", "dog"), ("DT", "NN")),
    Sentence(("runs",), ("VBZ",)),
    Sentence(("a",), ("DT",)),
    Sentence(("b", "c"), ("NN", "NN")),
    Sentence(("d",), ("NN",)),
    Sentence(("\ufeffe",), ("UH",)),
]


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(text.encode())
    return [tmp_path / name for name in FILES]


def stream(paths: Sequence[Path], block_size: int, *, keep_traces: bool = True) -> SentenceStream:
    return SentenceStream.of_files(
        paths, FileFormat(), keep_traces=keep_traces, block_size=block_size, see=lambda _: None
    )


@pytest.mark.parametrize("block_size", range(1, 8))
def test_blocks_are_stretches_of_the_files_one_after_the_other(paths: list[Path], block_size: int) -> None:
    seen: list[Sequence[Sentence]] = []
    told: list[int] = []
    read = SentenceStream.of_files(
        paths, FileFormat(), keep_traces=True, block_size=block_size, see=seen.append, tell=told.append
    )
    blocks = [SENTENCES[start : start + block_size] for start in range(0, len(SENTENCES), block_size)]
    assert [list(block) for block in seen] == blocks
    assert [read.read(number) for number in range(len(read.blocks))] == blocks
    assert [block.size.sentences for block in read.blocks] == list(map(len, blocks))
    assert len(read) == len(SENTENCES)
    for count in range(8):
        assert read.beginning(count) == tuple(SENTENCES[:count])
    assert sum(told) == sum(path.stat().st_size for path in paths)


def test_sizes_and_places(paths: list[Path]) -> None:
    first, second = stream(paths, 4).blocks
    assert first.size == BlockSize(sentences=4, shortest=1, longest=2)
    assert [(part.path, part.start, part.size, part.line) for part in (*first.stretches, *second.stretches)] == [
        (paths[0], 0, 27, 1),
        (paths[1], 0, 36, 1),
        (paths[1], 36, 5, 8),
        (paths[2], 0, 34, 1),
    ]


def test_traces_are_dropped_each_time(tmp_path: Path) -> None:
    path = tmp_path / "a.tagged"
    path.write_text("*-1/-NONE-\nIt/PRP is/VBZ 0/-NONE-\n*/-NONE-\nSo/RB\n")
    expected = [Sentence(("It", "is"), ("PRP", "VBZ")), Sentence(("So",), ("RB",))]
    for block_size in (1, 2):
        without = stream([path], block_size, keep_traces=False)
        assert [one for number in range(len(without.blocks)) for one in without.read(number)] == expected
    assert len(stream([path], 10)) == 4


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (FILES["b.conll"].replace("b NN", "b VB"), 5),
        (FILES["b.conll"][:-3], 5),
        ("x" + FILES["b.conll"], 1),
        ("", 1),
    ],
)
def test_a_file_that_has_changed_is_never_read(paths: list[Path], content: str, line: int) -> None:
    read = stream(paths, 3)
    paths[1].write_bytes(content.encode())
    said = []
    for number in range(2):
        try:
            assert read.read(number) == SENTENCES[3 * number : 3 * number + 3]
        except CorpusError as error:
            said.append(str(error))
    assert said[0] == (
        f"{paths[1]}, line {line}: expected from here on what was there when the run began, got other text; leave the "
        "files alone during a run"
    )


def test_what_was_added_since_is_left_alone(paths: list[Path]) -> None:
    read = stream(paths, 10)
    with paths[1].open("a") as file:
        file.write("\nz NN\n")
    assert read.read(0) == SENTENCES


def test_a_file_that_is_gone(paths: list[Path]) -> None:
    read = stream(paths, 10)
    paths[2].unlink()
    with pytest.raises(CorpusError, match=r"c\.conllu: expected the file that was there .*, got: No such file"):
        read.read(0)


def test_what_is_wrong_is_told_with_its_line(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "d.conll").write_text("a DT\n\nb\n")
    with pytest.raises(CorpusError, match=r"d\.conll, line 3: expected at least 2 columns, got 1"):
        stream([*paths, tmp_path / "d.conll"], 2)
    (tmp_path / "e.conll").write_text("\n")
    with pytest.raises(CorpusError, match=r"e\.conll: expected tagged sentences, got an empty corpus; check the file"):
        stream([*paths, tmp_path / "e.conll"], 2)
