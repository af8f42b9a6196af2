"""Where a token of a corpus stands."""

from pathlib import Path

import pytest

from postagger.corpus_checks.placed_corpus import PlacedCorpus
from postagger.corpus_checks.token_lines import token_lines
from postagger.data_prep.formats import FileFormat, read_sentences

CONLLU = """\
# text = I can't go
1\tI\t_\tPRON\tPRP\t_\t_\t_\t_\t_
2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\t_
2\tca\t_\tAUX\tMD\t_\t_\t_\t_\t_
3\tn't\t_\tPART\tRB\t_\t_\t_\t_\t_
3.1\tX\t_\t_\t_\t_\t_\t_\t_\t_
4\tgo\t_\tVERB\tVB\t_\t_\t_\t_\t_

# a comment that stands alone


# sent_id = 2
# text = Go
1\tGo\t_\tVERB\tVB\t_\t_\t_\t_\t_
"""
COLUMNS = "-DOCSTART- -X-\n\nTime NN\nflies VBZ\n\n\nIt PRP\n*-1 -NONE-\n\n0 -NONE-\n\nhelps VBZ"
SLASHED = "Time/NN flies/VBZ\n\n \n0/-NONE- It/PRP helps/VBZ\n*/-NONE-\nYes/UH\n"


@pytest.mark.parametrize(
    ("name", "text", "keep_traces", "expected"),
    [
        ("a.conllu", CONLLU, False, [[2, 4, 5, 7], [14]]),
        ("a.conll", COLUMNS, True, [[3, 4], [7, 8], [10], [12]]),
        ("a.conll", COLUMNS, False, [[3, 4], [7], [12]]),
        ("a.tagged", SLASHED, True, [[1, 1], [4, 4, 4], [5], [6]]),
        ("a.tagged", SLASHED, False, [[1, 1], [4, 4], [6]]),
    ],
)
def test_the_lines_of_tokens(
    tmp_path: Path, name: str, text: str, keep_traces: bool, expected: list[list[int]]
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    lines = token_lines(path, FileFormat(), keep_traces=keep_traces)
    assert [list(one) for one in lines] == expected


@pytest.mark.parametrize(("name", "text"), [("a.conllu", CONLLU), ("a.conll", COLUMNS), ("a.tagged", SLASHED)])
def test_each_token_is_on_its_line(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    lines = text.split("\n")
    sentences = list(read_sentences(path, FileFormat()))
    numbers = token_lines(path, FileFormat(), keep_traces=True)
    for sentence, of_sentence in zip(sentences, numbers, strict=True):
        for token, number in zip(sentence.tokens, of_sentence, strict=True):
            assert token in lines[number - 1].replace("/", " ").split()


def write(path: Path, words: str) -> str:
    path.write_text("".join(f"{word}/X\n" for word in words.split()), encoding="utf-8")
    return str(path)


def test_places_in_several_files_and_parts(tmp_path: Path) -> None:
    sources = [write(tmp_path / "a.tagged", "a b c"), write(tmp_path / "b.tagged", "d e f g")]
    dev = write(tmp_path / "d.tagged", "x y")
    corpus = PlacedCorpus.read(sources, dev=dev, test=2 / 7)
    assert list(corpus.parts) == ["train", "dev", "test"]
    assert [corpus.where(part, number) for part, number, _ in corpus.numbered()] == [
        *("a.tagged:1", "a.tagged:2", "a.tagged:3", "b.tagged:1", "b.tagged:2"),
        *("d.tagged:1", "d.tagged:2"),
        *("b.tagged:3", "b.tagged:4"),
    ]


def test_fractions_of_both_parts(tmp_path: Path) -> None:
    corpus = PlacedCorpus.read([write(tmp_path / "a.tagged", "a b c d e f")], dev=0.25, test=1 / 3)
    assert corpus.where("dev", 0) == "a.tagged:4"
    assert corpus.where("test", 1) == "a.tagged:6"


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    sources = [write(tmp_path / folder / "a.tagged", "a") for folder in ("one", "two")]
    corpus = PlacedCorpus.read(sources)
    assert list(corpus.parts) == ["all"]
    assert corpus.where("all", 1) == f"{sources[1]}:1"


def test_a_named_corpus_has_parts_and_numbers() -> None:
    corpus = PlacedCorpus.read(["sample"])
    assert {name: len(part.sentences) for name, part in corpus.parts.items()} == {"train": 360, "test": 40}
    assert corpus.where("test", 2, 1) == "test, sentence 3"
    whole = PlacedCorpus.read(["sample"], test=0.0)
    assert whole.where("all", 362) == "sentence 363"
    assert whole.parts["all"].sentences[362] == corpus.parts["test"].sentences[2]


def test_an_example_shows_what_cannot_be_seen(tmp_path: Path) -> None:
    corpus = PlacedCorpus.read([write(tmp_path / "a.tagged", "a\u200bb\x1b[2J")])
    assert corpus.example(("all", 0, 0)).text == "a<U+200B>b<U+001B>[2J/X"
