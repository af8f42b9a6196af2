import json
from dataclasses import replace

from postagger.data_prep.formats import ConlluSentence
from postagger.prediction import TagSequence
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


BEST = [[("UH", 0.75), ("|", 0.25)], [(".", 1.0)]]


def test_uncertain_tags() -> None:
    odd = replace(tagged(), uncertain=[True, False])
    assert as_tagged(odd) == "Hé/UH? !/.\n"
    assert as_tsv(odd) == "Hé\tUH\t?\n!\t.\t-\n\n"
    assert json.loads(as_json(odd))["uncertain"] == [0]
    assert [line.split("\t")[9] for line in as_conllu(odd).split("\n")[:2]] == ["Check=Yes", "_"]


def test_paint_gets_what_is_written_the_tag_and_whether_it_is_uncertain() -> None:
    painted = as_tagged(replace(tagged(), uncertain=[True, False]), lambda *of_tag: repr(of_tag))
    assert painted == "Hé/('UH?', 'UH', True) !/('.', '.', False)\n"


def test_several_tags_of_a_token() -> None:
    several = replace(tagged(confident=True), best=BEST)
    assert as_tsv(several, num_best=2) == ("Hé\tUH\t0.7500\tUH\t0.7500\t|\t0.2500\n!\t.\t1.0000\t.\t1.0000\t-\t-\n\n")
    assert json.loads(as_json(several))["k_best"] == [[["UH", 0.75], ["|", 0.25]], [[".", 1.0]]]
    misc = [line.split("\t")[9] for line in as_conllu(several).split("\n")[:2]]
    assert misc == ["Confidence=0.7500|KBest=UH:0.7500,\\p:0.2500", "Confidence=1.0000|KBest=.:1.0000"]
    universal = replace(several, tag_field="upos", confidences=None)
    assert as_conllu(universal).split("\n")[1].endswith("\tKBest=PUNCT:1.0000")


def test_sequences() -> None:
    sequences = [TagSequence(["UH", "."], 0.75), TagSequence(["NN", "."], 0.00000123456)]
    assert json.loads(as_json(replace(tagged(), sequences=sequences)))["sequences"] == [
        {"tags": ["UH", "."], "probability": 0.75},
        {"tags": ["NN", "."], "probability": 0.000001235},
    ]


def test_sentences_of_lines() -> None:
    first = replace(tagged(), sentence=replace(PLAIN, line=7, ends_line=False))
    assert as_tagged(first) == "Hé/UH !/. "
    assert as_tsv(first) == "Hé\tUH\t7\n!\t.\t7\n\n"
    assert json.loads(as_json(first))["line"] == 7
    assert as_conllu(first).startswith("# line = 7\n1\tHé")
    empty = replace(EMPTY, sentence=UntaggedSentence([], [], line=8))
    assert [write(empty) for write in (as_tagged, as_tsv, as_conllu)] == ["\n", "", ""]
    assert json.loads(as_json(empty)) == {"tokens": [], "tags": [], "line": 8}


def test_what_was_said_before_is_said_anew() -> None:
    row = ["1", "Hé", *["_"] * 7, "Check=Yes|Gloss=hey|Confidence=0.1|KBest=X:1"]
    source = UntaggedSentence(["Hé"], ["Hé"], conllu=ConlluSentence(1, [], [row]))
    sure = TaggedSentence(source, ["UH"], None, "xpos", best=[[("UH", 1.0)]], uncertain=[False])
    assert as_conllu(sure).split("\t")[9] == "Gloss=hey|KBest=UH:1.0000\n\n"
    assert as_conllu(replace(sure, best=None, uncertain=None)).split("\t")[9] == "Gloss=hey\n\n"


def test_raw_text_keeps_its_spaces() -> None:
    sentence = UntaggedSentence(["He", "(", "Al", ")", "ran", "."], [], [0, 4, 5, 7, 10, 13], [2, 5, 7, 8, 13, 14])
    tagged = TaggedSentence(sentence, ["PRP", "-LRB-", "NNP", "-RRB-", "VBD", "."], None, "xpos")
    comment, *rows = as_conllu(tagged).strip().split("\n")
    assert comment == "# text = He (Al) ran."
    assert [row.split("\t")[9] for row in rows] == ["_", "SpaceAfter=No", "SpaceAfter=No", "_", "SpaceAfter=No", "_"]


def test_corrections_by_hand_are_not_claimed_of_other_tags() -> None:
    row = ["1", "dog", "dog", "_", "VB", "_", "_", "_", "_", "Gloss=chien|Corrected=Yes|Check=Yes"]
    sentence = UntaggedSentence(["dog"], ["dog"], conllu=ConlluSentence(1, [], [row]))
    told = as_conllu(TaggedSentence(sentence, ["NN"], None, "xpos"))
    assert told.split("\t")[4:] == ["NN", "_", "_", "_", "_", "Gloss=chien\n\n"]
