"""Tagged sentences as text: word/TAG, tab-separated, JSON lines, CoNLL-U."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from postagger.data_prep.formats import ConlluSentence, TagField
from postagger.data_prep.universal_tags import UD_NAMES
from postagger.prediction import TagSequence
from postagger.untagged_text import UntaggedSentence

_COLUMNS = {"upos": 3, "xpos": 4}
_MISC = 9
_NOTHING = "-"
_MARKS = ("Corrected", "Confidence", "KBest", "Check")
"""What MISC can say of a tag: of the page's, or of this command's."""

TagWithProbability = tuple[str, float]

Paint = Callable[[str, str, bool], str]
"""Of what is written of a tag, the tag, and whether it is uncertain: what is written in colours."""


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence with its tags, the CoNLL-U field these go to, and what else was asked for.

    confidences: the probability of each tag. best: of each token the most probable tags, the first being its own.
    sequences: the most probable ones. uncertain: of each token, whether a person should look at it.
    """

    sentence: UntaggedSentence
    tags: list[str]
    confidences: list[float] | None
    tag_field: TagField
    best: Sequence[Sequence[TagWithProbability]] | None = None
    sequences: Sequence[TagSequence] | None = None
    uncertain: Sequence[bool] | None = None


def as_tagged(tagged: TaggedSentence, paint: Paint | None = None) -> str:
    """word/TAG word/TAG, a question mark right after an uncertain tag; a line a sentence, or as many as there were."""
    end = "\n" if tagged.sentence.ends_line else " "
    if paint is None and tagged.uncertain is None:
        pairs = zip(tagged.sentence.tokens, tagged.tags, strict=True)
        return " ".join(f"{token}/{tag}" for token, tag in pairs) + end
    uncertain = tagged.uncertain or [False] * len(tagged.tags)
    paint = paint or (lambda written, *_: written)
    triples = zip(tagged.sentence.tokens, tagged.tags, uncertain, strict=True)
    return " ".join(f"{token}/{paint(tag + '?' * odd, tag, odd)}" for token, tag, odd in triples) + end


def as_tsv(tagged: TaggedSentence, num_best: int = 0) -> str:
    """A token a line, a blank line after each sentence; as many columns for every token.

    Token, tag and, where they are wanted: confidence; num_best times a tag and its probability, "-" where there is
    none; "?" for an uncertain tag, "-" for others; the number of the line.
    """
    if tagged.sentence.line is not None and not tagged.tags:
        return ""
    columns = [tagged.sentence.tokens, tagged.tags]
    if tagged.confidences is not None:
        columns.append(list(map(_probability, tagged.confidences)))
    if tagged.best is not None:
        columns += map(list, zip(*(_best_columns(best, num_best) for best in tagged.best), strict=True))
    if tagged.uncertain is not None:
        columns.append(["?" if odd else _NOTHING for odd in tagged.uncertain])
    if tagged.sentence.line is not None:
        columns.append([str(tagged.sentence.line)] * len(tagged.tags))
    return "".join("\t".join(row) + "\n" for row in zip(*columns, strict=True)) + "\n"


def as_json(tagged: TaggedSentence) -> str:
    """One JSON object a sentence and line."""
    return json.dumps(record_of(tagged), ensure_ascii=False) + "\n"


def record_of(tagged: TaggedSentence) -> dict[str, object]:
    """Plain values, for JSON: tokens, tags and, where there are some, the rest.

    That is starts, ends, confidences, k_best, sequences, uncertain (the numbers of tokens, from 0), line.
    """
    sentence = tagged.sentence
    record: dict[str, object] = {"tokens": sentence.tokens, "tags": tagged.tags}
    if sentence.starts is not None:
        record |= {"starts": sentence.starts, "ends": sentence.ends}
    if tagged.confidences is not None:
        record["confidences"] = [round(confidence, 4) for confidence in tagged.confidences]
    if tagged.best is not None:
        record["k_best"] = [[[tag, round(probability, 4)] for tag, probability in best] for best in tagged.best]
    if tagged.sequences is not None:
        record["sequences"] = [
            {"tags": sequence.tags, "probability": _significant(sequence.probability)} for sequence in tagged.sequences
        ]
    if tagged.uncertain is not None:
        record["uncertain"] = [number for number, odd in enumerate(tagged.uncertain) if odd]
    if sentence.line is not None:
        record["line"] = sentence.line
    return record


def as_conllu(tagged: TaggedSentence, *, ud_names: bool = True) -> str:
    """CoNLL-U; what came as CoNLL-U keeps its comments, ranges, empty nodes and other fields.

    What MISC said of tags that were there before (Corrected=Yes, too) is left out, since they are others now.
    MISC tells, where it is wanted, Confidence, KBest (NN:0.9812,VB:0.0121) and Check=Yes; a comment the line.
    ud_names: spell universal tags as Universal Dependencies do.
    """
    source = tagged.sentence.conllu or _new_conllu(tagged.sentence)
    rows = [list(row) for row in source.rows]
    words = ConlluSentence(source.line, [], rows).words
    names = UD_NAMES if ud_names and tagged.tag_field == "upos" else {}
    for number, (row, tag) in enumerate(zip(words, tagged.tags, strict=True)):
        row[_COLUMNS[tagged.tag_field]] = names.get(tag, tag)
        row[_MISC] = _misc(row[_MISC], _said(tagged, number, names))
    lines = [*source.comments, *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n\n" if rows else ""


def _said(tagged: TaggedSentence, number: int, names: Mapping[str, str]) -> dict[str, str | None]:
    """What is to be said of a token: names with values, or None for what must not be said any more.

    names: how tags are spelt, where it is otherwise.
    """
    said: dict[str, str | None] = dict.fromkeys(_MARKS)  # as they were of other tags
    if tagged.confidences is not None:
        said["Confidence"] = _probability(tagged.confidences[number])
    if tagged.best is not None:
        pairs = (f"{names.get(tag, tag)}:{_probability(sure)}" for tag, sure in tagged.best[number])
        said["KBest"] = ",".join(pairs).replace("|", "\\p")  # MISC separates by the bar
    if tagged.uncertain is not None and tagged.uncertain[number]:
        said["Check"] = "Yes"
    return said


def _misc(before: str, said: dict[str, str | None]) -> str:
    """The field with what is said in place of what was said under the same names."""
    others = [one for one in before.split("|") if one != "_" and one.partition("=")[0] not in said]
    return "|".join(others + [f"{name}={value}" for name, value in said.items() if value is not None]) or "_"


def _new_conllu(sentence: UntaggedSentence) -> ConlluSentence:
    """A sentence that did not come as one; of raw text it tells the text, with single spaces."""
    rows = [[str(number), token, *["_"] * 8] for number, token in enumerate(sentence.tokens, start=1)]
    comments = [] if sentence.line is None else [f"# line = {sentence.line}"]
    if sentence.starts and sentence.ends:
        for row, end, start in zip(rows, sentence.ends, sentence.starts[1:], strict=False):
            if start == end:
                row[_MISC] = "SpaceAfter=No"
        pieces = [token + " " * (row[_MISC] == "_") for token, row in zip(sentence.tokens, rows, strict=True)]
        comments.append(f"# text = {''.join(pieces).rstrip()}")
    return ConlluSentence(1, comments, rows)


def _best_columns(best: Sequence[TagWithProbability], num_best: int) -> list[str]:
    """Tag, probability, tag, probability ..."""
    told = [text for tag, probability in best for text in (tag, _probability(probability))]
    return told + [_NOTHING] * (2 * num_best - len(told))


def _probability(value: float) -> str:
    return f"{value:.4f}"


def _significant(value: float) -> float:
    """Four digits, wherever they begin: a long sentence can have many sequences, each with a small probability."""
    return float(f"{value:.4g}")


WRITERS: dict[str, Callable[[TaggedSentence], str]] = {
    "tagged": as_tagged,
    "tsv": as_tsv,
    "json": as_json,
    "conllu": as_conllu,
}
