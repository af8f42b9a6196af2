"""The scores of a language model as text for a terminal."""

from postagger.evaluation.language_scores import LanguageEvaluation, Loss
from postagger.language_config import LEAK_WARNING


def language_text_report(evaluation: LanguageEvaluation) -> str:
    """A headline per direction, the baseline, and tables by class of character and by length of context."""
    lines = [
        f"{evaluation.corpus}, {evaluation.split}: {evaluation.characters:,} characters",
        "",
        _row("", "perplexity", "bits/char", "nats/char", "characters"),
    ]
    rows = {direction: scores.loss for direction, scores in evaluation.directions.items()}
    lines += [_loss_row(name, loss) for name, loss in {**rows, **evaluation.baseline}.items()]
    for direction, scores in evaluation.directions.items():
        of = f" ({direction})" if len(rows) > 1 else ""
        by_count = sorted(scores.by_class.items(), key=lambda item: -item[1].characters)
        lines += ["", f"By class of character{of}:", *(_loss_row(*item) for item in by_count)]
        lines += ["", f"By number of characters read before{of}:"]
        lines += [_loss_row(*item) for item in scores.by_position.items()]
    if evaluation.unknown:
        lines += ["", f"{evaluation.unknown:,} characters are unknown to the model; they are judged as <unk>."]
    if evaluation.leak:
        lines += ["", LEAK_WARNING]
    return "\n".join(lines)


def _loss_row(name: str, loss: Loss) -> str:
    losses = [(loss.perplexity, 3), (loss.bits_per_char, 4), (loss.nats_per_char, 4)]
    shown = [f"{value:.{digits}f}" if value < 1e5 else f"{value:.2e}" for value, digits in losses]
    return _row(name, *shown, f"{loss.characters:,}")


def _row(name: str, *values: str) -> str:
    return f"  {name:<18}" + "".join(f"{value:>12}" for value in values)
