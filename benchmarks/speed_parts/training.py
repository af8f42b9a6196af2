"""How soon our fast preset has learnt more than NLTK's perceptron."""

from dataclasses import dataclass
from statistics import median

from .contestants import BASE
from .processes import program_figures
from .rounds import Rounds
from .tables import row, table

PART = "training"


@dataclass(frozen=True)
class Race:
    """One round: the seconds and accuracies of both at their ends, and when ours passed the other's, if it did."""

    perceptron: tuple[float, float]
    fast: tuple[float, float]
    passed: float | None


def print_races(rounds: Rounds, number: int, train: int, dev: int) -> None:
    """So many rounds, each with so many sentences to learn and to judge on."""
    table(
        f"Training on {train:,} sentences, judged on {dev:,}",
        *f"{BASE}, s|its accuracy|`fast` is past it after, s|times as fast|`fast` to its end, s|its accuracy".split(
            "|"
        ),
    )
    ratios = []
    for one in range(1, number + 1):
        race = _race(rounds, one, train, dev)
        ratio = None if race.passed is None else race.perceptron[0] / race.passed
        ratios += [] if ratio is None else [ratio]
        (seconds, accuracy), (our_seconds, our_accuracy) = race.perceptron, race.fast
        row(
            f"round {one}",
            f"{seconds:.2f}",
            f"{accuracy:.4f}",
            "not passed" if race.passed is None else f"{race.passed:.2f}",
            "" if ratio is None else f"{ratio:.1f}",
            f"{our_seconds:.2f}",
            f"{our_accuracy:.4f}",
        )
    if ratios:
        print(f"\nMedian: {median(ratios):.1f} times as fast past the perceptron, in {len(ratios)} of {number} rounds.")


def _race(rounds: Rounds, number: int, train: int, dev: int) -> Race:
    looks = {}
    for learner in ("perceptron", "fast"):
        figures = program_figures("learning", learner, "--train", str(train), "--dev", str(dev))
        rounds.add(PART, learner, number, figures)
        looks[learner] = [(seconds, accuracy) for seconds, accuracy in figures["looks"]]
    end = looks["perceptron"][-1]
    passed = next((seconds for seconds, accuracy in looks["fast"] if accuracy > end[1]), None)
    return Race(end, looks["fast"][-1], passed)
