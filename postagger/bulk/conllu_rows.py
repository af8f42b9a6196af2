"""Tagged rows as CoNLL-U."""

import dataclasses
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from postagger.bulk.job import Job
from postagger.bulk.line_rows import conllu_sentence
from postagger.bulk.portion import Rejected
from postagger.data_prep.formats import ConlluSentence
from postagger.data_prep.quoting import quoted
from postagger.tagged_output import TaggedSentence, as_conllu
from postagger.untagged_text import UntaggedSentence

_ID = re.compile(r"#\s*id\s*=")
_SIGNS = "\t\n\r"  # which end fields and lines


def as_conllu_rows(rows: Any, job: Job, *, is_conllu: bool) -> Iterator[str | Rejected]:
    """Each row: its sentences, or why CoNLL-U has no place for it. is_conllu: whether it came as such."""
    for row in rows.to_pylist():
        reason = _objection(row, is_conllu=is_conllu)
        if reason is not None:
            yield Rejected(row["id"], reason, row["tokens"] if row["record"] is None else row["record"])
        else:
            yield "".join(
                f"# id = {row['id']}\n{as_conllu(sentence)}" for sentence in _sentences(row, job, is_conllu=is_conllu)
            )


def _objection(row: dict[str, Any], *, is_conllu: bool) -> str | None:
    if not row["tokens"] and not is_conllu:
        return "expected a token at least, got none; CoNLL-U has no place for a sentence without"
    if _breaks(row["id"]):
        return f"expected an id that fits on a line, got {quoted(row['id'])}"
    if is_conllu:
        return None
    strange = next((token for token in row["tokens"] if not token.strip(" ") or _breaks(token)), None)
    return None if strange is None else f"expected tokens that CoNLL-U has a place for, got {quoted(strange)}"


def _breaks(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def _without_id(sentence: ConlluSentence) -> ConlluSentence:
    """A sentence has one id, which is that of its row."""
    comments = [comment for comment in sentence.comments if not _ID.match(comment)]
    return dataclasses.replace(sentence, comments=comments)


def _sentences(row: dict[str, Any], job: Job, *, is_conllu: bool) -> Iterator[TaggedSentence]:
    ends = list(accumulate(row["sentence_lengths"])) or [0]
    for start, end in zip([0, *ends], ends, strict=False):
        own = slice(start, end)
        starts, stops = (None if row[name] is None else row[name][own] for name in ("starts", "ends"))
        conllu = _without_id(conllu_sentence(row["record"])) if is_conllu else None
        tokens = row["tokens"][own]
        untagged = UntaggedSentence(tokens, tokens, starts, stops, conllu)
        confidences = row["confidences"][own] if job.confidence else None
        yield TaggedSentence(untagged, row["tags"][own], confidences, job.tag_field)
