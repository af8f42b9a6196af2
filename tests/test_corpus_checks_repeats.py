"""Sentences that stand in a corpus more than once."""

from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.repeats import check_leaks, check_repeats
from postagger.data_prep.sentence import Sentence


def corpus(**parts: list[str]) -> PlacedCorpus:
    def part(texts: list[str]) -> Part:
        return Part([Sentence(tuple(text.split()), ("X",) * len(text.split())) for text in texts])

    return PlacedCorpus("test", {name: part(texts) for name, texts in parts.items()})


TRAIN = ["In 1984 the clocks struck .", "It was cold .", "Nobody came to the house .", "Yes ."]


def test_no_fault_no_finding() -> None:
    placed = corpus(train=TRAIN, dev=["Yes .", "They say otherwise ."], test=["It is warm today ."])
    assert check_leaks(placed) == []
    assert check_repeats(placed) == []
    assert check_repeats(corpus(all=["Yes , sir", "Yes , sir"])) == []


def test_a_leak_word_for_word() -> None:
    (finding,) = check_leaks(corpus(train=TRAIN, test=["Who ?", TRAIN[2], "It was cold ."]))
    assert (finding.check, finding.weight, finding.count) == ("leaks", "mend", 2)
    assert finding.what == "2 sentences (66.7 %) of test stand in train, too, word for word"
    assert [(one.where, one.text) for one in finding.examples] == [
        ("test, sentence 2 = train, sentence 3", "Nobody came to the house ."),
        ("test, sentence 3 = train, sentence 2", "It was cold ."),
    ]


def test_a_leak_but_for_case_and_digits_is_counted_apart() -> None:
    exact, near = check_leaks(corpus(train=TRAIN, test=[TRAIN[1], "IN 2001 the clocks struck ."]))
    assert exact.what == "1 sentence (50.0 %) of test stands in train, too, word for word"
    assert near.what == "1 sentence (50.0 %) of test stands in train, too, but for case and digits"
    assert near.weight == "look"
    assert [one.where for one in near.examples] == ["test, sentence 2 = train, sentence 1"]


def test_dev_is_looked_at_on_both_sides() -> None:
    findings = check_leaks(corpus(train=TRAIN, dev=[TRAIN[0], "A b c d"], test=["A b c d"]))
    assert [one.what for one in findings] == [
        "1 sentence (50.0 %) of dev stands in train, too, word for word",
        "1 sentence (100.0 %) of test stands in dev, too, word for word",
    ]


def test_few_leaks_are_only_good_to_know() -> None:
    others = [f"w{number} w{number} w{number} w{number} end" for number in map(chr, range(0x4E00, 0x4E00 + 150))]
    (finding,) = check_leaks(corpus(train=TRAIN, test=[*others, TRAIN[0]]))
    assert (finding.weight, finding.count) == ("know", 1)


def test_repetitions_inside_the_parts() -> None:
    exact, near = check_repeats(
        corpus(train=[*TRAIN, TRAIN[1], TRAIN[1], "it was COLD ."], test=["A b c d", "A b c d"])
    )
    assert (exact.check, exact.count) == ("repeated sentences", 3)
    assert exact.what == "3 sentences (33.3 %) repeat an earlier one of the same part, word for word"
    assert [one.where for one in exact.examples] == ["train, sentence 5 = 2", "test, sentence 2 = 1"]
    assert near.what == "1 sentence (11.1 %) repeats an earlier one of the same part, but for case and digits"
    assert [one.where for one in near.examples] == ["train, sentence 7 = 2"]


def test_repetitions_in_a_corpus_without_parts() -> None:
    (finding,) = check_repeats(corpus(all=["A b c d", "A b c d"]))
    assert finding.what == "1 sentence (50.0 %) repeats an earlier one, word for word"
    assert finding.examples[0].where == "sentence 2 = 1"
