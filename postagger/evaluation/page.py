"""What the pages share: templates, figures that are looked up in evaluation.json, and text that stays text."""

import base64
import functools
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from postagger.data_prep.tag_meanings import tag_meaning

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

Path = Sequence[str | int]
"""Where a figure stands in evaluation.json: keys and indices."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Page:
    """A page of scores. scores: what evaluation.json holds. figures: plots by name. more: what else templates use."""

    def __init__(self, scores: Mapping[str, Any], figures: Mapping[str, str], **more: Any) -> None:
        self._scores = scores
        self._figures = figures
        self._more = more

    def render(self, template: str, title: str, sections: Sequence[tuple[str, str]]) -> str:
        """The whole page. sections: ids and names, in order."""
        script = _environment().get_template("report.js").render()
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return self._rendered(
            template,
            title=title,
            sections=sections,
            style=_safe(_environment().get_template("report.css").render()),
            script=_safe(script),
            script_hash=digest,
            errors_json=_safe(json_for_html(self._errors())),
            provenance=_provenance(self._scores["provenance"]),
        )

    def render_part(self, template: str) -> str:
        """A part to be shown on another page."""
        return self._rendered(template)

    def _rendered(self, template: str, **values: Any) -> str:
        text = (
            _environment()
            .get_template(template)
            .render(
                scores=self._scores,
                figure=self._figure,
                svg=self._svg,
                has_plot=self._figures.__contains__,
                **self._more,
                **values,
            )
        )
        # What UTF-8 cannot hold (half of a surrogate pair) must not cost the page.
        return text.encode("utf-8", "replace").decode("utf-8")

    def _errors(self) -> dict[str, Any]:
        """What the script of the page needs to show sentences."""
        if "errors" not in self._scores:
            return {}
        return {"tags": self._scores["confusion"]["tags"], "errors": self._scores["errors"]}

    def _figure(self, *path: Any, digits: int = 4, signed: bool = False, significant: bool = False) -> "Markup":
        """A figure by its path, with the path and the unrounded value beside it.

        path: keys, indices, or lists of them. digits: behind the point; significant: three digits that count.
        """
        from markupsafe import Markup

        steps = [step for one in path for step in (one if isinstance(one, list | tuple) else [one])]
        value: Any = self._scores
        for step in steps:
            value = value[step]
        if value is None or not math.isfinite(value):  # evaluation.json has null for both
            return Markup("–" if value is None or math.isnan(value) else "∞")
        if isinstance(value, int):
            text = f"{value:+,}" if signed else f"{value:,}"
        elif significant:
            text = f"{value:.3g}"
        else:
            text = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
        return Markup('<data value="{}" data-path="{}">{}</data>').format(repr(value), pointer(steps), text)

    def _svg(self, name: str) -> "Markup":
        return _safe(f"<figure>{self._figures[name]}</figure>") if name in self._figures else _safe("")


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("postagger.evaluation"),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"visible": visible, "written": written, "meaning": tag_meaning}
    environment.globals |= {"part": part, "pointer": pointer}
    return environment


def _safe(text: str) -> "Markup":
    """Text that is markup already."""
    from markupsafe import Markup

    return Markup(text)


def pointer(path: Path) -> str:
    """A path as a JSON pointer (RFC 6901).

    >>> pointer(["per_tag", "a/b", "f1"])
    '/per_tag/a~1b/f1'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def visible(text: object) -> str:
    r"""Control characters as their pictures; the others as they are.

    >>> visible("a\x00b")
    'a␀b'
    """
    return _CONTROL.sub(lambda match: _picture(ord(match[0])), str(text))


def _picture(code: int) -> str:
    """Unicode has pictures of ASCII's control characters alone."""
    if code > 0x7F:
        return f"\\x{code:x}"
    return "␡" if code == 0x7F else chr(0x2400 + code)


def written(text: str) -> str:
    """As visible, but lines and tabs stay what they are."""
    return re.sub(r"[^\n\t]+", lambda match: visible(match[0]), text)


def part(value: float, whole: float) -> str:
    """A part of a whole as CSS has it: 0% to 100%."""
    return f"{100 * value / whole if whole else 0:.1f}%"


def json_for_html(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _provenance(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts as texts, the names in words."""
    rows = []
    for name, value in facts.items():
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {one}" for key, one in value.items())
        rows.append((name.replace("_", " "), str(value)))
    return rows
