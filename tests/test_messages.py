import json
import tracemalloc

import pytest

from postagger.data_prep.tag_mapping import MAPPINGS
from postagger.serving.messages import ContinueRequest, TagRequest, parsed
from postagger.serving.refusal import RefusalError


def tag_request(**fields: object) -> TagRequest:
    return parsed(TagRequest, json.dumps(fields).encode())


def test_one_or_many() -> None:
    assert tag_request(text="A dog.").texts == ["A dog."]
    assert tag_request(text=["A.", ""]).texts == ["A.", ""]
    assert tag_request(tokens=["A", "dog"]).sentences == [["A", "dog"]]
    assert tag_request(tokens=[["A"], []]).sentences == [["A"], []]
    assert tag_request(tokens=[]).sentences == [[]]
    assert tag_request(text="").sentences == []
    assert tag_request(tokens=[]).texts == []


def test_every_tagset_can_be_asked_for() -> None:
    for name in ("ptb", *MAPPINGS):
        assert tag_request(text="", tagset=name).tagset == name


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "expected either text or tokens, got neither"),
        (b'{"text": "a", "tokens": ["a"]}', "expected either text or tokens, got both"),
        (b'{"tokens": ["a", ["b"]]}', "expected tokens, or lists of tokens, got both in one list"),
        (b'{"text": "a", "allowed": {"a\\nb\\u2028": 1}}', r"allowed.a\nb\u2028: input should be a valid array, got 1"),
        (b'{"text": 1}', "text: input should be a valid string, got 1"),
        (b'{"tokens": [["a", 1]]}', "tokens.0"),
        (b'{"text": "a", "k_best": 11}', "k_best: input should be less than or equal to 10, got 11"),
        (b'{"text": "a", "k_best": true}', "k_best: input should be a valid integer, got True"),
        (b'{"text": "a", "confidence": "yes"}', "confidence: input should be a valid boolean, got 'yes'"),
        (b'{"text": "a", "tagset": "x"}', "tagset: input should be 'ptb', 'universal' or 'ud', got 'x'"),
        (b'{"text": "a", "size": 1}', "expected the fields that /openapi.json tells of, got 'size'; take it out"),
        (b'{"text": "a", "allowed": {"a": "NN"}}', "allowed.a: input should be a valid array, got 'NN'"),
        (b'"text"', "body: input should be an object"),
        (b"", "body: invalid JSON"),
        (b'{"text": "\xff"}', "body: invalid JSON: invalid unicode code point"),
        (b'{"text": "\\ud800"}', "body: invalid JSON"),
        (b"[" * 100_000, "body: invalid JSON: recursion limit exceeded"),
        (b'{"allowed":' * 5000 + b"1" + b"}" * 5000, "body: invalid JSON: recursion limit exceeded"),
        (b'{"text": "' + b"a" * 100 + b'", "sequences": "' + b"b" * 1000 + b'"}', "sequences: input should be a valid"),
    ],
)
def test_anything_else_is_refused_in_one_short_line(body: bytes, message: str) -> None:
    with pytest.raises(RefusalError) as caught:
        parsed(TagRequest, body)
    assert caught.value.status == 422
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("wrong", [{"tokens": [1] * 300_000}, {"tokens": [[1] * 300_000]}, {"text": [1] * 300_000}])
def test_a_body_full_of_mistakes_costs_no_more_than_one_mistake(wrong: object) -> None:
    body = json.dumps(wrong).encode()
    tracemalloc.start()
    try:
        with pytest.raises(RefusalError):
            parsed(TagRequest, body)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_to_continue() -> None:
    assert parsed(ContinueRequest, b"{}").length == 200
    with pytest.raises(RefusalError, match="length: input should be less than or equal to 2000, got 2001"):
        parsed(ContinueRequest, b'{"length": 2001}')
    with pytest.raises(RefusalError, match="prefix: string should have at most 10000 characters"):
        parsed(ContinueRequest, json.dumps({"prefix": "a" * 10_001}).encode())
