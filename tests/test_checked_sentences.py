"""The quick reader against the one that checks everything."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.checked_sentences import checked_sentences
from postagger.data_prep.formats import FileFormat, FormatName, read_sentences


def row(number: str, token: str, upos: str = "U", xpos: str = "X") -> str:
    return "\t".join((number, token, "_", upos, xpos, "_", "_", "_", "_", "_"))


WORDS = "\n".join(row(str(number), f"w{number}", f"U{number}", f"X{number}") for number in range(1, 12))
CONLLU = {
    "plain": f"{WORDS}\n\n{row('1', 'b')}\n",
    "without an end": f"{WORDS}\n\n{row('1', 'b')}",
    "comments": f"# a\n#\tb\n{WORDS}\n\n# alone\n\n# c\n{row('1', 'b')}\n\n#",
    "a hash that is a word": f"{row('1', '#')}\n{row('2', '# 1')}\n\n",
    "ranges and empty nodes": "\n".join(
        [row("1-2", "don't", "_", "_"), row("1", "do"), row("2", "n't"), row("2.1", "e"), "", row("0.1", "f"), ""]
    ),
    "an empty node at the end": "\n".join([row("1", "a"), row("1.1", "b")]),
    "odd numbers": "\n".join([row("01", "a"), row("2", "b"), "", row("01", "c"), ""]),
    "many blank lines": f"\n\n\n{WORDS}\n\n\n\n{row('1', 'b')}\n\n\n",
    "other white space": f"{row('1', ' a b')}\n{row('2', chr(0x85) + chr(0x2028) + chr(0xA0))}\n{row('3', chr(0xC))}\n",
    "line ends of Windows": f"{WORDS}\n\n{row('1', 'b')}\n".replace("\n", "\r\n"),
}
TAGGED = {
    "plain": "The/DT dog/NN\nruns/VBZ\n",
    "blanks": "\n\n  The/DT\t dog/NN \n \n\truns/VBZ",
    "slashes": "1/2/CD //: a\u00a0b/NN\n",
    "line ends of Windows": "The/DT dog/NN\r\n\r\nruns/VBZ\r\n",
}
COLUMNS = {
    "tabs": "The\tDT\ndog\tNN\n\n\nruns\tVBZ\tx\ty\n",
    "tabs without an end": "\nThe\tDT",
    "spaces": "The DT\ndog  NN \n\nruns VBZ x\n",
    "empty columns": "The\tDT\t\t\ndog\tNN\t\n",
    "line ends of Windows": "The DT\r\n\r\ndog NN\r\n",
}
FILES: list[tuple[FormatName, str, str]] = [
    *(("conllu", name, text) for name, text in CONLLU.items()),
    *(("tagged", name, text) for name, text in TAGGED.items()),
    *(("columns", name, text) for name, text in COLUMNS.items()),
]
UNUSUAL: list[tuple[FormatName, str]] = [
    ("conllu", f"{WORDS}\n \t\n{row('1', 'b')}\n"),
    ("conllu", f"\t\n{WORDS}\n"),
    ("conllu", f"{WORDS}\r\r\n"),
    ("tagged", "The/DT\r"),
    ("columns", "-DOCSTART- -X-\nThe DT\n"),
    ("columns", "  \nThe DT\n"),
]


@pytest.mark.parametrize(("name", "kind", "text"), FILES, ids=str)
@pytest.mark.parametrize("tag_field", ["xpos", "upos"])
def test_it_reads_what_the_checking_reader_reads(
    name: FormatName, kind: str, text: str, tag_field: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    file_format = FileFormat(name, "upos" if tag_field == "upos" else "xpos")
    expected = list(read_sentences(path, file_format))
    assert expected
    assert checked_sentences(text, name, file_format) == expected


@pytest.mark.parametrize(("name", "text"), UNUSUAL)
def test_it_leaves_what_is_rarely_seen(name: FormatName, text: str) -> None:
    assert checked_sentences(text, name, FileFormat(name)) is None


def test_columns_by_number() -> None:
    (sentence,) = checked_sentences("DT\tx\tThe\n", "columns", FileFormat("columns", "xpos", 3, 1)) or []
    assert (sentence.tokens, sentence.tags) == (("The",), ("DT",))


lines = st.lists(
    st.sampled_from(["", "#", "# a", " ", "\t", "W", "W", "W", "W", "2.1", "3-4", "-DOCSTART-\tx"]), max_size=12
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(lines)
def test_any_conllu_file_that_is_in_order(tmp_path_factory: pytest.TempPathFactory, end: str, kinds: list[str]) -> None:
    made, number = [], 0
    for kind in kinds:
        if kind == "W":
            number += 1
            made.append(row(str(number), f"w{number}"))
        elif kind in ("2.1", "3-4"):
            made.append(row(kind, "e"))
        elif kind.strip() == "" or number == 0:
            made.append(kind if not kind.startswith("-") else "")
            number = 0
    assert _is_read_alike(tmp_path_factory, "conllu", end.join(made))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(lines)
def test_any_columns_that_are_in_order(tmp_path_factory: pytest.TempPathFactory, end: str, kinds: list[str]) -> None:
    blanks = ("", " ", "\t", "-DOCSTART-\tx")
    made = [kind if kind in blanks else f"{kind.replace(' ', '')}\tX" for kind in kinds]
    assert _is_read_alike(tmp_path_factory, "columns", end.join(made))


def _is_read_alike(folder: pytest.TempPathFactory, name: FormatName, text: str) -> bool:
    path = folder.getbasetemp() / "any"
    path.write_bytes(text.encode())
    try:
        expected = list(read_sentences(path, FileFormat(name)))
    except ValueError:  # such is never read a second time
        return True
    return checked_sentences(text, name, FileFormat(name)) in (expected, None)
