import pytest

from postagger.prediction import Prediction
from postagger.tagged_sentences import SentenceTagger, Wanted, tag_field_of
from postagger.tagger import Tagger
from postagger.untagged_text import UntaggedSentence

SENTENCES = [
    UntaggedSentence(["The", "dog"], ["The", "dog"], line=1),
    UntaggedSentence([], []),
    UntaggedSentence(["(", "!"], ["-LRB-", "!"]),
]


def test_sentences_keep_their_order_and_what_they_came_with(small_tagger: Tagger) -> None:
    tagged = list(SentenceTagger(small_tagger, "xpos", Wanted()).tagged(iter(SENTENCES)))
    assert [one.sentence for one in tagged] == SENTENCES
    assert [one.tags for one in tagged[:2]] == [["DT", "NN"], []]
    assert all((one.confidences, one.best, one.sequences, one.uncertain) == (None,) * 4 for one in tagged)
    assert [one.tags for one in tagged] == [one.tags for one in small_tagger.predict([s.tokens for s in SENTENCES])]


def test_all_that_can_be_wanted(small_tagger: Tagger) -> None:
    wanted = Wanted(confidences=True, num_best=2, num_sequences=3, min_confidence=1)
    first, empty, _ = SentenceTagger(small_tagger, "upos", wanted).tagged(SENTENCES)
    (prediction,) = small_tagger.predict([["The", "dog"]], alternatives=1)
    assert first.confidences == pytest.approx(prediction.confidences)
    assert first.best is not None
    assert [[tag for tag, _ in best] for best in first.best] == [
        [tag, *(other for other, _ in others)]
        for tag, others in zip(prediction.tags, prediction.alternatives, strict=True)
    ]
    assert first.sequences is not None
    assert [one.tags for one in first.sequences] == [one.tags for one in small_tagger.best_sequences(["The", "dog"], 3)]
    assert first.uncertain == [True, True]
    assert first.tag_field == "upos"
    assert (empty.best, empty.uncertain, empty.tags) == ([], [], [])


def test_below_means_below(small_tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([Prediction(["DT", "NN"], [0.9, 0.8999])])
    monkeypatch.setattr(small_tagger, "predictions", lambda _: told)
    (tagged,) = SentenceTagger(small_tagger, "xpos", Wanted(min_confidence=0.9)).tagged(SENTENCES[:1])
    assert tagged.uncertain == [False, True]


def test_where_tags_go(small_tagger: Tagger) -> None:
    assert tag_field_of(small_tagger, "ptb") == "xpos"
    assert tag_field_of(small_tagger.with_tags(tagset="universal"), "universal") == "upos"
    assert tag_field_of(small_tagger.with_tags(tagset="ud"), "ud") == "upos"
