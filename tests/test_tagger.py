import pickle
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import postagger
from conftest import SENTENCES, SMALL
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER
from postagger.errors import InputError, ModelFolderError
from postagger.model_folder import read_model_folder, write_model_folder
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

SENTENCE = st.lists(st.text(max_size=12), max_size=30)


def test_two_sentences_are_learnt_by_heart(small_tagger: Tagger) -> None:
    for sentence in SENTENCES:
        assert small_tagger.tag(sentence.tokens) == list(zip(sentence.tokens, sentence.tags, strict=True))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SENTENCE, max_size=12), st.randoms(use_true_random=False))
def test_alone_in_any_batch_in_any_order_the_same_tags(
    small_tagger: Tagger, sentences: list[list[str]], shuffler: random.Random
) -> None:
    alone = [small_tagger.tag(tokens) for tokens in sentences]
    assert small_tagger.tag_sents(sentences) == alone
    order = list(range(len(sentences)))
    shuffler.shuffle(order)
    assert small_tagger.tag_sents([sentences[number] for number in order]) == [alone[number] for number in order]
    for tokens, tagged in zip(sentences, alone, strict=True):
        assert [token for token, _ in tagged] == tokens


def test_the_empty_sentence_and_no_sentence(small_tagger: Tagger) -> None:
    assert small_tagger.tag([]) == []
    assert small_tagger.tag_sents([]) == []
    assert small_tagger.tag_sents([[], ["dog"], []]) == [[], [("dog", "NN")], []]


def test_a_token_of_100000_characters_and_a_sentence_of_50000_tokens(small_tagger: Tagger) -> None:
    giant = "a" * 100_000
    assert small_tagger.tag([giant])[0][0] == giant
    tokens = ["the", "dog"] * 25_000
    tagged = small_tagger.tag(tokens)
    assert [token for token, _ in tagged] == tokens
    assert tagged[:2] == [("the", "DT"), ("dog", "NN")]


def test_stream_is_lazy_and_keeps_order(small_tagger: Tagger) -> None:
    read = 0

    def sentences() -> Iterator[list[str]]:
        nonlocal read
        for number in range(3 * SENTENCES_TOGETHER):
            read += 1
            yield [str(number), "dog"][: number % 3]

    tagged = small_tagger.stream(sentences())
    assert read == 0
    first = next(tagged)
    assert read == SENTENCES_TOGETHER
    tokens = [[token for token, _ in sentence] for sentence in [first, *tagged]]
    assert tokens == [[str(number), "dog"][: number % 3] for number in range(3 * SENTENCES_TOGETHER)]


def test_stream_holds_no_more_sentences_than_it_says(small_tagger: Tagger) -> None:
    alive = most = 0

    class Tokens(list[str]):
        def __init__(self) -> None:
            nonlocal alive, most
            super().__init__(["the", "dog"])
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    for _ in small_tagger.stream(Tokens() for _ in range(5 * SENTENCES_TOGETHER)):
        pass
    # The last sentences are let go when the next are at hand.
    assert SENTENCES_TOGETHER <= most <= 2 * SENTENCES_TOGETHER + 2


def test_what_is_no_list_of_strings_is_refused(small_tagger: Tagger) -> None:
    with pytest.raises(InputError, match="sentence 0: expected a list of tokens, got a str; use tag_text"):
        small_tagger.tag("The dog")
    with pytest.raises(InputError, match="sentence 1: expected tokens of type str, got int"):
        small_tagger.tag_sents([["a"], [1]])  # type: ignore[list-item]
    with pytest.raises(InputError, match="sentence 1500: expected tokens of type str, got int"):
        small_tagger.tag_sents([["a"]] * 1500 + [[1]])  # type: ignore[list-item]
    with pytest.raises(InputError, match="sentence 0: expected a list of tokens, got NoneType"):
        small_tagger.tag(None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="expected text as a str, got list"):
        small_tagger.tag_text(["The"])  # type: ignore[arg-type]


def test_raw_text_keeps_places_and_spelling(small_tagger: Tagger) -> None:
    text = "The dog barks. Run!"
    sentences = small_tagger.tag_text(text)
    assert [[(token.text, token.tag) for token in sentence] for sentence in sentences] == [
        [("The", "DT"), ("dog", "NN"), ("barks", "VBZ"), (".", ".")],
        [("Run", "VB"), ("!", ".")],
    ]
    assert all(text[token.start : token.end] == token.text for sentence in sentences for token in sentence)
    assert all(0 < token.confidence <= 1 for sentence in sentences for token in sentence)
    assert small_tagger.tag_text("") == []


def test_brackets_are_looked_up_as_the_training_text_writes_them() -> None:
    for written, tag in [("(", "-LRB-"), ("-LRB-", "-LRB-")]:
        sentences = [Sentence((written, "dog"), (tag, "NN"))]
        tagger, _ = train_tagger(Corpus.from_parts("brackets", sentences, [], []), SMALL)
        assert tagger.known_forms(["(", "?"], ["-LRB-", "?"]) == [written, "?"]
        assert [(token.text, token.tag) for token in tagger.tag_text("(dog")[0]] == [("(", tag), ("dog", "NN")]


def test_confidence_is_the_probability_of_the_tag(small_tagger: Tagger) -> None:
    from postagger.data_prep.batching import collate, encode

    tokens = ["The", "cat", "barks"]
    (prediction,) = small_tagger.predict([tokens])
    log_probs = small_tagger.log_probs(collate(encode([tokens], small_tagger.extractor), [0]))[0]
    probabilities = (log_probs / small_tagger.temperature).softmax(dim=-1)
    expected = [probabilities[place, small_tagger.tagset.encode(tag)] for place, tag in enumerate(prediction.tags)]
    torch.testing.assert_close(torch.tensor(prediction.confidences), torch.stack(expected))
    assert torch.equal(log_probs.argmax(-1), torch.tensor([small_tagger.tagset.encode(t) for t in prediction.tags]))


def test_alternatives_are_the_next_most_probable_tags(small_tagger: Tagger) -> None:
    sentences = [["The", "cat", "barks"], [], ["Dogs"]]
    plain = small_tagger.predict(sentences)
    assert [prediction.alternatives for prediction in plain] == [[], [], []]
    told = small_tagger.predict(sentences, alternatives=99)
    for tokens, without, prediction in zip(sentences, plain, told, strict=True):
        assert prediction.tags == without.tags
        assert prediction.confidences == pytest.approx(without.confidences)
        assert len(prediction.alternatives) == len(tokens)
        for tag, confidence, others in zip(
            prediction.tags, prediction.confidences, prediction.alternatives, strict=True
        ):
            ranked = [(tag, confidence), *others]
            assert sorted(tag for tag, _ in ranked) == list(small_tagger.tagset)
            assert sum(probability for _, probability in ranked) == pytest.approx(1, abs=1e-5)
            assert [probability for _, probability in ranked] == sorted((p for _, p in ranked), reverse=True)


def test_saving_gives_back_the_same_tags(small_tagger: Tagger, small_model: Path) -> None:
    loaded = Tagger.load(small_model)
    sentences = [["Dogs", "the", "zebra", "!"], ["run"], []]
    assert loaded.tag_sents(sentences) == small_tagger.tag_sents(sentences)
    for one, same in zip(loaded.predict(sentences), small_tagger.predict(sentences), strict=True):
        assert one.confidences == pytest.approx(same.confidences, abs=1e-6)
    assert loaded.config == small_tagger.config
    assert loaded.facts == small_tagger.facts
    assert loaded.lexicon.tags == small_tagger.lexicon.tags


def test_files_that_do_not_fit_together_are_refused(small_model: Path, tmp_path: Path) -> None:
    folder = read_model_folder(small_model, "tagger")
    fewer_tags = {**folder.vocabulary, "tags": folder.vocabulary["tags"][:-1]}
    for number, broken in enumerate(
        [
            replace(folder, vocabulary=fewer_tags),
            replace(folder, vocabulary={}),
            replace(folder, weights={}),
            replace(folder, config={"format_version": 1, "kind": "tagger"}),
            replace(folder, config={**folder.config, "network": {"cell": "gruu"}}),
        ]
    ):
        write_model_folder(tmp_path / str(number), broken)
        with pytest.raises(ModelFolderError, match="expected a tagger, got files that do not fit together"):
            Tagger.load(tmp_path / str(number))


@pytest.mark.parametrize("split", ["train", "all"])
def test_small_corpus_parts(small_corpus: Corpus, split: str) -> None:
    assert len(small_corpus.part(split)) == (9 if split == "all" else 3)


def test_tokens_that_can_be_nothing_else_get_their_tag_unless_training_knew_them() -> None:
    pairs = [("see", "VB"), ("Ann", "NNP"), (":)", "NN"), ("at", "IN"), ("+", "SYM")]
    corpus = Corpus.from_parts("web", [Sentence.from_pairs(pairs)], (), ())
    tagger, _ = train_tagger(corpus, SMALL)
    (prediction,) = tagger.predict([["see", "www.a.org", ":)", "😀"]])
    assert prediction.tags[1:] == ["NN", "NN", "SYM"]
    assert prediction.confidences[1] == prediction.confidences[3] == 1.0
    assert prediction.confidences[2] < 1.0


def test_other_processes_can_have_it_after_it_has_tagged(small_tagger: Tagger) -> None:
    tagger = pickle.loads(pickle.dumps(small_tagger.with_tags(tagset="universal")))
    assert tagger.tag(["The", "dog"]) == [("The", "DET"), ("dog", "NOUN")]
    shipped = postagger.load()
    tagged = shipped.tag(["She", "swims"])
    assert pickle.loads(pickle.dumps(shipped)).tag(["She", "swims"]) == tagged


def test_what_it_is_called(small_tagger: Tagger) -> None:
    assert repr(small_tagger) == "<Tagger: 9 tags, trained on small>"
    assert repr(small_tagger.with_tags(tagset="universal")) == "<Tagger: 6 tags, trained on small>"


def test_a_name_that_is_nearly_a_shipped_models() -> None:
    with pytest.raises(ModelFolderError, match="got 'english-wb'; did you mean english-web"):
        postagger.load("english-wb")


def test_alternatives_are_not_negative(small_tagger: Tagger) -> None:
    with pytest.raises(InputError, match="expected a number of alternatives of at least 0, got -1"):
        small_tagger.predict([["dog"]], alternatives=-1)


def test_a_straight_quotation_mark_that_opens() -> None:
    told = [(token.text, token.tag) for token in postagger.load().tag_text("She said 'no' to it.")[0]]
    assert told[2] == ("'", "``")
    assert told[4] == ("'", "''")
