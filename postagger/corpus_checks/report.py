"""What was found in a corpus, as text of 80 columns or as JSON."""

import dataclasses
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from postagger.corpus_checks.finding import Finding, Weight, counted, in_order, share
from postagger.corpus_checks.overview import Overview, UnknownWords
from postagger.corpus_checks.placed_corpus import WHOLE, visible
from postagger.evaluation.quotes import shortened

_WIDTH = 79
_TIED = "\u00a0"
_MOST_TAGS = 60
_MOST_WORDS = 6
_HEADINGS: dict[Weight, str] = {"mend": "To mend", "look": "To look at", "know": "Good to know"}


def text_of(overview: Overview, findings: Sequence[Finding], checks: Sequence[str]) -> str:
    """What it is, what was found, what matters first, and what is fine. checks: the names of those that were made."""
    lines, weight = [*_overview(overview)], ""
    for number, finding in enumerate(in_order(findings), start=1):
        if finding.weight != weight:
            weight = finding.weight
            lines += ["", _HEADINGS[finding.weight]]
        lines += _finding(number, finding)
    if fine := _nothing_odd(findings, checks):
        lines += ["", *_wrapped(f"Nothing odd: {', '.join(fine)}.", "")]
    return "\n".join(lines)


def json_of(overview: Overview, findings: Sequence[Finding], checks: Sequence[str]) -> str:
    """The same as one JSON object."""
    return json.dumps(
        {
            "corpus": dataclasses.asdict(overview),
            "findings": [dataclasses.asdict(finding) for finding in in_order(findings)],
            "nothing_odd": _nothing_odd(findings, checks),
        },
        ensure_ascii=False,
        indent=1,
    )


def _nothing_odd(findings: Sequence[Finding], checks: Sequence[str]) -> list[str]:
    odd = {finding.check for finding in findings}
    return [check for check in checks if check not in odd]


def _finding(number: int, finding: Finding) -> Iterator[str]:
    yield from _wrapped(finding.what, f"{number:>2}. ", "    ")
    widest = max((len(example.where) for example in finding.examples), default=0)
    for example in finding.examples:
        where, text = visible(example.where), example.text
        if 8 + widest + len(text) <= _WIDTH:
            yield f"      {where:<{widest}}  {text}"
        else:
            yield from _wrapped(f"{where}: {text}", "      ", "        ")
    yield from _wrapped(finding.advice, "    -> ", "       ")


def _overview(overview: Overview) -> Iterator[str]:
    total = sum(overview.sentences.values())
    sizes = [
        counted(total, "sentence"),
        counted(sum(overview.tokens.values()), "token"),
        counted(overview.distinct_words, "distinct word"),
        counted(len(overview.tags), "tag"),
    ]
    yield from _wrapped(f"{overview.name}: {', '.join(sizes)}", "")
    if WHOLE not in overview.sentences:
        parts = (f"{name} {count:,}" for name, count in overview.sentences.items())
        tokens = (f"{count:,}" for count in overview.tokens.values())
        yield from _field("parts", f"{', '.join(parts)} sentences; {', '.join(tokens)} tokens")
    lengths = overview.lengths
    longest = f"longest {lengths.longest:,} ({visible(lengths.where)})"
    yield from _field("lengths", f"median {lengths.median:,}, 95 % up to {lengths.percentile_95:,}, {longest}")
    bins = (f"{name}: {share(count, total)}" for name, count in lengths.bins.items() if count)
    yield from _field("", ", ".join(bins))
    for part, unknown in overview.unknown_words.items():
        yield from _field("unknown", _unknown(part, unknown))
    yield from _tags(overview.tags)


def _unknown(part: str, unknown: UnknownWords) -> str:
    words = [f"{visible(shortened(word))}{_TIED}{count:,}" for word, count in unknown.most_frequent.items()]
    said = f"{share(unknown.tokens, unknown.of_tokens)} of {part}'s tokens are not in train"
    return f"{said}: {', '.join(words[:_MOST_WORDS])}" + (" ..." if len(words) > _MOST_WORDS else "")


def _tags(tags: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """The most frequent tags, as many on a line as there is room for."""
    parts = next(iter(tags.values())).keys() - {WHOLE}
    order = " / ".join(name for name in ("train", "dev", "test") if name in parts)
    yield from _field("tags", f"how often in {order}" if order else "how often")
    cells = [(visible(shortened(tag)), "/".join(f"{count:,}" for count in of.values())) for tag, of in tags.items()][
        :_MOST_TAGS
    ]
    widths = [max(len(cell[side]) for cell in cells) for side in (0, 1)]
    texts = [f"{tag:<{widths[0]}} {counts:>{widths[1]}}" for tag, counts in cells]
    per_line = max(1, (_WIDTH + 1) // (sum(widths) + 4))
    # Down each column, as a dictionary is read.
    rows = -(-len(texts) // per_line)
    for row in range(rows):
        yield "  " + "   ".join(texts[row::rows])
    if len(tags) > _MOST_TAGS:
        yield f"  and {len(tags) - _MOST_TAGS:,} more; --json has them all"


def _field(name: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"  {name:<9}", " " * 11)


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    """Lines of text; a word that is longer than a line stays whole, and so do a number and its percent sign."""
    rest = first if rest is None else rest
    wrapper = textwrap.TextWrapper(_WIDTH, first, rest, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_TIED, " ") for line in wrapper.wrap(text.replace(" %", f"{_TIED}%"))]
