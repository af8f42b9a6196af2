"""The tables of the rounds, in Markdown."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter

from .contestants import BASE, Contestant
from .floor import LARGE, STEP_TOKENS, model_operations, model_step
from .rounds import Figures, Rounds, Value

TYPICAL_TOKENS = 25
MACHINE = "machine"
"""Whose figures those of the floor are."""


def table(title: str, *columns: str) -> None:
    """The head of a table."""
    print(f"\n## {title}\n\n| | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}", flush=True)


def row(*cells: str) -> None:
    """A row of it."""
    print(f"| {' | '.join(cells)} |", flush=True)


def times(ratio: float | None) -> str:
    """A ratio, if there is one."""
    return "" if ratio is None else f"{ratio:.2f}"


def rate(figures: Figures) -> float:
    """Tokens per second."""
    tokens: float = figures["tokens"] / (figures["end"] - figures["start"])
    return tokens


def one_core(rounds: Rounds, contestants: Sequence[Contestant]) -> None:
    """Rates, and what they take in memory and on disk."""
    columns = f"tokens/s|times {BASE}|tokens tagged|peak memory, MB|of it Python and text, MB|model, MB"
    table("In bulk, one core", *columns.split("|"))
    for one in contestants:
        middle = partial(rounds.middle, "one-core", one.name)
        row(
            one.name,
            f"{middle(rate):,.0f}",
            times(rounds.ratio("one-core", one.name, rate, ("one-core", BASE))),
            f"{middle(itemgetter('tokens')):,.0f}",
            f"{middle(itemgetter('peak_mb')):.0f}",
            f"{middle(itemgetter('before_mb')):.0f}",
            f"{one.megabytes:.1f}",
        )


def two_cores(rounds: Rounds, contestants: Sequence[Contestant]) -> None:
    """Rates, ours with and without the start of the workers."""
    columns = f"tokens/s|times {BASE}|times one core|tokens/s, start included|times one core"
    table("In bulk, two cores", *columns.split("|"))
    for one in contestants:
        row(
            one.name,
            f"{rounds.middle('two-cores', one.name, rate):,.0f}",
            times(rounds.ratio("two-cores", one.name, rate, ("two-cores", BASE))),
            times(rounds.ratio("two-cores", one.name, rate, ("one-core", one.name))),
            *(_with_start(rounds, one) if one.is_ours else ("", "")),
        )
    print(
        "\nRivals by two processes, each with half of the text. Ours by `Tagger.workers(2)`, where one process has all "
        "of it and gets it back; these workers have loaded their models before, as rivals have. Start included: "
        "`stream(workers=2)`."
    )


def _with_start(rounds: Rounds, contestant: Contestant) -> tuple[str, str]:
    ratio = rounds.ratio("two-cores", contestant.name, _rate_with_start, ("one-core", contestant.name), rate)
    return f"{rounds.middle('two-cores', contestant.name, _rate_with_start):,.0f}", times(ratio)


def _rate_with_start(figures: Figures) -> float:
    tokens: float = figures["tokens"] / figures["seconds_with_start"]
    return tokens


def single(rounds: Rounds, contestants: Sequence[Contestant]) -> None:
    """Sentences a second, and how long one takes."""
    table("One sentence at a time", "sentences/s", f"times {BASE}", f"ms for {TYPICAL_TOKENS} tokens")
    for one in contestants:
        row(
            one.name,
            f"{rounds.middle('single', one.name, _sentence_rate):,.0f}",
            times(rounds.ratio("single", one.name, _sentence_rate, ("single", BASE))),
            f"{rounds.middle('single', one.name, lambda figures: 1000 * TYPICAL_TOKENS / rate(figures)):.2f}",
        )


def _sentence_rate(figures: Figures) -> float:
    sentences: float = figures["sentences"] / (figures["end"] - figures["start"])
    return sentences


def load(rounds: Rounds, contestants: Sequence[Contestant]) -> None:
    """Seconds of cold processes."""
    table("From a cold start to the first sentence", "s", f"times as fast as {BASE}", "the tag command, s")
    bare = ""
    for one in contestants:
        middle = partial(rounds.middle, "load", one.name)
        row(
            one.name,
            f"{middle(itemgetter('seconds')):.2f}",
            times(rounds.ratio("load", one.name, lambda figures: 1 / figures["seconds"], ("load", BASE))),
            f"{middle(itemgetter('command')):.2f}" if one.is_ours else "",
        )
        if not one.is_ours:
            bare = f"{middle(itemgetter('bare')):.2f}"
    if bare:
        print(f"\nOf the seconds of rivals, {bare} are those of Python and of this program's own modules.")


def floor(rounds: Rounds, contestants: Sequence[Contestant]) -> None:
    """What the arithmetic allows, and which share of it is reached on one core; of our model folders."""
    columns = (
        "operations a token|large products: GFLOP/s|tokens/s at most|share reached|"
        "products of a step: GFLOP/s|tokens/s at most|share reached"
    )
    table("The floor", *columns.split("|"))
    for one in with_arithmetic(contestants):
        operations = model_operations(one.model)
        kinds: list[Callable[[Figures], float]] = [itemgetter("large"), partial(_step_rate, model_step(one.model))]
        cells = [cell for kind in kinds for cell in _limits(rounds, one.name, operations, kind)]
        row(one.name, f"{operations:,}", *cells)
    print(
        "\nOperations: multiplications and additions that no table of words saves. Products of float32 by numpy on "
        f"one thread: {LARGE} x {LARGE} by {LARGE} x {LARGE}; and, as steps have them, {STEP_TOKENS} x H by H x GH for "
        "H units and G gates."
    )


def _limits(rounds: Rounds, name: str, operations: int, speed: Value) -> list[str]:
    """What the machine multiplies, the tokens a second that this allows, and the share of them that is reached."""
    most = rounds.middle("floor", MACHINE, speed)
    share = rounds.ratio("one-core", name, lambda figures: rate(figures) * operations, ("floor", MACHINE), speed)
    return [f"{most / 1e9:.1f}", f"{most / operations:,.0f}", "" if share is None else f"{100 * share:.0f} %"]


def with_arithmetic(contestants: Sequence[Contestant]) -> list[Contestant]:
    """Those whose operations are known: our model folders."""
    return [one for one in contestants if one.is_ours and one.model.is_dir()]


def _step_rate(step: str, figures: Figures) -> float:
    operations: float = figures["steps"][step]
    return operations


TABLES: dict[str, Callable[[Rounds, Sequence[Contestant]], None]] = {
    "one-core": one_core,
    "two-cores": two_cores,
    "single": single,
    "load": load,
    "floor": floor,
}
