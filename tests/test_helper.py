from hypothesis import given
from hypothesis import strategies as st

from postagger.helper import _request, _requested

# Lone surrogates, and line ends, too.
STRINGS = st.text(st.characters(exclude_categories=()), max_size=5) | st.sampled_from(["", "\n", "a\nb", "dog"])


@given(st.lists(st.lists(STRINGS, max_size=4), max_size=4), st.none() | st.floats(0.1, 9))
def test_a_request_arrives_as_it_was_sent(sentences: list[list[str]], temperature: float | None) -> None:
    assert _requested(_request(sentences, temperature)) == (sentences, temperature)


def test_sentences_of_any_kind_are_lists_of_strings_on_the_other_side() -> None:
    class Token(str):
        pass

    received, _ = _requested(_request([(Token("a"), "b"), range(0)], None))  # type: ignore[list-item]
    assert received == [["a", "b"], []]
    assert type(received[0][0]) is str
