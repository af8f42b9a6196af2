"""Groups counted by hand."""

from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation.groups import grouped
from postagger.evaluation.intervals import wilson_interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.prediction import Prediction

SENTENCES = [
    Sentence(("Traders", "kept", "trading", "in", "1,990.5", "TOKYO"), ("NNS", "VBD", "VBG", "IN", "CD", "NNP")),
    Sentence(("trading", "in"), ("NN", "IN")),
]
PREDICTED = [["NNS", "VBD", "NN", "IN", "CD", "NNP"], ["NN", "RP"]]
LEXICON = Lexicon({"in": "IN", "kept": "VBD", "trading": "NN"}, "NN", [100, 4, 1])


def judged(lexicon: Lexicon | None = LEXICON) -> JudgedTokens:
    return JudgedTokens.of(SENTENCES, [Prediction(tags) for tags in PREDICTED], lexicon, "corpus")


def by_name(kind: str, lexicon: Lexicon | None = LEXICON) -> dict[str, tuple[int, int]]:
    groups = grouped(judged(lexicon), None if lexicon is None else lexicon.counts)[kind]
    return {one.group: (one.tokens, one.errors) for one in groups}


def test_known_and_frequency() -> None:
    assert by_name("known") == {"known words": (5, 2), "unknown words": (3, 0)}
    assert by_name("training_frequency") == {"0": (3, 0), "1": (2, 1), "3 to 5": (1, 0), "11 to 100": (2, 1)}


def test_sentence_length() -> None:
    assert by_name("sentence_length") == {"1 to 5": (2, 1), "6 to 10": (6, 1)}


def test_shapes_with_runs_as_one_sign() -> None:
    shapes = {"x": (5, 2), "X": (1, 0), "Xx": (1, 0), "d,d.d": (1, 0)}
    assert by_name("shape") == shapes
    groups = grouped(judged(), None)["shape"]
    assert {one.group: one.example for one in groups}["d,d.d"] == "1,990.5"
    assert groups[0].example == "in"  # as often as trading, and first in the alphabet


def test_endings_of_longer_words_by_errors() -> None:
    assert by_name("suffix") == {"-ing": (2, 1), "all others": (6, 1)}


def test_accuracy_and_interval() -> None:
    first = grouped(judged(), None)["known"][0]
    assert first.accuracy == 3 / 5
    assert first.accuracy_interval == wilson_interval(3, 5)


def test_what_is_not_known_has_no_group() -> None:
    assert set(grouped(judged(None), None)) == {"sentence_length", "shape", "suffix"}


def test_the_parts_add_up_to_the_whole() -> None:
    for groups in grouped(judged(), LEXICON.counts).values():
        assert sum(one.tokens for one in groups) == 8
        assert sum(one.errors for one in groups) == 2
