"""Gold tags that differ between equal neighbours."""

from hypothesis import given
from hypothesis import strategies as st

from postagger.data_prep.sentence import Sentence
from postagger.evaluation.quotes import Quoting
from postagger.evaluation.variations import variations

QUOTING = Quoting(9)


def tagged(text: str) -> Sentence:
    return Sentence.from_pairs(tuple(item.split("/")) for item in text.split())  # type: ignore[misc]


def test_the_widest_context_is_told() -> None:
    judged = [tagged("a/A b/B c/C d/D e/E"), tagged("a/A b/B c/X d/D e/E"), tagged("x/A b/B c/C d/D y/E")]
    count, (found,) = variations({"judged": judged}, QUOTING)
    assert (count, found.word, found.width, found.tags) == (1, "c", 3, {"C": 1, "X": 1})
    assert [(one.part, one.sentence, one.tag) for one in found.occurrences] == [("judged", 0, "C"), ("judged", 1, "X")]
    assert (found.occurrences[0].before, found.occurrences[0].after) == ("a b", "d e")


def test_other_neighbours_are_another_story() -> None:
    assert variations({"judged": [tagged("a/A c/C d/D"), tagged("b/B c/X d/D")]}, QUOTING) == (0, [])
    assert variations({"judged": [tagged("c/C"), tagged("c/X")]}, QUOTING) == (0, [])


def test_the_edge_of_a_sentence_is_a_neighbour() -> None:
    count, (found,) = variations({"judged": [tagged("So/RB it/P"), tagged("So/IN it/P x/X")]}, QUOTING)
    assert (count, found.width, found.tags) == (1, 1, {"IN": 1, "RB": 1})


def test_training_sentences_are_looked_at_and_never_alone() -> None:
    training = [tagged("a/A c/C d/D"), tagged("a/A c/X d/D"), tagged("p/P q/Q r/R"), tagged("p/P q/S r/R")]
    count, (found,) = variations({"judged": [tagged("a/A c/C d/D")], "training": training}, QUOTING)
    assert (count, found.word, found.tags) == (1, "c", {"C": 2, "X": 1})
    assert [one.part for one in found.occurrences] == ["judged", "training"]


SENTENCES = st.lists(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("XY")), min_size=1, max_size=5).map(Sentence.from_pairs),
    max_size=8,
)


@given(SENTENCES)
def test_against_all_pairs_of_places(sentences: list[Sentence]) -> None:
    """Whoever differs from an equal place elsewhere is told of, and nobody else."""

    def neighbours(sentence: Sentence, place: int) -> tuple[str, ...]:
        padded = ("", *sentence.tokens, "")
        return padded[place : place + 3]

    places = [(s, place) for s in sentences if len(s) > 1 for place in range(len(s))]
    differing = {
        neighbours(*one)
        for one in places
        for other in places
        if neighbours(*one) == neighbours(*other) and one[0].tags[one[1]] != other[0].tags[other[1]]
    }
    count, found = variations({"judged": sentences}, QUOTING)
    assert bool(found) == bool(differing)
    assert count >= len(differing)
    assert {one.word for one in found} == {words[1] for words in differing}
