"""An evaluation as a table that reads well in a terminal of 80 columns."""

import textwrap

from postagger.evaluation.evaluation import Evaluation
from postagger.evaluation.experiments import Experiment

_MISTAKES_SHOWN = 3
_COLUMNS = 80


def text_report(evaluation: Evaluation) -> str:
    """The scores, then one line per tag, most frequent first, with what it was mistaken for; then what was compared."""
    lines = [*_headline(evaluation), "", *_tag_table(evaluation)]
    for comparison in evaluation.comparisons:
        accuracy = f"{comparison.other}: accuracy {comparison.accuracy:.4f}."
        lines += ["", *_wrapped(" ".join(filter(None, [accuracy, comparison.verdict, comparison.caution])), "")]
    for experiment in evaluation.experiments.values():
        lines += ["", *_experiment(experiment)]
    return "\n".join(lines)


def _headline(evaluation: Evaluation) -> list[str]:
    known_tokens = evaluation.tokens - evaluation.unknown_tokens
    low, high = evaluation.accuracy_interval
    rows = [
        ("accuracy", evaluation.accuracy, f"95 % interval {low:.4f} to {high:.4f}"),
        ("known words", evaluation.accuracy_known, f"{known_tokens:,} tokens"),
        (
            "unknown words",
            evaluation.accuracy_unknown,
            f"{evaluation.unknown_tokens:,} tokens not in the training text",
        ),
        ("whole sentences", evaluation.sentence_accuracy, "every tag right"),
        ("macro F1", evaluation.macro_f1, f"mean of {len(evaluation.per_tag)} tags"),
        ("baseline", evaluation.baseline_accuracy, "accuracy of the most frequent tag of each word"),
    ]
    if evaluation.reliability is not None:
        error = evaluation.reliability.expected_calibration_error
        rows.append(("calibration", error, "how far confidence and accuracy are apart"))
    name = " ".join(filter(None, [evaluation.corpus, evaluation.split])) or "corpus"
    caution = ["", *_wrapped(evaluation.caution, "")] if evaluation.caution else []
    traces = ", traces kept" if evaluation.traces else ""
    lines = [
        *_wrapped(f"{name}: {evaluation.sentences:,} sentences, {evaluation.tokens:,} tokens{traces}", ""),
        *caution,
        "",
    ]
    lines += [f"  {label:<16} {value:.4f}   {note}" for label, value, note in rows if value is not None]
    if evaluation.unseen_tags:
        seen = ", ".join(f"{tag} ({count})" for tag, count in evaluation.unseen_tags.items())
        lines += ["", *_wrapped(f"Never seen in training, counted as errors: {seen}")]
    return lines


def _tag_table(evaluation: Evaluation) -> list[str]:
    mistakes: dict[str, list[str]] = {}
    for count, gold, predicted in evaluation.confusion.errors():
        mistakes.setdefault(gold, []).append(f"{predicted} {count}")
    width = max(6, *(len(tag) for tag in evaluation.per_tag))
    lines = [f"  {'tag':<{width}} precision  recall      F1  support  mistaken for"]
    by_support = sorted(evaluation.per_tag.items(), key=lambda item: (-item[1].support, item[0]))
    for tag, tag_score in by_support:
        line = (
            f"  {tag:<{width}}    {tag_score.precision:.4f}  {tag_score.recall:.4f}  {tag_score.f1:.4f}"
            f"  {tag_score.support:>7,}  "
        )
        lines.append((line + _joined(mistakes.get(tag, [])[:_MISTAKES_SHOWN], _COLUMNS - len(line))).rstrip())
    return lines


def _experiment(experiment: Experiment) -> list[str]:
    lines = [f"{experiment.title}:", f"  {'run':<18}{'accuracy':>10}{'known':>10}{'unknown':>10}{'seconds':>10}"]
    for run in experiment.runs:
        known, unknown = (
            "" if score is None else f"{score:.4f}" for score in (run.accuracy_known, run.accuracy_unknown)
        )
        lines.append(f"  {run.name:<18}{run.accuracy:>10.4f}{known:>10}{unknown:>10}{run.seconds:>10.1f}")
    if experiment.mean is not None and experiment.deviation is not None:
        lines.append(f"  mean {experiment.mean:.4f}, standard deviation {experiment.deviation:.4f}")
    return lines


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, _COLUMNS, initial_indent=indent, subsequent_indent=indent + "  ")


def _joined(items: list[str], room: int) -> str:
    """As many of the items, between commas, as there is room for."""
    while items and len(", ".join(items)) > room:
        items = items[:-1]
    return ", ".join(items)
