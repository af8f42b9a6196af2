"""One Ray, in a process of its own, tells all that is asked of it as JSON."""

import json
from typing import Any

import pytest
from engines import REFUSALS, TEXTS, Place, Rows, need, tagged, write_rows

import postagger

need("ray")

# The GPU is none: Ray takes the program's word for it, and what is tagged there is tagged by a CPU.
PROGRAM = """
import json
import sys
import ray
from postagger.bulk import run
from postagger.errors import PostaggerError
from postagger.integrations.ray import tag_dataset

texts = json.loads(sys.argv[1])
ray.init("local", num_cpus=2, num_gpus=1, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
rows = [{"number": number, "text": text} for number, text in enumerate([*texts, None])]
dataset = ray.data.from_items(rows, override_num_blocks=3)


def told(dataset):
    return sorted(dataset.take_all(), key=lambda row: row["number"])


def refused(**arguments):
    try:
        tag_dataset(dataset, **arguments)
    except PostaggerError as error:
        return str(error)


tokens = [{"number": 0, "tokens": ["The", "dog"]}, {"number": 1, "tokens": []}]
lazy = tag_dataset(dataset, confidence=True, workers=1)
run([*"--engine ray --device auto --output-format jsonl".split(), "--input", sys.argv[2], "--output", sys.argv[3]])
print(json.dumps({
    "dataset": told(lazy),
    "lists": told(tag_dataset(ray.data.from_items(tokens), "tokens", tagset="universal")),
    "refused": [
        refused(column="texts"),
        refused(column="number"),
        refused(tagset="none"),
        refused(model="english-new"),
    ],
}))
ray.shutdown()
"""


@pytest.fixture(scope="module")
def rows(place: Place) -> Rows:
    return write_rows(place.folder / "in", files=3, rows=40)


@pytest.fixture(scope="module")
def told(place: Place, rows: Rows) -> Any:
    said = place.run(["-c", PROGRAM, json.dumps(TEXTS), rows.pattern, str(place.output)])
    return json.loads(said.splitlines()[-1])


@pytest.mark.usefixtures("told")
def test_parts_whose_reading_streams_into_actors_with_gpus(place: Place, rows: Rows) -> None:
    rows.check(place.output, postagger.load())


def test_a_dataset_has_what_the_tagger_says(told: Any) -> None:
    tagger = postagger.load()
    for number, (row, text) in enumerate(zip(told["dataset"], TEXTS, strict=False)):
        assert (row["number"], row["text"]) == (number, text)
        assert (row["tokens"], row["tags"], row["starts"], row["ends"]) == tagged(tagger, text)
        sentences = tagger.tag_text(text)
        assert row["sentence_lengths"] == [len(sentence) for sentence in sentences]
        assert row["confidences"] == pytest.approx([token.confidence for one in sentences for token in one], abs=1e-6)


def test_a_null_has_no_tags(told: Any) -> None:
    names = ["text", "tokens", "tags", "starts", "ends", "sentence_lengths", "confidences"]
    assert told["dataset"][-1] == {"number": len(TEXTS), **dict.fromkeys(names)}


def test_lists_of_tokens(told: Any) -> None:
    nowhere = {"starts": None, "ends": None}
    assert told["lists"] == [
        {"number": 0, "tokens": ["The", "dog"], "tags": ["DET", "NOUN"], **nowhere, "sentence_lengths": [2]},
        {"number": 1, "tokens": [], "tags": [], **nowhere, "sentence_lengths": []},
    ]


def test_what_cannot_be_used_is_refused_in_one_line(told: Any) -> None:
    assert told["refused"] == REFUSALS
