import itertools
from pathlib import Path

import conllu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.formats import FileFormat, format_of, read_conllu, read_sentences
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.stored_model import stored_tagset

CONLLU = """\
# sent_id = 1
# text = I don't know.
1\tI\tI\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
3.1\tnever\t_\tADV\tRB\t_\t_\t_\t_\t_
4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\t_
5\t#\t#\tSYM\tNN\t_\t4\tpunct\t_\t_

# sent_id = 2
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_
"""


def write(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path, **settings: object) -> list[Sentence]:
    return list(read_sentences(path, FileFormat(**settings)))  # type: ignore[arg-type]


def error(path: Path, **settings: object) -> str:
    with pytest.raises(CorpusError) as caught:
        read(path, **settings)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message.replace(str(path), "FILE")


def test_conllu_by_the_rules_of_the_format(tmp_path: Path) -> None:
    path = write(tmp_path, "a.conllu", CONLLU)
    assert read(path) == [
        Sentence(("I", "do", "n't", "know", "#"), ("PRP", "VBP", "RB", "VB", "NN")),
        Sentence(("Yes",), ("UH",)),
    ]
    assert read(path, tag_field="upos")[0].tags == ("PRON", "AUX", "PART", "VERB", "SYM")


def test_conllu_equals_the_conllu_package(tmp_path: Path) -> None:
    path = write(tmp_path, "a.conllu", CONLLU)
    theirs = [
        Sentence.from_pairs((word["form"], word["xpos"]) for word in sentence if isinstance(word["id"], int))
        for sentence in conllu.parse(CONLLU)
    ]
    assert read(path) == theirs


def test_conllu_keeps_comments_and_all_rows(tmp_path: Path) -> None:
    first = next(read_conllu(write(tmp_path, "a.conllu", CONLLU)))
    assert first.comments == ["# sent_id = 1", "# text = I don't know."]
    assert [row[0] for row in first.rows] == ["1", "2-3", "2", "3", "3.1", "4", "5"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 I I PRON PRP _ 4 nsubj _ _\n", "line 1: expected 10 fields separated by single tabs, got no tab in"),
        ("1\tI\tI\n", "line 1: expected 10 fields separated by single tabs, got 3 fields"),
        ("1\tI\t\tPRON\tPRP\t_\t4\tnsubj\t_\t_\n", "line 1: expected 10 fields separated by single tabs, got an empty"),
        (CONLLU.replace("4\tknow", "6\tknow"), "line 8: expected the word number 4, got 6"),
        (CONLLU.replace("3.1\tnever", "x\tnever"), "line 7: expected a number (3), a range (3-4) or an empty node"),
        (CONLLU.replace("2-3\t", "3-2\t"), "line 4: expected a number (3), a range (3-4) or an empty node"),
        (
            CONLLU.replace("\tUH\t", "\t_\t"),
            "sentence at line 11: expected a tag in XPOS for the word 1 'Yes', got none",
        ),
        (CONLLU.replace("1\tYes", "²\tYes"), "line 12: expected a number (3), a range (3-4) or an empty node"),
    ],
)
def test_broken_conllu_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in error(write(tmp_path, "a.conllu", text))


def test_a_number_of_any_length_is_refused_not_computed(tmp_path: Path) -> None:
    for number in ("9" * 5000, f"1-{'9' * 5000}", f"1.{'9' * 5000}"):
        with pytest.raises(
            CorpusError, match=r"a\.conllu, line 1: expected a number \(3\), .* in the first field, got"
        ) as caught:
            read(write(tmp_path, "a.conllu", f"{number}\tdog" + "\t_" * 8))
        assert len(str(caught.value)) < 300


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CorpusError, match="expected text from standard input, got a closed one"):
        list(read_conllu(None))


def test_only_the_mark_itself_begins_a_document(tmp_path: Path) -> None:
    path = write(tmp_path, "a.conll", "-DOCSTART- -X-\n\n-DOCSTART-s NNS\nend VB\n")
    assert read(path) == [Sentence(("-DOCSTART-s", "end"), ("NNS", "VB"))]


def test_slashed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tagged", "A/DT 1/2/CD\u00a0x/NN\n\n  ./. \t,/,\n")
    assert read(path) == [Sentence(("A", "1/2/CD\u00a0x"), ("DT", "NN")), Sentence((".", ","), (".", ","))]


@pytest.mark.parametrize("item", ["dog", "/NN", "dog/"])
def test_a_word_without_a_tag_names_the_line(tmp_path: Path, item: str) -> None:
    path = write(tmp_path, "a.pos", f"The/DT dog/NN\nThe/DT {item}\n")
    assert f"FILE, line 2: expected word/TAG, got '{item}'" in error(path)


def test_columns_as_conll_2003(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\nPeter NNP B-NP B-PER\n"
    path = write(tmp_path, "a.conll", text)
    assert read(path) == [Sentence(("EU", "rejects"), ("NNP", "VBZ")), Sentence(("Peter",), ("NNP",))]
    assert read(path, tag_column=4)[0].tags == ("B-ORG", "O")
    assert read(path, token_column=2, tag_column=1)[0] == Sentence(("NNP", "VBZ"), ("EU", "rejects"))


def test_columns_between_tabs_and_windows_line_ends(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", "\ufeffThe\tDT\r\ndog\tNN\r\n")
    assert read(path) == [Sentence(("The", "dog"), ("DT", "NN"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "The\tDT\ndog NN\n",
            "line 2: expected columns separated by tabs as on the lines before, got spaces in 'dog NN'",
        ),
        ("The DT\ndog\tNN\n", "line 2: expected columns separated by spaces as on the lines before, got tabs in"),
        ("The DT\ndog\n", "line 2: expected at least 2 columns, got 1 in 'dog'"),
        ("The\tDT\ndog\t\n", "line 2: expected a token and a tag, got an empty column"),
    ],
)
def test_broken_columns_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in error(write(tmp_path, "a.tsv", text))


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.tsv", "The\tDT\ndog\tNN{}\n", 2),
        ("a.tagged", "The/DT\ndog/NN{} barks/VBZ\n", 2),
        ("a.conllu", CONLLU.replace("\tUH\t", "\tNN{}\t"), 12),
        ("a.conllu", CONLLU.replace("\tVBP\t", "\tNN{}\t"), 5),
    ],
)
def test_control_characters_in_tags_name_the_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    for sign in "\x7f\x1b\0\x85":
        told = error(write(tmp_path, name, text.format(sign)))
        expected = f"FILE, line {line}: expected a tag that can be printed, got {f'NN{sign}'!r}; take the control"
        assert told.startswith(expected)
    for sign in ("é", "\u200b", "\xa0", "\u2028"):
        tags = [tag for sentence in read(write(tmp_path, name, text.format(sign))) for tag in sentence.tags]
        assert f"NN{sign}" in tags
        stored_tagset({"tags": [f"NN{sign}"]})


def test_a_byte_that_is_not_utf8_is_named_by_its_offset(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tagged", b"The/DT\ncaf\xe9/NN\n")
    assert "FILE, line 2: expected UTF-8 text, got the byte 0xe9 at byte offset 10" in error(path)


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tagged", "a\u2028b/NN c\x0cd/NN\n")
    assert read(path)[0].tokens == ("a\u2028b", "c\x0cd")


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").mkdir()
    assert "expected a file that can be read, got: Is a directory" in error(tmp_path / "a.conllu")
    assert "expected a file that can be read, got: No such file or directory" in error(tmp_path / "b.conllu")


def test_the_format_is_told_by_the_ending_or_by_name(tmp_path: Path) -> None:
    assert format_of(Path("X.CONLLU")) == "conllu"
    path = write(tmp_path, "a.txt", "a/DT\n")
    assert "expected a file name that ends in one of .conllu" in error(path)
    assert read(path, name="tagged") == [Sentence(("a",), ("DT",))]


def test_readers_stream(tmp_path: Path) -> None:
    """A broken line at the end is met only when it is reached."""
    path = write(tmp_path, "a.tagged", "a/DT\n" * 3 + "broken\n")
    assert len(list(itertools.islice(read_sentences(path, FileFormat()), 3))) == 3


TOKENS = st.text(st.characters(exclude_characters=" \t\n\r", exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.lists(st.tuples(TOKENS, st.sampled_from(["NN", "."])), min_size=1), min_size=1))
def test_what_is_written_as_slashed_lines_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str]]]
) -> None:
    text = "\n".join(" ".join(f"{token}/{tag}" for token, tag in pairs) for pairs in sentences)
    if text.startswith("\ufeff"):
        text = "\ufeff" + text  # the first of two byte order marks is one
    path = write(tmp_path_factory.mktemp("slashed"), "a.tagged", text)
    assert read(path) == [Sentence.from_pairs(pairs) for pairs in sentences]
