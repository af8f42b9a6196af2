from pathlib import Path

import pytest

from postagger.errors import CorpusError
from postagger.untagged_text import UntaggedSentence, read_untagged


def read(kind: str, path: Path) -> list[UntaggedSentence]:
    """A file never makes anybody wait."""
    sentences = list(read_untagged(kind, path))
    assert None not in sentences
    return [one for one in sentences if one is not None]


def test_raw_text_with_places_in_the_whole_file(tmp_path: Path) -> None:
    text = "\ufeffOne (two).\r\n\r\nThree\nfour. Five!"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    sentences = read("text", path)
    assert [sentence.tokens for sentence in sentences] == [
        ["One", "(", "two", ")", "."],
        ["Three", "four", "."],
        ["Five", "!"],
    ]
    assert sentences[0].lookups == ["One", "-LRB-", "two", "-RRB-", "."]
    seen = text.removeprefix("\ufeff")
    for sentence in sentences:
        assert sentence.starts is not None
        assert sentence.ends is not None
        places = zip(sentence.starts, sentence.ends, strict=True)
        assert [seen[start:end] for start, end in places] == sentence.tokens


def test_tokens_a_sentence_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The  dog\tbarks\n\nRun !")
    assert read("tokens", path) == [
        UntaggedSentence(["The", "dog", "barks"], ["The", "dog", "barks"]),
        UntaggedSentence([], []),
        UntaggedSentence(["Run", "!"], ["Run", "!"]),
    ]


def test_conllu_keeps_its_source(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text("# a\n1-2\tcan't" + "\t_" * 8 + "\n1\tca" + "\t_" * 8 + "\n2\tn't" + "\t_" * 8 + "\n\n")
    (sentence,) = read("conllu", path)
    assert sentence.tokens == ["ca", "n't"]
    assert sentence.conllu is not None
    assert len(sentence.conllu.rows) == 3


def test_conllu_sentences_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text("1\tdog" + "\t_" * 8 + "\n\n\n# b\n1\tcat" + "\t_" * 8)
    assert [(one.tokens, one.conllu and one.conllu.comments) for one in read("conllu", path)] == [
        (["dog"], []),
        (["cat"], ["# b"]),
    ]
    path.write_text(path.read_text() + "\nbroken\n")
    with pytest.raises(CorpusError, match="line 6: expected 10 fields"):
        read("conllu", path)


def test_each_line_by_itself(tmp_path: Path) -> None:
    text = "\ufeffMr. Lee ran\r\n\r\nto\u2028him. Why?\n \nBye"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    sentences = read("lines", path)
    assert [(one.line, one.tokens, one.ends_line) for one in sentences] == [
        (1, ["Mr.", "Lee", "ran"], True),
        (2, [], True),
        (3, ["to", "him", "."], False),
        (3, ["Why", "?"], True),
        (4, [], True),
        (5, ["Bye"], True),
    ]
    seen = text.removeprefix("\ufeff")
    for one in sentences:
        assert one.starts is not None
        assert one.ends is not None
        assert [seen[start:end] for start, end in zip(one.starts, one.ends, strict=True)] == one.tokens


def test_a_long_paragraph_is_cut_at_a_line_end_but_a_long_conllu_sentence_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("dog " * 24 + "dog\n")
    path.write_text(path.read_text() * 2002)  # 100 characters a line
    assert [len(one.tokens) for one in read("text", path)] == [25 * 1001, 25 * 1001]
    rows = [f"{number}\tdog" + "\t_" * 8 for number in range(1, 6002)]
    path.write_text("\n".join(rows))
    assert path.stat().st_size > 120_000
    assert [len(one.tokens) for one in read("conllu", path)] == [6001]
