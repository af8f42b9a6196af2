"""Tagged sentences as text: word/TAG, tab-separated, JSON lines, CoNLL-U."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from postagger.data_prep.formats import ConlluSentence, TagField
from postagger.data_prep.universal_tags import UD_NAMES
from postagger.untagged_text import UntaggedSentence

_COLUMNS = {"upos": 3, "xpos": 4}
_MISC = 9


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence with its tags, with their probabilities where these are wanted, and the CoNLL-U field they go to."""

    sentence: UntaggedSentence
    tags: list[str]
    confidences: list[float] | None
    tag_field: TagField


def as_tagged(tagged: TaggedSentence) -> str:
    """word/TAG word/TAG, a sentence a line."""
    pairs = zip(tagged.sentence.tokens, tagged.tags, strict=True)
    return " ".join(f"{token}/{tag}" for token, tag in pairs) + "\n"


def as_tsv(tagged: TaggedSentence) -> str:
    """Token, tag and, where it is wanted, confidence; a token a line, a blank line after each sentence."""
    columns = [tagged.sentence.tokens, tagged.tags]
    if tagged.confidences is not None:
        columns.append([f"{confidence:.4f}" for confidence in tagged.confidences])
    return "".join("\t".join(row) + "\n" for row in zip(*columns, strict=True)) + "\n"


def as_json(tagged: TaggedSentence) -> str:
    """One JSON object a sentence and line: tokens, tags and, where there are some, starts, ends, confidences."""
    record: dict[str, object] = {"tokens": tagged.sentence.tokens, "tags": tagged.tags}
    if tagged.sentence.starts is not None:
        record |= {"starts": tagged.sentence.starts, "ends": tagged.sentence.ends}
    if tagged.confidences is not None:
        record["confidences"] = [round(confidence, 4) for confidence in tagged.confidences]
    return json.dumps(record, ensure_ascii=False) + "\n"


def as_conllu(tagged: TaggedSentence, *, ud_names: bool = True) -> str:
    """CoNLL-U; what came as CoNLL-U keeps its comments, ranges, empty nodes and other fields.

    ud_names: spell universal tags as Universal Dependencies do.
    """
    source = tagged.sentence.conllu or _new_conllu(tagged.sentence)
    rows = [list(row) for row in source.rows]
    words = ConlluSentence(source.line, [], rows).words
    for number, (row, tag) in enumerate(zip(words, tagged.tags, strict=True)):
        row[_COLUMNS[tagged.tag_field]] = UD_NAMES.get(tag, tag) if ud_names and tagged.tag_field == "upos" else tag
        if tagged.confidences is not None:
            said = f"Confidence={tagged.confidences[number]:.4f}"
            others = [one for one in row[_MISC].split("|") if one != "_" and not one.startswith("Confidence=")]
            row[_MISC] = "|".join([*others, said])
    lines = [*source.comments, *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n\n" if rows else ""


def _new_conllu(sentence: UntaggedSentence) -> ConlluSentence:
    rows = [[str(number), token, *["_"] * 8] for number, token in enumerate(sentence.tokens, start=1)]
    return ConlluSentence(1, [], rows)


WRITERS: dict[str, Callable[[TaggedSentence], str]] = {
    "tagged": as_tagged,
    "tsv": as_tsv,
    "json": as_json,
    "conllu": as_conllu,
}
