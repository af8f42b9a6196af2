from pathlib import Path
from typing import Any

import numpy as np
import pytest

import postagger
from postagger.data_prep.tag_mapping import TagMapping
from postagger.data_prep.vocabulary import Tagset
from postagger.errors import ConfigError, InputError
from postagger.tag_choice import TagChoice, read_lexicon
from postagger.tagger import Tagger

TOKENS = ["The", "old", "dog", "runs", "www.example.org", "!"]
UNIVERSAL = TagMapping.named("universal")


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return result


def test_the_probability_of_a_tag_is_that_of_all_it_stands_for() -> None:
    network_tagset = Tagset(["NN", "NNS", "VB"])
    choice = TagChoice(network_tagset, UNIVERSAL, {})
    scores = np.array([[1.0, 2.0, 2.5], [3.0, -np.inf, -np.inf]], np.float32)
    told = choice.told(scores, [["a", "b"]], 1.7)
    assert list(choice.tagset) == ["NOUN", "VERB"]
    expected = softmax(scores / 1.7)
    assert softmax(told / 1.7) == pytest.approx(np.stack([expected[:, :2].sum(axis=1), expected[:, 2]], axis=1))


def test_scores_far_apart_leave_what_is_allowed_possible() -> None:
    choice = TagChoice(Tagset(["NN", "VB"]), UNIVERSAL, {"a": {"VERB"}})
    told = choice.told(np.array([[500.0, 0.0]], np.float32), [["a"]], 1.0)
    assert told.argmax() == 1
    assert np.isfinite(told[0, 1])


def test_forced_tags(small_tagger: Tagger) -> None:
    assert [tag for _, tag in small_tagger.tag(["The", "dog"])] == ["DT", "NN"]
    assert small_tagger.tag(["The", "dog"], allowed={"dog": {"VB"}}) == [("The", "DT"), ("dog", "VB")]
    assert small_tagger.tag_sents([["The", "Dog"]], allowed={"dog": ["VB"]})[0][1][1] != "VB"  # spelt otherwise


def test_of_several_allowed_tags_the_best_one(small_tagger: Tagger) -> None:
    (told,) = small_tagger.predict([["The", "dog"]], alternatives=20)
    ranked = [told.tags[1], *(tag for tag, _ in told.alternatives[1])]
    third, fifth = ranked[2], ranked[4]
    tagger = small_tagger.with_tags(allowed={"dog": {fifth, third}})
    (narrowed,) = tagger.predict([["The", "dog"]], alternatives=20)
    assert narrowed.tags == ["DT", third]
    ((other, rest),) = narrowed.alternatives[1]
    assert other == fifth
    assert narrowed.confidences[1] + rest == pytest.approx(1)


def test_who_allows_tags_knows_better_than_any_rule() -> None:
    tagger = postagger.load()
    assert tagger.tag(TOKENS)[4] == ("www.example.org", "NN")
    assert tagger.tag(TOKENS, allowed={"www.example.org": {"NNP"}})[4] == ("www.example.org", "NNP")


def test_allowed_tags_are_those_that_are_told(small_tagger: Tagger) -> None:
    assert small_tagger.tag(["dog"], allowed={"dog": {"VERB"}}, tagset="universal") == [("dog", "VERB")]
    with pytest.raises(InputError, match=r"expected some of \. ADJ ADP DET NOUN VERB for 'dog', got VB"):
        small_tagger.tag(["dog"], allowed={"dog": {"VB"}}, tagset="universal")


def test_what_is_none_stays_as_it_is(small_tagger: Tagger) -> None:
    universal = small_tagger.with_tags(tagset="universal")
    assert universal.tag(["dog"]) == [("dog", "NOUN")]
    assert universal.tag(["dog"], allowed={"dog": {"VERB"}}) == [("dog", "VERB")]
    assert universal.tag(["dog"], tagset="ptb") == [("dog", "NN")]
    assert small_tagger.tag(["dog"]) == [("dog", "NN")]
    forced = small_tagger.with_tags(allowed={"dog": {"VB"}})
    assert forced.with_tags(allowed={}).tag(["dog"]) == [("dog", "NN")]


def test_every_method_tells_the_same(small_tagger: Tagger) -> None:
    tagger = small_tagger.with_tags(tagset="universal", allowed={"runs": {"NOUN", "ADJ"}})
    sentences = [TOKENS, [], ["Run", "!"]]
    tags = [prediction.tags for prediction in tagger.predict(sentences)]
    assert [[tag for _, tag in one] for one in tagger.tag_sents(sentences)] == tags
    assert [prediction.tags for prediction in tagger.predictions(sentences)] == tags
    assert [tagger.best_sequences(tokens, 1)[0].tags for tokens in sentences] == tags
    probabilities = tagger.probabilities(sentences)
    assert [[tagger.output_tagset.decode(tag) for tag in one.argmax(axis=1)] for one in probabilities] == tags
    assert [one.sum(axis=1) for one in probabilities] == [pytest.approx(np.ones(len(one))) for one in sentences]
    assert [[token.tag for token in one] for one in tagger.tag_text("Run!")] == [tags[2]]
    assert set(tags[0]) <= {"DET", "ADJ", "NOUN", "VERB", ".", "ADP"}


def test_with_workers(small_tagger: Tagger) -> None:
    tagger = small_tagger.with_tags(tagset="ud", allowed={"dog": {"VERB"}})
    sentences = [["The", "dog"], ["dog", "é\ud800"]] * 2500
    assert list(tagger.stream(sentences, workers=2)) == tagger.tag_sents(sentences)
    told = list(tagger.predictions(sentences[:10], workers=2))
    assert told[0].tags == ["DET", "VERB"]
    assert told[0].confidences == [pytest.approx(one) for one in tagger.predict(sentences[:1])[0].confidences]


def test_brackets_of_raw_text_are_known_by_either_name() -> None:
    tagger = postagger.load()
    for name in ("(", "-LRB-"):
        ((token, *_),) = tagger.tag_text("(Yes).", allowed={name: {"SYM"}})
        assert (token.text, token.tag) == ("(", "SYM")


def test_saving_keeps_what_the_network_knows(small_tagger: Tagger, tmp_path: Path) -> None:
    small_tagger.with_tags(tagset="universal").save(tmp_path / "model")
    assert Tagger.load(tmp_path / "model").tag(TOKENS) == small_tagger.tag(TOKENS)


@pytest.mark.parametrize(
    ("allowed", "message"),
    [
        ({"dog": "NN"}, "expected a set of tags for 'dog', {\"NNP\"}, got 'NN'"),
        ({"dog": set()}, "for 'dog', got none"),
        ({"dog": {"NN", "ZZ"}}, "for 'dog', got ZZ"),
        ({1: {"NN"}}, "expected a set of tags for 1"),
        ({"dog": [["NN"]]}, "expected a set of tags for 'dog'"),
        (["dog"], 'expected words with their tags, {"Python": {"NNP"}}, got list'),
    ],
)
def test_what_is_no_lexicon(small_tagger: Tagger, allowed: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        small_tagger.tag(["dog"], allowed=allowed)
    assert message in str(caught.value)


def test_what_the_caller_changes_afterwards_changes_nothing(small_tagger: Tagger) -> None:
    allowed = {"dog": ["VB"]}
    tagger = small_tagger.with_tags(allowed=allowed)
    allowed["The"] = ["ZZ"]
    allowed["dog"].append("ZZ")
    assert list(tagger.stream([["The", "dog"]] * 3000, workers=2)) == [[("The", "DT"), ("dog", "VB")]] * 3000


@pytest.mark.parametrize("name", ["a" * 5000, 5, None, "a\x00b"])
def test_what_is_no_tagset(small_tagger: Tagger, name: Any) -> None:
    if name is None:
        assert small_tagger.with_tags(tagset=None).tag(["dog"]) == [("dog", "NN")]
        return
    with pytest.raises(ConfigError, match="tagset: expected one of ptb universal ud, or a file that maps tags, got"):
        small_tagger.tag(["dog"], tagset=name)


def test_a_mapping_that_lacks_a_tag(small_tagger: Tagger) -> None:
    with pytest.raises(ConfigError, match=r"tagset own: expected only tags that it maps, got \. DT IN JJ NNS VB"):
        small_tagger.tag(["dog"], tagset=TagMapping("own", {"NN": "N"}))


def test_the_file_of_a_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "lexicon"
    path.write_text("Python NNP\n\nrun\tVB  NN\n# #\nrun VBP\n", encoding="utf-8")
    assert read_lexicon(path) == {"Python": {"NNP"}, "run": {"VB", "NN", "VBP"}, "#": {"#"}}
    path.write_text("Python NNP\nrun\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="lexicon, line 2: expected a word and its tags, got 'run' alone; Python NNP"):
        read_lexicon(path)
