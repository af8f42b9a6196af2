import json

from postagger.data_prep.formats import ConlluSentence
from postagger.tagged_output import TaggedSentence, as_conllu, as_json, as_tagged, as_tsv
from postagger.untagged_text import UntaggedSentence

PLAIN = UntaggedSentence(["Hé", "!"], ["Hé", "!"])
TEXT = UntaggedSentence(["Hé", "!"], ["Hé", "!"], [0, 2], [2, 3])
EMPTY = TaggedSentence(UntaggedSentence([], []), [], None, "xpos")


def tagged(sentence: UntaggedSentence = PLAIN, confident: bool = False) -> TaggedSentence:
    return TaggedSentence(sentence, ["UH", "."], [0.75, 1.0] if confident else None, "xpos")


def test_tagged() -> None:
    assert as_tagged(tagged()) == "Hé/UH !/.\n"
    assert as_tagged(EMPTY) == "\n"


def test_tsv() -> None:
    assert as_tsv(tagged()) == "Hé\tUH\n!\t.\n\n"
    assert as_tsv(tagged(confident=True)) == "Hé\tUH\t0.7500\n!\t.\t1.0000\n\n"


def test_json() -> None:
    assert as_json(tagged()) == '{"tokens": ["Hé", "!"], "tags": ["UH", "."]}\n'
    assert json.loads(as_json(tagged(TEXT, confident=True))) == {
        "tokens": ["Hé", "!"],
        "tags": ["UH", "."],
        "starts": [0, 2],
        "ends": [2, 3],
        "confidences": [0.75, 1.0],
    }


def test_conllu() -> None:
    assert as_conllu(tagged()) == "1\tHé\t_\t_\tUH" + "\t_" * 5 + "\n2\t!\t_\t_\t." + "\t_" * 5 + "\n\n"
    assert as_conllu(EMPTY) == ""


def test_conllu_keeps_everything_but_the_tag() -> None:
    rows = [
        ["1-2", "can't", *"________"],
        ["1", "ca", "can", "AUX", "MD", "_", "0", "root", "_", "_"],
        ["1.1", "x", *"________"],
        ["2", "n't", "not", "PART", "?", "_", "1", "advmod", "_", "SpaceAfter=No"],
    ]
    source = UntaggedSentence(["ca", "n't"], ["ca", "n't"], conllu=ConlluSentence(1, ["# id = 7"], rows))
    written = as_conllu(TaggedSentence(source, ["MD", "RB"], [0.5, 0.25], "xpos")).split("\n")
    assert written[0] == "# id = 7"
    assert written[1] == "\t".join(rows[0])
    assert written[2] == "1\tca\tcan\tAUX\tMD\t_\t0\troot\t_\tConfidence=0.5000"
    assert written[3] == "\t".join(rows[2])
    assert written[4] == "2\tn't\tnot\tPART\tRB\t_\t1\tadvmod\t_\tSpaceAfter=No|Confidence=0.2500"
    assert rows[3][4] == "?"  # the source is left as it was
    assert "\tNOUN\t?\t" in as_conllu(TaggedSentence(source, ["VERB", "NOUN"], None, "upos"))
