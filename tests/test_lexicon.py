from conftest import SENTENCES
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence


def test_most_frequent_tag_of_each_word_as_it_is_spelt() -> None:
    lexicon = Lexicon.build([*SENTENCES, Sentence(("run", "run", "run"), ("NN", "VB", "NN"))])
    assert lexicon.tag("run") == "NN"
    assert lexicon.tag("Run") == "VB"
    assert "RUN" not in lexicon


def test_unknown_words_get_the_most_frequent_tag_of_all() -> None:
    assert Lexicon.build(SENTENCES).tag("unheard") == "."


def test_counts_are_kept_and_may_be_missing() -> None:
    lexicon = Lexicon.build(SENTENCES)
    assert lexicon.counts is not None
    assert (lexicon.counts["dog"], lexicon.counts["."], lexicon.counts["Run"]) == (2, 2, 1)
    again = Lexicon(**lexicon.to_dict())
    assert (again.tags, again.counts) == (lexicon.tags, lexicon.counts)
    assert Lexicon({"a": "DT"}, "NN").to_dict() == {"tags": {"a": "DT"}, "default_tag": "NN"}


def test_ties_go_to_the_first_tag_of_the_alphabet() -> None:
    assert Lexicon.build([Sentence(("set", "set"), ("VB", "NN"))]).tag("set") == "NN"
