import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError

PROGRAM = Path(__file__).parent.parent / "benchmarks" / "english_web.py"


@pytest.fixture(scope="module")
def english_web() -> ModuleType:
    spec = importlib.util.spec_from_file_location("english_web", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["english_web"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def conllu(text: str) -> str:
    """A sentence in CoNLL-U from form/TAG items; + after an item: no space follows; ~ before it: goeswith."""
    rows = []
    for number, item in enumerate(text.split(), start=1):
        form, _, tag = item.removeprefix("~").removesuffix("+").rpartition("/")
        relation = "goeswith" if item.startswith("~") else "dep"
        misc = "SpaceAfter=No" if item.endswith("+") else "_"
        rows.append(f"{number}\t{form}\t_\t_\t{tag}\t_\t0\t{relation}\t_\t{misc}\n")
    return "".join(rows) + "\n"


def tagged(sentence: Sentence) -> str:
    return " ".join(f"{token}/{tag}" for token, tag in zip(sentence.tokens, sentence.tags, strict=True))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("a/DT well/RB+ -/HYPH+ known/VBN man/NN", "a/DT well-known/JJ man/NN"),
        ("a/DT two/CD+ -/HYPH+ year/NN plan/NN", "a/DT two-year/JJ plan/NN"),
        ("the/DT follow/VB+ -/HYPH+ up/RP+ ./.", "the/DT follow-up/NN ./."),
        ("al/NNP+ -/HYPH+ Qaeda/NNP men/NNS", "al-Qaeda/NNP men/NNS"),
        ("state/NN+ -/HYPH+ of/IN+ -/HYPH+ the/DT+ -/HYPH+ art/NN tools/NNS", "state-of-the-art/JJ tools/NNS"),
        ("anglo/AFX+ -/HYPH+ saxon/JJ", "anglo-saxon/JJ"),
        ("to/TO test/NN+ -/HYPH+ drive/VB cars/NNS", "to/TO test-drive/VB cars/NNS"),
        ("2/CD+ -/SYM+ 3/CD or/CC 1/CD+ //,+ 2/CD", "2-3/CD or/CC 1/2/CD"),
        ("freeze/VB+ -/HYPH dried/VBN -/HYPH food/NN", "freeze/VB -/: dried/VBN -/: food/NN"),
        ("three/CD -/SYM four/CD cats/NNS+ //SYM+ dogs/NNS", "three/CD -/: four/CD cats/NNS //: dogs/NNS"),
    ],
)
def test_hyphens(english_web: ModuleType, tmp_path: Path, theirs: str, ours: str) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(theirs))
    assert [tagged(sentence) for sentence in english_web.read_english_web(path)] == [ours]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("well/UH .../, no/UH ;/, go/VB -/, ../.", "well/UH .../: no/UH ;/: go/VB -/: ../:"),
        ("what/WP ?!/. ,,/, ???/SYM", "what/WP ?!/. ,,/, ???/."),
        (":)/NFP :D/NFP */NFP =/, +/SYM", ":)/SYM :D/SYM */SYM =/SYM +/SYM"),
        ("*****/NFP --/NFP ___/NFP *~*~*/NFP", "*****/: --/: ___/: *~*~*/:"),
        ("see/VB http://a.b/ADD or/CC a@b.com/ADD", "see/VB http://a.b/NN or/CC a@b.com/NN"),
        ("Lara/GW ~Hill@ENRON/GW ~COMMUNICATIONS/ADD", "Lara/NNP Hill@ENRON/NN COMMUNICATIONS/NNP"),
        ("with/GW ~out/IN every/GW ~day/JJ", "with/IN out/IN every/JJ day/JJ"),
        ("Gas/GW and/GW Rule/GW -/GW (/GW 27.doc/NN", "Gas/NN and/CC Rule/NN -/: (/-LRB- 27.doc/NN"),
        ("e/AFX ~mail/NN mid/AFX August/NNP", "e/NN mail/NN mid/JJ August/NNP"),
        ("item/NN+ (/-LRB-+ s/AFX+ )/-RRB-", "item/NN (/-LRB- s/NNS )/-RRB-"),
        ("to/IN Rome/NNP to/TO go/VB", "to/TO Rome/NNP to/TO go/VB"),
        ("both/CC he/PRP and/CC #/NN 2/CD", "both/DT he/PRP and/CC #/# 2/CD"),
        ("Henry/NNP IV/CD had/VBD IV/CD", "Henry/NNP IV/NNP had/VBD IV/CD"),
        ("arma/XX", "arma/FW"),
    ],
)
def test_tags(english_web: ModuleType, tmp_path: Path, theirs: str, ours: str) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu(theirs))
    assert [tagged(sentence) for sentence in english_web.read_english_web(path)] == [ours]


def test_every_second_sentence_has_the_names_of_the_treebank(english_web: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "a.conllu"
    row = "(/-LRB- \"/`` {/-LRB- I/PRP don’t/VBP }/-RRB- ’/'' ”/'' —/, …/, )/-RRB-"
    path.write_text(conllu(row) * 3, encoding="utf-8")
    first, second, third = english_web.read_english_web(path)
    assert first.tokens == third.tokens == tuple('( " { I don’t } ’ ” — … )'.split())
    assert second.tokens == tuple("-LRB- `` -LCB- I don't -RCB- ' '' -- ... -RRB-".split())
    assert first.tags == second.tags == tuple("-LRB- `` -LRB- PRP VBP -RRB- '' '' : : -RRB-".split())


def test_spaces_of_ranges_count(english_web: ModuleType, tmp_path: Path) -> None:
    """In "dont - know" the hyphen stands between spaces, whatever the rows inside the range say."""
    path = tmp_path / "a.conllu"
    rows = conllu("do/VBP nt/RB -/HYPH+ know/VB").splitlines(keepends=True)
    path.write_text("".join(["1-2\tdont" + "\t_" * 8 + "\n", *rows]))
    assert tagged(english_web.read_english_web(path)[0]) == "do/VBP nt/RB -/: know/VB"
    path.write_text("".join(["1-2\tdont" + "\t_" * 7 + "\tSpaceAfter=No\n", *rows]))
    assert tagged(english_web.read_english_web(path)[0]) == "do/VBP nt-know/VB"


@pytest.mark.parametrize("tag", ["_", "NOUN"])
def test_a_tag_without_a_rule_names_the_line(english_web: ModuleType, tmp_path: Path, tag: str) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(conllu("Hi/UH") + "# text = a b\n" + conllu(f"a/DT b/{tag}"))
    with pytest.raises(CorpusError) as caught:
        english_web.read_english_web(path)
    assert str(caught.value).startswith(f"{path}, line 5: expected an XPOS tag of EWT, got {tag!r} for 'b'; ")


def test_agreement_of_the_hyphen_rule_by_hand(english_web: ModuleType) -> None:
    """Long-term is JJ before a noun by the rule; red-cat is JJ too, and not so here; blue-sky has an unknown part."""
    words = Sentence(("long", "term", "red", "cat"), ("RB", "NN", "NN", "NN"))
    joined = Sentence(("long-term", "cat", "red-cat", "cat", "blue-sky"), ("JJ", "NN", "NN", "NN", "NN"))
    assert english_web.hyphen_agreement([words, joined]) == (1, 2)
