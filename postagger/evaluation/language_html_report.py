"""The scores of a language model as a page: one file that needs nothing else, made from what evaluation.json holds."""

from collections.abc import Mapping
from typing import Any

from postagger.evaluation import figures
from postagger.evaluation.page import Page
from postagger.language_config import LEAK_WARNING

Scores = Mapping[str, Any]


def language_html_report(scores: Scores) -> str:
    """The page of an evaluation, from the contents of its evaluation.json."""
    title = f"{scores['model'] or 'A language model'} on {scores['corpus']}, {scores['split']}"
    unit = _unit(scores)
    page = Page(
        scores,
        figures=_figures(scores),
        unit=unit,
        losses=[
            ("bits_per_char", f"bits per {unit}"),
            ("perplexity", "perplexity"),
            ("nats_per_char", f"nats per {unit}"),
        ],
        leak_warning=LEAK_WARNING,
        held_out=any("held_out" in record for record in scores["history"]),
    )
    return page.render("language_report.html.j2", title, _sections(scores))


def _unit(scores: Scores) -> str:
    """What is predicted."""
    return "byte" if scores["symbols"] == "bytes" else "character"


def _figures(scores: Scores) -> dict[str, str]:
    drawn = {}
    if scores["history"]:
        drawn["training"] = figures.loss_curves(scores["history"], _unit(scores))
    for direction, of_direction in scores["directions"].items():
        drawn[f"by_position_{direction}"] = figures.loss_by_position(of_direction["by_position"], _unit(scores))
    return drawn


def _sections(scores: Scores) -> list[tuple[str, str]]:
    """The sections that have something to tell: id and name."""
    sections = {
        "losses": ("Scores", True),
        "classes": ("Characters", True),
        "positions": ("Context", True),
        "samples": ("Samples", bool(scores["samples"])),
        "losses_by_epoch": ("Training", bool(scores["history"])),
        "how": ("How made", True),
    }
    return [(id_, name) for id_, (name, is_there) in sections.items() if is_there]
