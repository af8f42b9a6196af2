"""Words that are tagged now so, now otherwise."""

from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.tagging import check_tagging
from postagger.data_prep.sentence import Sentence


def corpus(*texts: str) -> PlacedCorpus:
    def tagged(text: str) -> Sentence:
        return Sentence.from_pairs(tuple(item.rsplit("/", 1)) for item in text.split())  # type: ignore[misc]

    return PlacedCorpus(
        "test", {"train": Part([tagged(text) for text in texts[:1]]), "test": Part([*map(tagged, texts[1:])])}
    )


def test_no_fault_no_finding() -> None:
    assert check_tagging(corpus("A/DT record/NN ./.", "They/PRP record/VBP it/PRP ./.")) == []


def test_equal_neighbours_and_other_tags() -> None:
    first, second = "a/A b/B c/C d/D e/E", "a/A b/B c/X d/D e/E"
    (finding,) = check_tagging(corpus(first, first, second))
    assert (finding.check, finding.weight, finding.count) == ("tagging", "look", 1)
    assert finding.what == (
        "1 word with several tags between the same neighbours, 1 of them between two or more on either side"
    )
    (example,) = finding.examples
    assert (example.where, example.text) == ("test, sentence 2", "a b c/X d e  (C 2, X 1)")


def test_the_place_of_a_word_among_its_likes() -> None:
    around = "x/X x/X x/X x/X"
    # The quoted words around a and b are the same; only b varies.
    (finding,) = check_tagging(corpus(f"{around} a/B {around} b/B {around}", f"{around} b/A {around}"))
    assert [one.text for one in finding.examples] == ["… x x x b/B x x x …  (A 1, B 1)"]


def test_browns_kinds_of_text_are_no_classes() -> None:
    assert check_tagging(corpus("the/AT big/JJ dog/NN", "the/AT-HL big/JJ-TL-HL dog/NN-NC")) == []


def test_once_against_a_hundred() -> None:
    often = " ".join(f"of/IN w{number}/NN" for number in range(100))
    (finding,) = check_tagging(corpus(often, "made/VBN of/RB tin/NN"))
    assert finding.what == "1 token with a tag that the word has once or twice, and another 100 times as often"
    assert [(one.where, one.text) for one in finding.examples] == [
        ("test, sentence 1", "made of/RB tin  (IN 100, RB 1)")
    ]
    assert check_tagging(corpus(often.replace("of/IN", "of/RB", 1), "made/VBN of/RB tin/NN")) == []
