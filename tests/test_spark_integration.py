"""One session of Spark, in a process of its own, tells all that is asked of it as JSON."""

import json
from typing import Any

import pytest
from engines import REFUSALS, TEXTS, Place, need, tagged

import postagger

need("pyspark")

PROGRAM = """
import json
import sys
from pyspark.sql import SparkSession
from postagger.errors import PostaggerError
from postagger.integrations.spark import tag_column, tag_dataframe

texts = json.loads(sys.argv[1])
master = SparkSession.builder.master("local[2,4]").config("spark.driver.bindAddress", "127.0.0.1")
spark = master.config("spark.ui.enabled", "false").config("spark.log.level", "OFF").getOrCreate()
rows = [(number, text) for number, text in enumerate([*texts, None])]
frame = spark.createDataFrame(rows, "number long, text string")


def told(frame):
    return sorted((row.asDict() for row in frame.collect()), key=lambda row: row["number"])


def refused(**arguments):
    try:
        tag_dataframe(frame, **arguments)
    except PostaggerError as error:
        return str(error)


tokens = [(0, ["The", "dog"]), (1, []), (2, None)]
lists = spark.createDataFrame(tokens, "number long, tokens array<string>")
print(json.dumps({
    "frame": told(tag_dataframe(frame, confidence=True)),
    "types": dict(tag_dataframe(frame, confidence=True).dtypes),
    "column": told(frame.withColumn("tagged", tag_column("text", tagset="ud")).selectExpr("number", "tagged.tags")),
    "lists": told(tag_dataframe(lists, "tokens")),
    "spaced": told(tag_dataframe(frame, kind="tokens")),
    "refused": [
        refused(column="texts"),
        refused(column="number"),
        refused(tagset="none"),
        refused(model="english-new"),
    ],
}))
spark.stop()
"""


@pytest.fixture(scope="module")
def told(place: Place) -> Any:
    return json.loads(place.run(["-c", PROGRAM, json.dumps(TEXTS)]))


NOTHING = dict.fromkeys(["tokens", "tags", "starts", "ends", "sentence_lengths"])


def test_a_frame_has_what_the_tagger_says(told: Any) -> None:
    tagger = postagger.load()
    for row, text in zip(told["frame"], TEXTS, strict=False):
        assert row["text"] == text
        assert (row["tokens"], row["tags"], row["starts"], row["ends"]) == tagged(tagger, text)
        sentences = tagger.tag_text(text)
        assert row["sentence_lengths"] == [len(sentence) for sentence in sentences]
        assert row["confidences"] == pytest.approx([token.confidence for one in sentences for token in one], abs=1e-6)


def test_a_null_has_no_tags(told: Any) -> None:
    assert told["frame"][-1] == {"number": len(TEXTS), "text": None, **NOTHING, "confidences": None}
    assert told["column"][-1] == {"number": len(TEXTS), "tags": None}


def test_the_types_of_the_columns(told: Any) -> None:
    assert told["types"] == {
        "number": "bigint",
        "text": "string",
        "tokens": "array<string>",
        "tags": "array<string>",
        "starts": "array<bigint>",
        "ends": "array<bigint>",
        "sentence_lengths": "array<int>",
        "confidences": "array<float>",
    }


def test_a_column_tells_the_same(told: Any) -> None:
    tagger = postagger.load().with_tags(tagset="ud")
    assert [row["tags"] for row in told["column"][:-1]] == [tagged(tagger, text)[1] for text in TEXTS]


def test_lists_of_tokens(told: Any) -> None:
    (_, determiner), (_, noun) = postagger.load().tag(["The", "dog"])
    empty = {"starts": None, "ends": None}
    assert told["lists"] == [
        {"number": 0, "tokens": ["The", "dog"], "tags": [determiner, noun], **empty, "sentence_lengths": [2]},
        {"number": 1, "tokens": [], "tags": [], **empty, "sentence_lengths": []},
        {"number": 2, **NOTHING},
    ]


def test_tokens_between_spaces(told: Any) -> None:
    assert [row["tokens"] for row in told["spaced"][:-1]] == [text.split() for text in TEXTS]


def test_what_cannot_be_used_is_refused_in_one_line(told: Any) -> None:
    assert told["refused"] == REFUSALS
