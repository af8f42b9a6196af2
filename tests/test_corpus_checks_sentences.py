"""What a corpus is, and sentences that are none or far too long."""

from postagger.corpus_checks.finding import counted, listed, share
from postagger.corpus_checks.overview import Overview, UnknownWords
from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.sentence_lengths import Lengths, check_sentences
from postagger.data_prep.sentence import Sentence


def corpus(*lengths: int) -> PlacedCorpus:
    return PlacedCorpus("test", {"all": Part([Sentence(("a",) * length, ("X",) * length) for length in lengths])})


def test_the_lengths_of_sentences() -> None:
    assert Lengths.of(corpus(*range(1, 101))) == Lengths(
        50,
        95,
        100,
        "sentence 100",
        {"1-5": 5, "6-10": 5, "11-20": 10, "21-30": 10, "31-40": 10, "41-60": 20, "over 60": 40},
    )
    assert Lengths.of(corpus(3)).percentile_95 == 3
    assert Lengths.of(corpus(7, 9, 9)).where == "sentence 2"


def test_empty_and_very_long_sentences() -> None:
    assert check_sentences(corpus(*[10] * 99, 200)) == []
    empty, long = check_sentences(corpus(*[10] * 98, 0, 201))
    assert (empty.what, empty.examples[0].where) == ("1 empty sentence", "sentence 99")
    assert long.what == "1 sentence of more than 200 tokens; the longest has 201"
    assert (long.examples[0].where, long.examples[0].text) == ("sentence 100", "a a a a a a a …")


def test_where_long_sentences_are_the_rule() -> None:
    assert check_sentences(corpus(*[100] * 99, 300)) == []
    (finding,) = check_sentences(corpus(*[100] * 99, 301))
    assert finding.what == "1 sentence of more than 300 tokens; the longest has 301"


def test_the_overview() -> None:
    train = [Sentence(("The", "dog", "barks"), ("DT", "NN", "VBZ")), Sentence(("Dogs",), ("NNS",))]
    test = [Sentence(("The", "cat", "sees", "the", "cat"), ("DT", "NN", "VBZ", "DT", "NN"))]
    overview = Overview.of(PlacedCorpus("animals", {"train": Part(train), "test": Part(test)}))
    assert (overview.name, overview.distinct_words) == ("animals", 7)
    assert (overview.sentences, overview.tokens) == ({"train": 2, "test": 1}, {"train": 4, "test": 5})
    assert list(overview.tags.items()) == [
        ("DT", {"train": 1, "test": 2}),
        ("NN", {"train": 1, "test": 2}),
        ("VBZ", {"train": 1, "test": 1}),
        ("NNS", {"train": 1, "test": 0}),
    ]
    assert overview.unknown_words == {"test": UnknownWords(4, 5, {"cat": 2, "sees": 1, "the": 1})}
    assert overview.lengths.where == "test, sentence 1"


def test_a_corpus_without_parts_knows_all_its_words() -> None:
    overview = Overview.of(corpus(2, 3))
    assert (overview.sentences, overview.unknown_words) == ({"all": 2}, {})


def test_numbers_in_words() -> None:
    assert (counted(0, "tag"), counted(1, "tag"), counted(1000, "tag")) == ("0 tags", "1 tag", "1,000 tags")
    assert (share(0, 7), share(1, 1000), share(1, 1001), share(7, 7)) == ("0.0 %", "0.1 %", "under 0.1 %", "100.0 %")
    assert (listed("abc", 3), listed("abcd", 3)) == ("a, b, c", "a, b, c and 1 more")
