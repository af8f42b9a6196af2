import json
from typing import Any

import pytest

from postagger.serving.messages import TagRequest
from postagger.serving.refusal import RefusalError
from postagger.serving.tagging import TaggedJob, Tagging, TaggingJob
from postagger.tagger import Tagger

TEXT = "The old dog barks. Dogs run!"


def ask(tagger: Tagger, *requests: dict[str, Any], most_tokens: int = 100) -> list[Any]:
    """The answers, read again; of a refusal its message."""
    jobs = [TaggingJob(TagRequest(**request)) for request in requests]
    answers = Tagging(tagger, "small", most_tokens).work(jobs)
    return [json.loads(one.content) if isinstance(one, TaggedJob) else str(one) for one in answers]


def test_raw_text(small_tagger: Tagger) -> None:
    (answer,) = ask(small_tagger, {"text": TEXT})
    expected = small_tagger.tag_text(TEXT)
    assert answer == {
        "model": "small",
        "tagset": "ptb",
        "sentences": [
            {
                "tokens": [token.text for token in sentence],
                "tags": [token.tag for token in sentence],
                "starts": [token.start for token in sentence],
                "ends": [token.end for token in sentence],
            }
            for sentence in expected
        ],
    }
    assert answer["sentences"][1]["starts"] == [19, 24, 27]


def test_several_texts_are_told_apart(small_tagger: Tagger) -> None:
    (answer,) = ask(small_tagger, {"text": [TEXT, "", "Run!"]})
    assert [(one["text"], one["starts"][0]) for one in answer["sentences"]] == [(0, 0), (0, 19), (2, 0)]


def test_all_that_can_be_asked(small_tagger: Tagger) -> None:
    tokens = ["Dogs", "bark", "."]
    request = {"tokens": tokens, "confidence": True, "k_best": 3, "sequences": 2, "min_confidence": 0.9}
    (answer,) = ask(small_tagger, request)
    (sentence,) = answer["sentences"]
    (prediction,) = small_tagger.predict([tokens], alternatives=2)
    assert sentence["confidences"] == [round(one, 4) for one in prediction.confidences]
    assert sentence["uncertain"] == [number for number, one in enumerate(prediction.confidences) if one < 0.9]
    firsts = [[tag, round(sure, 4)] for tag, sure in zip(prediction.tags, prediction.confidences, strict=True)]
    others = [[[tag, round(sure, 4)] for tag, sure in further] for further in prediction.alternatives]
    assert sentence["k_best"] == [[first, *further] for first, further in zip(firsts, others, strict=True)]
    best = small_tagger.best_sequences(tokens, 2)
    assert sentence["sequences"] == [{"tags": one.tags, "probability": float(f"{one.probability:.4g}")} for one in best]


def test_requests_of_any_kind_are_answered_together_as_alone(small_tagger: Tagger) -> None:
    requests: list[dict[str, Any]] = [
        {"text": TEXT},
        {"tokens": ["Run", "!"], "k_best": 1},
        {"tokens": [["Run", "!"], []], "tagset": "ud", "confidence": True},
        {"tokens": ["The", "dog"], "allowed": {"dog": ["VB"]}},
        {"tokens": ["The", "dog"], "allowed": {"dog": ["ZZ"]}},
        {"tokens": ["dog"] * 101},
        {"text": "The dog barks.", "k_best": 2},
        {"tokens": [["The", "dog"]]},
    ]
    together = ask(small_tagger, *requests)
    assert together == [ask(small_tagger, request)[0] for request in requests]
    assert together[1]["sentences"][0]["k_best"][0][0][0] == "VB"
    assert [len(token) for token in together[1]["sentences"][0]["k_best"]] == [1, 1]
    assert together[2]["sentences"] == [
        {"tokens": ["Run", "!"], "tags": ["VERB", "PUNCT"], "confidences": together[2]["sentences"][0]["confidences"]},
        {"tokens": [], "tags": [], "confidences": []},
    ]
    assert together[3]["sentences"][0]["tags"] == ["DT", "VB"]
    assert "for 'dog', got ZZ" in together[4]
    assert together[5] == "expected at most 100 tokens, got more; send the text in parts"
    assert together[7]["sentences"][0]["tags"] == ["DT", "NN"]


@pytest.mark.parametrize("request_", [{"tokens": [[]] * 101}, {"text": "dog " * 101}, {"text": ["dog"] * 101}])
def test_too_much(small_tagger: Tagger, request_: dict[str, Any]) -> None:
    (answer,) = Tagging(small_tagger, "small", 100).work([TaggingJob(TagRequest(**request_))])
    assert isinstance(answer, RefusalError)
    assert answer.status == 422


def test_how_much_a_job_is() -> None:
    assert TaggingJob(TagRequest(text=["12345", "12345"])).cost == 2
    assert TaggingJob(TagRequest(tokens=[["a", "b"], ["c"]])).cost == 3
    assert TaggingJob(TagRequest(tokens=["a", "b"], sequences=4, allowed={"a": ["NN"], "b": ["NN"]})).cost == 12
