"""postagger doctor, as a user runs it."""

import json
from pathlib import Path

import pytest

from postagger.data_prep.corpus import Corpus
from postagger.doctor import run

CLEAN = """\
The/DT old/JJ dog/NN barks/VBZ ./.
Nobody/NN has/VBZ heard/VBN it/PRP yet/RB ./.
We/PRP went/VBD home/NN at/IN ten/CD ./.
"""
TEST = "They/PRP saw/VBD the/DT cat/NN ./.\nWe/PRP went/VBD home/NN at/IN ten/CD ./.\n"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.tagged"
    path.write_text(CLEAN, encoding="utf-8")
    return path


def test_a_corpus_with_no_fault(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(clean)]) == 0
    assert capsys.readouterr() == (
        """\
clean.tagged: 3 sentences, 17 tokens, 15 distinct words, 11 tags
  lengths  median 6, 95 % up to 6, longest 6 (clean.tagged:2)
           1-5: 33.3 %, 6-10: 66.7 %
  tags     how often
  .   3   PRP 2   CD  1   IN  1   RB  1   VBN 1
  NN  3   VBZ 2   DT  1   JJ  1   VBD 1

Nothing odd: encoding, tags, tokens, tagging, sentences, repeated sentences.
""",
        "",
    )


def test_what_matters_comes_first(clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = tmp_path / "test.tagged"
    test.write_text(TEST, encoding="utf-8")
    clean.write_text("\ufeff" + CLEAN + "Well/UH ,/, that’s/NN it/PRP ./.\nShe/PRP can't/MD go/VB ./.\n", "utf-8")
    assert run([str(clean), "--test", str(test)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 80
    start = lines.index("To mend")
    assert (
        lines[start:]
        == """\
To mend
 1. 1 sentence (50.0 %) of test stands in train, too, word for word
      test.tagged:2 = clean.tagged:3  We went home at ten .
    -> a tagger that learnt them by heart scores too well: take them out of
       train or test

To look at
 2. mixed apostrophes: ' in 1 token; ’ in 1 token
      clean.tagged:4  Well , that’s/NN it .
    -> most taggers take them for different words: write one of them, in the
       text to tag as well

Good to know
 3. 1 file with a byte order mark at the start
      clean.tagged:1  <U+FEFF>
    -> passed over here; other tools take it for a part of the first token:
       save as UTF-8 without it

Nothing odd: tags, tagging, sentences, repeated sentences.
""".splitlines()
    )


def test_json_holds_the_same(clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = tmp_path / "test.tagged"
    test.write_text(TEST, encoding="utf-8")
    assert run([str(clean), "--test", str(test), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["corpus", "findings", "nothing_odd"]
    assert found["corpus"]["tokens"] == {"train": 17, "test": 11}
    assert found["corpus"]["unknown_words"]["test"]["most_frequent"] == {"They": 1, "cat": 1, "saw": 1, "the": 1}
    (finding,) = found["findings"]
    assert finding == {
        "check": "leaks",
        "weight": "mend",
        "what": "1 sentence (50.0 %) of test stands in train, too, word for word",
        "count": 1,
        "advice": "a tagger that learnt them by heart scores too well: take them out of train or test",
        "examples": [{"where": "test.tagged:2 = clean.tagged:3", "text": "We went home at ten ."}],
    }
    assert found["nothing_odd"] == ["encoding", "tags", "tokens", "tagging", "sentences", "repeated sentences"]


def test_columns_and_fields_are_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "old.txt"
    path.write_text("1 The x DT\n2 dog x NN\n", encoding="utf-8")
    assert run([str(path), "--format", "columns", "--token-column", "2", "--tag-column", "4", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["corpus"]["tags"]) == ["DT", "NN"]
    path = tmp_path / "new.conllu"
    path.write_text("1\tDogs\t_\tNOUN\tNNS\t_\t_\t_\t_\t_\n", encoding="utf-8")
    assert run([str(path), "--tag-field", "upos", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["corpus"]["tags"]) == ["NOUN"]


def test_traces_are_kept_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.tagged"
    path.write_text("It/PRP 0/-NONE- rains/VBZ\n", encoding="utf-8")
    for flags, tokens in (([], 2), (["--keep-traces"], 3)):
        assert run([str(path), "--json", *flags]) == 0
        assert json.loads(capsys.readouterr().out)["corpus"]["tokens"] == {"all": tokens}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "expected NAME|FILE, got none"),
        (["nowhere.conllu"], "nowhere.conllu: expected a corpus file or one of treebank"),
        (["sample", "--test", "nowhere.tagged"], "nowhere.tagged: expected a corpus file"),
        (["sample", "--test", "1.5"], "expected a fraction from 0 to 1 or a file for --dev and --test, got 1.5"),
        (["sample", "--tag-column", "0"], "expected a whole number of at least 1"),
    ],
)
def test_mistakes_in_one_line(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("postagger doctor: error: ")
    assert expected in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"caf\xe9/NN\n", "line 1: expected UTF-8 text, got the byte 0xe9"),
        (b"The/DT dog\n", "line 1: expected word/TAG, got 'dog'"),
        (b"", "expected tagged sentences, got an empty corpus"),
    ],
)
def test_a_corpus_that_cannot_be_read(
    clean: Path, content: bytes, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clean.write_bytes(content)
    assert run([str(clean)]) == 2
    assert expected in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["--help"])
    assert stopped.value.code == 0
    assert "postagger doctor treebank\n" in capsys.readouterr().out


@pytest.mark.treebank
def test_the_treebank(treebank: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["treebank", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["corpus"]["sentences"] == {"train": len(treebank.train), "test": len(treebank.test)}
    told = {finding["what"]: finding for finding in found["findings"]}
    assert set(told) >= {
        "103 words with several tags between the same neighbours, 24 of them between two or more on either side",
        "3 sentences (0.3 %) of test stand in train, too, word for word",
        "2 tags on up to 3 tokens: SYM 1, UH 3",
        r"157 tokens in which \/ or \* stands for / or *, as the treebank writes it",
    }
    often = "31 tokens with a tag that the word has once or twice, and another 100 times as often"
    assert told[often]["examples"][0] == {
        "where": "train, sentence 1295",
        "text": "… of quality -- the/CD 1982 Salon is …  (DT 4,038, CD 1)",
    }
    sentence = treebank.train[1294]
    assert ("the", "CD") in zip(sentence.tokens, sentence.tags, strict=True)
    assert found["nothing_odd"] == ["encoding"]
