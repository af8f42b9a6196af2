"""What is odd about tags."""

import pytest

from postagger.corpus_checks.finding import Finding
from postagger.corpus_checks.misspelt_tags import misspelt_tags
from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.tags import check_tags
from postagger.data_prep.sentence import Sentence


def tagged(text: str) -> Sentence:
    return Sentence.from_pairs(tuple(item.rsplit("/", 1)) for item in text.split())  # type: ignore[misc]


def found(**parts: list[Sentence]) -> list[Finding]:
    return check_tags(PlacedCorpus("test", {name: Part(part) for name, part in parts.items()}))


PENN = [tagged("The/DT dog/NN barks/VBZ ./.")] * 10


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("nn", "NN"),
        ("NN.", "NN"),
        ("nn ", "NN"),
        ("NN\u200b", "NN"),
        ("N\x1bN", "NN"),
        ("LRB", "-LRB-"),
        ("-lrb-", "-LRB-"),
        ("NN|VBZ", "NN and VBZ"),
        ("NN/DT", "NN and DT"),
        ("NNN", "NN"),
        ("VBZZ", "VBZ"),
        ("BVZ", "VBZ"),
        ("VBX", "VBZ"),
        ("XYZ", ""),
        ("NN+QQ", ""),
        ("N", ""),
        ("NN$", ""),
        ("''", ""),
    ],
)
def test_what_was_meant(tag: str, meant: str) -> None:
    counts = {"NN": 90, "VBZ": 50, "DT": 80, "-LRB-": 20, ",": 30, tag: 1}
    assert misspelt_tags(counts) == ({tag: meant} if meant else {})


def test_a_tag_of_the_tagset_is_not_misspelt() -> None:
    assert misspelt_tags({"NN": 90, "NNS": 1}) == {"NNS": "NN"}
    assert misspelt_tags({"NN": 90, "NNS": 1}, known={"NN", "NNS"}) == {}


def test_marks_that_are_a_part_of_the_tag() -> None:
    assert misspelt_tags({".-TL": 1, ":-TL": 90, "-": 1, ":": 9}) == {}


def test_joints_that_are_a_habit_of_the_tagset() -> None:
    singles = {f"{letter}A": 100 for letter in "ABCDEFGHIJKL"}
    joined = {f"{tag}+AA": 1 for tag in singles if tag != "AA"}
    assert misspelt_tags(singles | joined) == {}
    one = dict([next(iter(joined.items()))])
    assert misspelt_tags(singles | one) == {"BA+AA": "BA and AA"}


def test_no_fault_no_finding() -> None:
    assert found(all=PENN) == []
    assert found(train=PENN, test=PENN[:1]) == []


def test_a_misspelt_tag_is_told_with_its_place() -> None:
    (finding,) = found(all=[*PENN, tagged("A/DT cat/NNN ./.")])
    assert (finding.check, finding.weight, finding.count) == ("tags", "mend", 1)
    assert finding.what == "1 tag that may be misspelt: NNN 1 (NN?)"
    assert [(one.where, one.text) for one in finding.examples] == [("sentence 11", "A cat/NNN .")]


def test_a_tag_of_another_tagset() -> None:
    (finding,) = found(all=[*PENN, tagged("A/DT cat/NOUN ./.")])
    assert (finding.weight, finding.what) == ("look", "1 tag beside the Penn Treebank's: NOUN 1")
    universal = [tagged("The/DET dog/NOUN barks/VERB ./PUNCT")] * 10
    (finding,) = found(all=[*universal, tagged("A/DET cat/XYZ ./PUNCT")])
    assert finding.what == "1 tag beside the universal ones: XYZ 1"


def test_the_web_treebanks_tags_and_old_brackets_are_no_strangers() -> None:
    assert found(all=[*PENN, tagged("(/( well/RB -/HYPH known/VBN )/) :)/NFP a@b.c/ADD")]) == []


def test_a_tagset_of_ones_own_has_no_strangers() -> None:
    assert found(all=[tagged("a/AAA b/BBB")] * 5) == []


def test_a_column_that_holds_no_tags() -> None:
    column = [
        Sentence(tuple(f"w{number % 150}" for number in range(300)), tuple(f"t{number}" for number in range(300)))
    ]
    (finding,) = found(all=column)
    assert finding.weight == "mend"
    assert finding.what == "300 different tags for 150 different words: are these tags?"


def test_tags_that_train_never_has() -> None:
    (finding,) = found(train=PENN, test=[tagged("Oh/UH no/UH ./."), tagged("Dogs/NNS ./.")])
    assert finding.what == "2 tags that train never has: NNS 1, UH 2"
    assert [(one.where, one.text) for one in finding.examples] == [
        ("test, sentence 1", "Oh/UH no ."),
        ("test, sentence 2", "Dogs/NNS ."),
    ]


def test_rare_tags_in_a_corpus_that_is_large_enough() -> None:
    many = PENN * 74
    rare = [tagged("Oh/UH ,/, oh/UH ./."), tagged("etc/FW")]
    assert found(all=[*PENN * 20, *rare]) == []
    (finding,) = found(all=[*many, *rare])
    assert (finding.weight, finding.what) == ("know", "3 tags on up to 3 tokens: , 1, FW 1, UH 2")
    assert [one.text for one in finding.examples] == ["Oh/UH , oh .", "Oh ,/, oh .", "etc/FW"]
