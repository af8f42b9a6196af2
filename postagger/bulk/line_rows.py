"""Rows of formats that are made of lines: text, JSON lines, CoNLL-U. One that is none says why."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from postagger.bulk.job import Job
from postagger.bulk.part import Part
from postagger.bulk.portion import Rejected
from postagger.bulk.raw_rows import LONGEST_ROW, LongRow
from postagger.data_prep.formats import ConlluSentence, read_conllu
from postagger.data_prep.quoting import quoted
from postagger.errors import CorpusError
from postagger.stored_files import one_line


class Row(NamedTuple):
    """number: of the row in its file, from 1. record: as it came, if value does not tell. size: in bytes."""

    number: int
    id: str
    record: str | None
    value: str | list[str]
    size: int


class Place(NamedTuple):
    """Where a row stands; number: of the row in its file, from 1."""

    part: Part
    number: int

    @property
    def id(self) -> str:
        """Its name, where it has none of its own."""
        return f"{self.part.name}:{self.number}"


def row_of(raw: bytes | LongRow, place: Place, job: Job) -> Row | Rejected:
    """What raw bytes are, by the format of their part."""
    if isinstance(raw, LongRow):
        reason = f"expected a row of at most {LONGEST_ROW:,} bytes, got {raw:,}, which stay where they are"
        return Rejected(place.id, reason, None)
    return _FORMATS[place.part.format](raw, place, job)


def _of_text(raw: bytes, place: Place, job: Job) -> Row | Rejected:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _rejected(raw, place, _no_utf8(error))
    return Row(place.number, place.id, text, text, len(raw))


def _of_json(raw: bytes, place: Place, job: Job) -> Row | Rejected:
    try:
        line = raw.decode("utf-8")
        fields = json.loads(line)
        value = _field(fields, job.column, str | list)
        if not _is_value(value):
            raise ValueError(f"the field {quoted(job.column)}: expected tokens of type str, got others")
        _check_characters(value)
        name = place.id if job.id_column is None else str(_field(fields, job.id_column, str | int))
        name.encode("utf-8")
    except UnicodeDecodeError as error:
        return _rejected(raw, place, _no_utf8(error))
    except UnicodeEncodeError as error:
        return _rejected(raw, place, f"expected whole characters, got half of one: {error.object[error.start]!a}")
    except json.JSONDecodeError as error:
        return _rejected(raw, place, f"expected a JSON object, got: {one_line(error)}")
    except RecursionError:
        return _rejected(raw, place, "expected a JSON object, got values nested too deeply")
    except ValueError as error:
        return _rejected(raw, place, one_line(error))
    return Row(place.number, name, line, value, len(raw))


def _field(fields: Any, name: str, kinds: Any) -> Any:
    """The value of a field.

    Raises:
        ValueError: there is none of this kind.
    """
    if not isinstance(fields, dict):
        raise ValueError(f"expected a JSON object, got {_kind(fields)}")
    if name not in fields:
        known = " ".join(map(quoted, list(fields)[:10]))
        raise ValueError(f"expected a field {quoted(name)}, got {known or 'no field at all'}")
    value = fields[name]
    if not isinstance(value, kinds) or isinstance(value, bool):
        wanted = "a string or a list of tokens" if kinds == str | list else "a string or a whole number"
        raise ValueError(f"the field {quoted(name)}: expected {wanted}, got {_kind(value)}")
    return value


def _is_value(value: str | list[Any]) -> bool:
    return isinstance(value, str) or {str}.issuperset(map(type, value))


def _check_characters(value: str | list[str]) -> None:
    """JSON can spell halves of characters, which no other text can hold."""
    for text in [value] if isinstance(value, str) else value:
        if not text.isascii():
            text.encode("utf-8")


def _of_conllu(raw: bytes, place: Place, job: Job) -> Row | Rejected:
    try:
        block = raw.decode("utf-8").replace("\r\n", "\n")
        sentence = conllu_sentence(block)
        name = place.id if job.id_column is None else _comment(sentence, job.id_column)
    except UnicodeDecodeError as error:
        return _rejected(raw, place, _no_utf8(error))
    except CorpusError as error:
        return _rejected(
            raw, place, str(error).removeprefix("standard input, ").replace(" --format", " --input-format")
        )
    except ValueError as error:
        return _rejected(raw, place, str(error))
    return Row(place.number, name, block, sentence.tokens, len(raw))


def conllu_sentence(block: str) -> ConlluSentence:
    """The sentence of some lines.

    Raises:
        CorpusError: a row breaks the format; names the line, from 1.
        ValueError: there is no sentence.
    """
    sentence = next(read_conllu(None, enumerate(block.split("\n"), start=1)), None)
    if sentence is None:
        raise ValueError("expected a sentence, got comments alone")
    return sentence


def _comment(sentence: ConlluSentence, name: str) -> str:
    for comment in sentence.comments:
        found, is_one, value = comment.removeprefix("#").partition("=")
        if is_one and found.strip() == name:
            return value.strip()
    raise ValueError(f"expected a comment # {name} = ..., got none")


def _no_utf8(error: UnicodeDecodeError) -> str:
    return f"expected UTF-8 text, got the byte 0x{error.object[error.start]:02x} at byte {error.start}"


def _rejected(raw: bytes, place: Place, reason: str) -> Rejected:
    return Rejected(place.id, reason, raw.decode("utf-8", "surrogateescape"))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


_FORMATS: dict[str, Callable[[bytes, Place, Job], Row | Rejected]] = {
    "text": _of_text,
    "jsonl": _of_json,
    "conllu": _of_conllu,
}
