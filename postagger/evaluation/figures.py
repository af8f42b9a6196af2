"""Plots as SVG that takes its colours from the page around it."""

import re
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that stand for the page's own; matplotlib knows no others than real ones.
_TEXT, _GRID, _FIRST, _SECOND = "#010203", "#040506", "#070809", "#0a0b0c"
_OF_PAGE = {
    _TEXT: "currentColor",
    _GRID: "var(--line, #cccccc)",
    _FIRST: "var(--series-1, #0b57d0)",
    _SECOND: "var(--series-2, #b54708)",
}
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "postagger",
    "font.size": 9,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.edgecolor": _GRID,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "figure.subplot.right": 0.95,
    "figure.subplot.bottom": 0.2,
    "figure.subplot.top": 0.95,
    "legend.frameon": False,
}
_FEWEST_TOKENS = 10
_WIDE, _NARROW, _HEIGHT, _MARGIN = 6.4, 3.6, 2.6, 0.7


def _svg(description: str, draw: Callable[["Axes"], None], width: float = _WIDE) -> str:
    """A figure as an svg element, the same bytes each time. width: in inches, as the text is large."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(width, _HEIGHT))
        figure.patch.set_alpha(0)
        figure.subplots_adjust(left=_MARGIN / width)
        axes = figure.subplots()
        axes.patch.set_alpha(0)
        draw(axes)
        written = StringIO()
        FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return _for_page(written.getvalue(), description)


def _for_page(svg: str, description: str) -> str:
    """Without what only a file of its own needs, and with the page's colours."""
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Names of groups would be there twice on a page with two figures.
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    element = rf'<svg role="img" aria-label="{description}" width="100%" viewBox="\1">'
    svg = re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', element, svg)
    for colour, of_page in _OF_PAGE.items():
        svg = svg.replace(colour, of_page)
    return svg.strip()


def training_loss(history: Sequence[Mapping[str, Any]]) -> str:
    """The loss of each epoch."""

    def draw(axes: "Axes") -> None:
        epochs = [record["epoch"] for record in history]
        axes.plot(epochs, [record["loss"] for record in history], "o-", color=_FIRST, markersize=3)
        _label(axes, "epoch", "loss (nats a token)")

    return _svg("Loss by epoch", draw, _NARROW)


def dev_accuracy(history: Sequence[Mapping[str, Any]]) -> str:
    """The accuracy on dev after each epoch."""

    def draw(axes: "Axes") -> None:
        epochs = [record["epoch"] for record in history]
        axes.plot(epochs, [record["dev_score"] for record in history], "o-", color=_SECOND, markersize=3)
        _label(axes, "epoch", "accuracy on dev")

    return _svg("Accuracy on dev by epoch", draw, _NARROW)


def _label(axes: "Axes", x: str, y: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def reliability_curve(bins: Sequence[Mapping[str, Any]]) -> str:
    """Accuracy by confidence, beside what it should be."""

    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], "--", color=_TEXT, linewidth=0.8, label="as it should be")
        # A bin of a few tokens says nothing, and would be the first thing to be seen.
        drawn = [one for one in bins if one["tokens"] >= _FEWEST_TOKENS] or bins
        sure, right = ([one[key] for one in drawn] for key in ("confidence", "accuracy"))
        axes.plot(sure, right, "o-", color=_FIRST, markersize=3, label="as it is")
        axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(loc="lower right")

    return _svg("Accuracy by confidence", draw, _NARROW)


def confidence_histogram(bins: Sequence[Mapping[str, Any]]) -> str:
    """The number of tokens by confidence."""

    def draw(axes: "Axes") -> None:
        widths = [one["high"] - one["low"] for one in bins]
        axes.bar([one["low"] for one in bins], [one["tokens"] for one in bins], widths, align="edge", color=_FIRST)
        axes.set(xlabel="confidence", ylabel="tokens", xlim=(0, 1), yscale="log")
        axes.set_ylim(bottom=0.6)  # so that a single token can be seen

    return _svg("Tokens by confidence", draw, _NARROW)


def learning_curve(runs: Sequence[Mapping[str, Any]]) -> str:
    """Accuracy by the number of training sentences."""
    sizes = [run["train_sentences"] for run in runs]

    def draw(axes: "Axes") -> None:
        lines = (("accuracy", "all words", _FIRST, "o-"), ("accuracy_unknown", "unknown words", _SECOND, "s--"))
        for key, label, colour, style in lines:
            known = [(size, run[key]) for size, run in zip(sizes, runs, strict=True) if run[key] is not None]
            if known:
                axes.plot(*zip(*known, strict=True), style, color=colour, markersize=3, label=label)
        axes.set(xlabel="training sentences", ylabel="accuracy", xscale="log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.legend(loc="lower right")

    return _svg("Accuracy by the number of training sentences", draw)


def spread(runs: Sequence[Mapping[str, Any]]) -> str:
    """The accuracy of each run, and their mean."""
    values = [run["accuracy"] for run in runs]

    def draw(axes: "Axes") -> None:
        axes.axhline(sum(values) / len(values), color=_TEXT, linewidth=0.8, linestyle="--")
        axes.plot(range(1, len(runs) + 1), values, "o", color=_FIRST, markersize=4)
        axes.set(ylabel="accuracy")
        axes.set_xticks(range(1, len(runs) + 1), [run["name"] for run in runs], rotation=30 if len(runs) > 6 else 0)

    return _svg("The accuracy of each run, and their mean", draw)


def loss_curves(history: Sequence[Mapping[str, Any]], unit: str) -> str:
    """The bits of each epoch, on the training text and on the held-out part, where there is one."""

    def draw(axes: "Axes") -> None:
        epochs = [record["epoch"] for record in history]
        axes.plot(epochs, [record["bits_per_char"] for record in history], "o-", color=_FIRST, markersize=3)
        held_out = [
            (record["epoch"], record["held_out"]["bits_per_char"]) for record in history if "held_out" in record
        ]
        if held_out:
            axes.plot(*zip(*held_out, strict=True), "s--", color=_SECOND, markersize=3)
            axes.legend(["training", "held out"])
        _label(axes, "epoch", f"bits per {unit}")

    return _svg(f"Bits per {unit} by epoch", draw)


def loss_by_position(losses: Mapping[str, Mapping[str, Any]], unit: str) -> str:
    """The bits by how many characters, or bytes, have been read."""

    def draw(axes: "Axes") -> None:
        axes.plot(list(losses), [loss["bits_per_char"] for loss in losses.values()], "o-", color=_FIRST, markersize=3)
        axes.set(xlabel=f"{unit}s read before", ylabel=f"bits per {unit}")

    return _svg(f"Bits per {unit} by the number of {unit}s read before", draw)
