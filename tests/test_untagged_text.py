from pathlib import Path

from postagger.untagged_text import UntaggedSentence, read_conllu_sentences, read_text, read_tokens


def test_raw_text_with_places_in_the_whole_file(tmp_path: Path) -> None:
    text = "\ufeffOne (two).\r\n\r\nThree\nfour. Five!"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    sentences = list(read_text(path))
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
    assert list(read_tokens(path)) == [
        UntaggedSentence(["The", "dog", "barks"], ["The", "dog", "barks"]),
        UntaggedSentence([], []),
        UntaggedSentence(["Run", "!"], ["Run", "!"]),
    ]


def test_conllu_keeps_its_source(tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    path.write_text("# a\n1-2\tcan't" + "\t_" * 8 + "\n1\tca" + "\t_" * 8 + "\n2\tn't" + "\t_" * 8 + "\n\n")
    (sentence,) = read_conllu_sentences(path)
    assert sentence.tokens == ["ca", "n't"]
    assert sentence.conllu is not None
    assert len(sentence.conllu.rows) == 3
