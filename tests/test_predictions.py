"""Tagged files, written beside the scores and read to be compared; the CoNLL 2018 scorer's opinion of them."""

from pathlib import Path

import conllu
import pytest
from udtools.udeval import evaluate as conll18_evaluate
from udtools.udeval import load_conllu

from postagger.data_prep.formats import FileFormat
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.prediction import Prediction
from postagger.predictions import predictions_conllu, read_predictions

GOLD = [Sentence(("He", "can", "not", "."), ("PRP", "MD", "RB", ".")), Sentence(("Go",), ("VB",))]
PREDICTED = [Prediction(["PRP", "NN", "RB", "."], [1.0, 0.25, 0.5, 1.0]), Prediction(["VB"], [0.75])]
XPOS, UPOS = FileFormat(), FileFormat(tag_field="upos")
SOURCE = """# text = He cannot.
1\tHe\the\tPRON\tPRP\t_\t2\tnsubj\t_\t_
2-3\tcannot\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tcan\tcan\tAUX\tMD\t_\t0\troot\t_\t_
3\tnot\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_
4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

1\tGo\tgo\tVERB\tVB\t_\t0\troot\t_\t_

"""


def accuracy_by_the_conll_2018_scorer(gold: Path, system: Path, column: str = "XPOS") -> float:
    with gold.open() as gold_file, system.open() as system_file:
        read = [load_conllu(file, file.name, {}) for file in (gold_file, system_file)]
    scores = conll18_evaluate(*read)
    accuracy: float = scores[column].aligned_accuracy
    return accuracy


def test_a_new_file_and_the_conll_2018_scorer(tmp_path: Path) -> None:
    text = predictions_conllu(GOLD, PREDICTED)
    assert [[token["xpos"] for token in sentence] for sentence in conllu.parse(text)] == [
        ["PRP", "NN", "RB", "."],
        ["VB"],
    ]
    assert "2\tcan\t_\t_\tNN\t_\t1\tdep\t_\tConfidence=0.2500\n" in text
    gold, system = tmp_path / "gold.conllu", tmp_path / "system.conllu"
    gold.write_text(predictions_conllu(GOLD, [Prediction(list(one.tags)) for one in GOLD]))
    system.write_text(text)
    assert accuracy_by_the_conll_2018_scorer(gold, system) == pytest.approx(4 / 5)


def test_what_came_as_conllu_keeps_all_else(tmp_path: Path) -> None:
    source = tmp_path / "source.conllu"
    source.write_text(SOURCE)
    text = predictions_conllu(GOLD, PREDICTED, XPOS, [source])
    changed = SOURCE.replace("\tMD\t_\t0\troot\t_\t_", "\tNN\t_\t0\troot\t_\tConfidence=0.2500")
    assert text.replace("|Confidence=1.0000", "").splitlines()[3] == changed.splitlines()[3]
    assert "2-3\tcannot\t_" in text
    system = tmp_path / "system.conllu"
    system.write_text(text)
    assert accuracy_by_the_conll_2018_scorer(source, system) == pytest.approx(4 / 5)
    universal = predictions_conllu(GOLD, [Prediction(["X"] * len(one)) for one in GOLD], UPOS, [source])
    system.write_text(universal)
    assert accuracy_by_the_conll_2018_scorer(source, system, "UPOS") == 0.0
    assert accuracy_by_the_conll_2018_scorer(source, system, "XPOS") == 1.0


def test_a_source_of_other_tokens_is_not_taken(tmp_path: Path) -> None:
    source = tmp_path / "source.conllu"
    source.write_text(SOURCE)
    less = [Sentence(GOLD[0].tokens[:3], GOLD[0].tags[:3]), GOLD[1]]
    text = predictions_conllu(less, [Prediction(["A"] * 3), Prediction(["A"])], XPOS, [source])
    assert text.startswith("1\tHe\t_\t_\tA\t_\t0\troot")


def test_tags_are_written_as_they_were_predicted(tmp_path: Path) -> None:
    """The universal tags of 2012 are not respelt as Universal Dependencies spell them; confidences stand there once."""
    text = predictions_conllu(GOLD[1:], [Prediction(["CONJ"], [0.5])], UPOS)
    assert "\tCONJ\t" in text
    source = tmp_path / "no-ending"
    source.write_text(text)
    named = FileFormat("conllu", "upos")
    again = predictions_conllu(GOLD[1:], [Prediction(["."], [0.25])], named, [source])
    assert again == text.replace("CONJ", ".").replace("0.5000", "0.2500")


@pytest.mark.parametrize("name", ["other.tagged", "other.conllu", "other.tsv"])
def test_read_again_in_any_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    contents = {
        "other.tagged": "He/A can/B not/C ./D\nGo/E\n",
        "other.conllu": predictions_conllu(GOLD, [Prediction(list("ABCD")), Prediction(["E"])]),
        "other.tsv": "He\tA\ncan\tB\nnot\tC\n.\tD\n\nGo\tE\n",
    }
    path.write_text(contents[name])
    gold = [GOLD[0], Sentence((), ()), GOLD[1]]
    assert read_predictions(path, gold, FileFormat()) == [["A", "B", "C", "D"], [], ["E"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "He/A can/B nott/C ./D\nGo/E\n",
            "expected 'not' as token 3 of sentence 1, got 'nott'; tag the very sentences",
        ),
        ("He/A can/B not/C\nGo/E\n", "expected '.' as token 4 of sentence 1, got the end of the sentence"),
        ("He/A can/B not/C ./D\nGo/E !/F\n", "expected the end of the sentence as token 2 of sentence 2, got '!'"),
        ("He/A can/B not/C ./D\n", "expected sentence 2, got the end of the file"),
        ("He/A can/B not/C ./D\nGo/E\nMore/F\n", "expected 2 sentences, got more, then 'More'"),
        ("He\n", "line 1: expected word/TAG, got 'He'"),
    ],
)
def test_other_tokens_are_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "other.tagged"
    path.write_text(text)
    with pytest.raises(CorpusError, match=r"other\.tagged") as error:
        read_predictions(path, GOLD, FileFormat())
    assert message in str(error.value)
