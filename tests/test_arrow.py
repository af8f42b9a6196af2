from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER
from postagger.errors import ConfigError, InputError
from postagger.integrations import arrow
from postagger.integrations.arrow import (
    TOKENIZED_FIELDS,
    ArrowTagger,
    arrow_tagger,
    check_column,
    tagged_fields,
    tokenized,
)
from postagger.tagger import Tagger

TEXTS = [
    "The dog (really) can't bark.  Dogs bark!\n\nThe old dog",
    None,
    "",
    'naïve 😀 dogs: "Run!" – ‘at’ the “dog” …',
    " \t ",
    "Run!",
]
SENTENCES = [["Dogs", "bark", "at", "(", "."], None, [], ["a b", "\x00", "😀"]]


@pytest.fixture(scope="module")
def tagger(small_model: Path) -> ArrowTagger:
    return ArrowTagger(small_model, confidence=True)


def batch(values: Any, kind: Any = None, **others: Any) -> Any:
    return pa.RecordBatch.from_pydict({"text": pa.array(values, kind), **others})


def as_tagged(row: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    """The sentences of a row: text, tag, start, end, confidence."""
    names = ("tokens", "tags", "starts", "ends", "confidences")
    flat = iter(zip(*(row[name] for name in names), strict=True))
    found = [[next(flat) for _ in range(length)] for length in row["sentence_lengths"]]
    assert next(flat, None) is None
    return found


def test_raw_text_is_tagged_as_the_tagger_does_it(tagger: ArrowTagger, small_tagger: Tagger) -> None:
    rows = tagger(tokenized(batch(TEXTS), column="text")).to_pylist()
    for row, text in zip(rows, TEXTS, strict=True):
        if text is None:
            assert {row[field.name] for field in tagged_fields(confidence=True)} == {None}
            continue
        told = as_tagged(row)
        right = small_tagger.tag_text(text)
        assert [[one[:4] for one in sentence] for sentence in told] == [
            [(one.text, one.tag, one.start, one.end) for one in sentence] for sentence in right
        ]
        sure = [one[4] for sentence in told for one in sentence]
        assert sure == pytest.approx([one.confidence for sentence in right for one in sentence], abs=1e-6)
        assert [text[start:end] for one in told for _, _, start, end, _ in one] == row["tokens"]


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.large_list(pa.large_string())])
def test_lists_of_tokens_are_tagged_as_the_tagger_does_it(tagger: ArrowTagger, small_tagger: Tagger, kind: Any) -> None:
    rows = tagger(tokenized(batch(SENTENCES, kind), column="text")).to_pylist()
    for row, tokens in zip(rows, SENTENCES, strict=True):
        assert row["tokens"] == tokens
        assert row["starts"] is row["ends"] is None
        if tokens is None:
            assert row["tags"] is row["sentence_lengths"] is None
        else:
            assert list(zip(row["tokens"], row["tags"], strict=True)) == small_tagger.tag(tokens)
            assert row["sentence_lengths"] == ([len(tokens)] if tokens else [])


def test_a_string_can_be_tokens_between_spaces(tagger: ArrowTagger) -> None:
    rows = tagger(tokenized(batch(["The  dog.\tbarks", None, " "]), column="text", kind="tokens")).to_pylist()
    assert [row["tokens"] for row in rows] == [["The", "dog.", "barks"], None, []]
    assert [row["sentence_lengths"] for row in rows] == [[3], None, []]
    assert rows[0]["starts"] is None


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
@pytest.mark.parametrize("how", ["text", "tokens"])
def test_strings_may_be_stored_in_any_way(kind: Any, how: Any) -> None:
    plain = batch(TEXTS)
    other = pa.RecordBatch.from_arrays([plain.column(0).cast(kind)], names=["text"])
    told = tokenized(plain, column="text", kind=how)
    assert tokenized(other, column="text", kind=how).drop_columns("text") == told.drop_columns("text")


@pytest.mark.parametrize("values", [TEXTS, SENTENCES])
def test_a_slice_is_as_a_batch_of_its_own(tagger: ArrowTagger, values: list[Any]) -> None:
    whole = tokenized(batch(values), column="text")
    for start, end in [(0, 2), (1, 2), (1, len(values)), (2, 2), (3, len(values))]:
        own = tokenized(batch(values).slice(start, end - start), column="text")
        assert own.to_pylist() == whole.slice(start, end - start).to_pylist()
        told = tagger(whole.slice(start, end - start))
        told.validate(full=True)
        assert told.drop_columns("confidences").to_pylist() == tagger(own).drop_columns("confidences").to_pylist()


def test_other_columns_and_the_order_of_columns_are_kept(tagger: ArrowTagger) -> None:
    source = batch(["The dog"], number=[7], other=[["x"]]).replace_schema_metadata({"made by": "me"})
    tokens = tokenized(source, column="text")
    assert tokens.schema.names == ["text", "number", "other", *(field.name for field in TOKENIZED_FIELDS)]
    told = tagger(tokens)
    assert told.schema.names[:3] == ["text", "number", "other"]
    assert list(told.schema)[3:] == list(tagged_fields(confidence=True))
    assert told.select(["text", "number", "other"]) == source
    assert told.schema.metadata == {b"made by": b"me"}


def test_a_column_that_is_called_tokens_becomes_the_tokens(tagger: ArrowTagger) -> None:
    source = pa.RecordBatch.from_pydict({"tokens": [["The", "dog"]]})
    told = tagger(tokenized(source, column="tokens"))
    assert told.schema.names == [field.name for field in tagged_fields(confidence=True)]
    assert told.column("tokens").to_pylist() == [["The", "dog"]]


def test_without_confidence_there_are_none(small_model: Path) -> None:
    told = ArrowTagger(small_model)(tokenized(batch(["The dog"]), column="text"))
    assert told.schema.names == ["text", *(field.name for field in tagged_fields(confidence=False))]


def test_tags_can_be_those_of_another_tagset(small_model: Path, small_tagger: Tagger) -> None:
    tagger = ArrowTagger(small_model, tagset="universal", confidence=True)
    row = tagger(tokenized(batch(["The old dog barks."]), column="text")).to_pylist()[0]
    right = small_tagger.tag_text("The old dog barks.", tagset="universal")[0]
    assert row["tags"] == [one.tag for one in right]
    assert row["confidences"] == pytest.approx([one.confidence for one in right], abs=1e-6)


def test_many_sentences_and_a_long_one_are_tagged_group_by_group(
    small_tagger: Tagger, tagger: ArrowTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow, "TOKENS_TOGETHER", 50)
    words = ["The", "dog", "barks", "at", "Dogs"]
    values = [[words[(place + number) % 5] for place in range(number % 4)] for number in range(SENTENCES_TOGETHER + 9)]
    values[7] = words * 40
    told = tagger(tokenized(batch(values), column="text"))
    right = small_tagger.tag_sents(values)
    assert told.column("tags").to_pylist() == [[tag for _, tag in sentence] for sentence in right]
    text = "The dog barks at the old dogs. Run! " * 30
    row = tagger(tokenized(batch([text]), column="text")).to_pylist()[0]
    assert row["tags"] == [one.tag for sentence in small_tagger.tag_text(text) for one in sentence]


def test_nothing_at_all(tagger: ArrowTagger) -> None:
    told = tagger(tokenized(batch([], pa.string()), column="text"))
    assert told.num_rows == 0
    assert list(told.schema)[1:] == list(tagged_fields(confidence=True))


def test_the_tagger_of_a_process_is_loaded_once(small_model: Path) -> None:
    assert arrow_tagger(str(small_model)) is arrow_tagger(str(small_model))
    assert arrow_tagger(str(small_model)) is not arrow_tagger(str(small_model), confidence=True)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (batch(["x"], tags=["NN"]), "column 'tags': expected its name to be free for what is added, got a table that"),
        (batch([1]), "column 'text': expected strings or lists of strings, got int64; name another column"),
        (batch([[1]]), "column 'text': expected strings or lists of strings, got list<item: int64>; name another"),
        (pa.RecordBatch.from_pydict({"a": ["x"]}), "expected a column 'text', got a; name another column"),
    ],
)
def test_a_table_that_cannot_be_tagged_is_refused(source: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_column(source.schema, "text")
    with pytest.raises(ConfigError, match=message):
        tokenized(source, column="text")


def test_a_column_is_in_the_way_only_of_what_is_added(tagger: ArrowTagger, small_model: Path) -> None:
    source = tokenized(batch(["x"], confidences=[1]), column="text")
    assert ArrowTagger(small_model)(source).column("confidences").to_pylist() == [1]
    with pytest.raises(ConfigError, match="column 'confidences': expected its name to be free for what is added"):
        tagger(source)


@pytest.mark.parametrize("kind", [pa.null(), pa.list_(pa.null())])
def test_nulls_alone_are_rows_without_a_text(tagger: ArrowTagger, kind: Any) -> None:
    told = tagger(tokenized(batch([None, None], kind), column="text"))
    assert told.column("tokens").to_pylist() == told.column("tags").to_pylist() == [None, None]
    assert list(told.schema)[1:] == list(tagged_fields(confidence=True))


def test_two_columns_of_the_name_are_refused() -> None:
    twice = pa.RecordBatch.from_arrays([pa.array(["x"])] * 2, names=["text", "text"])
    with pytest.raises(ConfigError, match="expected one column 'text', got 2; name another column"):
        tokenized(twice, column="text")


def test_a_null_among_tokens_is_refused() -> None:
    with pytest.raises(InputError, match="row 2: expected tokens of type str, got null; fill it, or take it out"):
        tokenized(batch([["x"], [], ["x", None]]), column="text")


def test_what_was_not_tokenized_is_refused(tagger: ArrowTagger) -> None:
    with pytest.raises(ConfigError, match="expected a batch that tokenized has made, got one without tokens"):
        tagger(batch(["x"]))
