"""The scores of a tagger as a page: one file that needs nothing else, and runs nothing that a text holds.

It is made from what evaluation.json holds and from nothing else; every figure on it is looked up there by its path.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from postagger.evaluation import figures
from postagger.evaluation.mistakes import MOST_DOUBTS, MOST_ERRORS, MOST_OF_A_CONFUSION
from postagger.evaluation.page import Page, Path, part

Scores = Mapping[str, Any]

_MOST_SURPRISING = 50
_MOST_TAGS = 50
_MISTAKEN_SHOWN = 3
_MEASURES = (
    ("accuracy", "accuracy"),
    ("accuracy_known", "known words"),
    ("accuracy_unknown", "unknown words"),
    ("sentence_accuracy", "whole sentences"),
    ("macro_f1", "macro F1"),
)
_BASELINES = (
    ("baseline_accuracy", "baseline: each word's most frequent tag"),
    ("frequent_tag_accuracy", "baseline: one tag for all"),
)


def html_report(scores: Scores) -> str:
    """The page of an evaluation, from the contents of its evaluation.json."""
    return _page(scores).render("tagger_report.html.j2", _title(scores), _sections(scores))


def notebook_view(scores: Scores) -> str:
    """The scores, the tags and the plots, to be shown in a notebook."""
    return _page(scores).render_part("notebook.html.j2")


def _page(scores: Scores) -> Page:
    return Page(
        scores,
        figures=_figures(scores),
        ours=scores["tagger"] or "this tagger",
        measures=_MEASURES,
        baselines=_BASELINES,
        has_dev=_has_dev(scores),
        mistaken=_mistaken(scores["confusion"]),
        heat=_heat(scores["confusion"]),
        surprising=[error for error in scores["errors"] if error["confidence"] is not None][:_MOST_SURPRISING],
        most_of_a_confusion=MOST_OF_A_CONFUSION,
        most_errors=MOST_ERRORS,
        most_doubts=MOST_DOUBTS,
    )


def _figures(scores: Scores) -> dict[str, str]:
    drawn = {}
    if scores["history"]:
        drawn["loss"] = figures.training_loss(scores["history"])
    if _has_dev(scores):
        drawn["dev"] = figures.dev_accuracy(scores["history"])
    if scores["reliability"] is not None:
        drawn["reliability"] = figures.reliability_curve(scores["reliability"]["bins"])
        drawn["confidences"] = figures.confidence_histogram(scores["reliability"]["bins"])
    for kind, study in scores["experiments"].items():
        draw = figures.learning_curve if kind == "learning_curve" else figures.spread
        drawn[kind] = draw(study["runs"])
    return drawn


def _has_dev(scores: Scores) -> bool:
    return any(record["dev_score"] is not None for record in scores["history"])


def _title(scores: Scores) -> str:
    judged = " ".join(filter(None, [scores["corpus"], scores["split"]])) or "a corpus"
    return f"{scores['tagger'] or 'Evaluation'} on {judged}"


def _sections(scores: Scores) -> list[tuple[str, str]]:
    """The sections that have something to tell: id and name."""
    sections = {
        "scores": ("Scores", True),
        "comparison": ("Comparison", bool(scores["comparisons"])),
        "tags": ("Tags", True),
        "confusions": ("Confusions", True),
        "words": ("Words", True),
        "confidence": ("Confidence", scores["reliability"] is not None),
        "errors": ("Errors", bool(scores["errors"])),
        "gold": ("Gold", bool(scores["doubted"] or scores["variations"])),
        "training": ("Training", bool(scores["history"])),
        "experiments": ("Trained again", bool(scores["experiments"])),
        "how": ("How made", True),
    }
    return [(id_, name) for id_, (name, is_there) in sections.items() if is_there]


def _mistaken(confusion: Mapping[str, Any]) -> dict[str, list[tuple[str, Path, int]]]:
    """For each gold tag what it was most often taken for, where in evaluation.json that stands, and how often."""
    tags, mistaken = confusion["tags"], {}
    for row, (gold, counts) in enumerate(zip(tags, confusion["matrix"], strict=True)):
        wrong = [column for column, count in enumerate(counts) if count and column != row]
        wrong.sort(key=lambda column: (-counts[column], tags[column]))
        mistaken[gold] = [(tags[column], _cell(row, column), counts[column]) for column in wrong[:_MISTAKEN_SHOWN]]
    return mistaken


def _cell(row: int, column: int) -> Path:
    return ["confusion", "matrix", row, column]


def _heat(confusion: Mapping[str, Any]) -> dict[str, Any]:
    """The tags with errors, in the order of the alphabet, and their cells: predicted tag, count, path, shade."""
    tags, matrix = confusion["tags"], confusion["matrix"]
    errors = _errors_of_tags(matrix)
    chosen = sorted(range(len(tags)), key=lambda number: (-errors[number], tags[number]))[:_MOST_TAGS]
    chosen = sorted(number for number in chosen if errors[number])
    most = max((matrix[row][column] for row in chosen for column in chosen if row != column), default=0)
    rows = [
        (
            tags[row],
            [
                (tags[column], matrix[row][column], _cell(row, column), _shade(matrix[row][column], most))
                for column in chosen
            ],
        )
        for row in chosen
    ]
    return {"columns": [tags[number] for number in chosen], "rows": rows, "left_out": len(tags) - len(chosen)}


def _errors_of_tags(matrix: Sequence[Sequence[int]]) -> list[int]:
    """How many errors each tag has a part in, be it gold or predicted."""
    numbers = range(len(matrix))
    return [sum(matrix[one][other] + matrix[other][one] for other in numbers if other != one) for one in numbers]


def _shade(count: int, most: int) -> str:
    """How dark a cell is: by the logarithm, so that a single error can be seen beside a hundred."""
    return part(math.log1p(count), math.log1p(most) * 2) if count else "0%"
