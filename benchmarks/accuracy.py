"""Accuracy on the Penn Treebank sample, ours beside rivals': python benchmarks/accuracy.py --json results.jsonl.

The first 3000 sentences train, the last 914 test, traces removed; one CPU thread. Words are known if the training part
has them as they are spelt. Parts:

  leaderboard       all rivals and presets, with times and sizes; then our best preset against the best rival
  folds             the first, middle and last tenth of the training part held out, the rest trained on
  cross-validation  ten folds of all 3914 sentences
  curve             the first 100, 300, 1000 and 3000 training sentences
  cases             the test part in lower, upper and title case

Rivals are not installed by this project: one that is missing is listed with the command that installs it.
With --json an interrupted run goes on where it was; delete the file when the code has changed.
"""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # libraries ask for it when they are loaded

import numpy as np
import torch
from leaderboard.contestants import SHARED_SEED, Contestant, Presets, Split, rival, trained_model
from leaderboard.results import CASES, Results, judge, judge_cases
from rivals import RIVALS, MissingRivalError

from postagger.config import PRESETS
from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.evaluation.judged_tokens import Flags, Offsets
from postagger.evaluation.result_file import Result
from postagger.evaluation.significance import DRAWS, paired_test

CURVE = (100, 300, 1000, 3000)
FOLDS = 10
FEW_RIVALS = ("NLTK perceptron", "CRF (python-crfsuite)")
Judge = Callable[[Contestant, Split], Result]
Row = tuple[str, list[Contestant]]


@dataclass(frozen=True)
class Run:
    """The options, the sentences, and where results and tables go."""

    options: argparse.Namespace
    train: Sequence[Sentence]
    test: Sequence[Sentence]
    results: Results
    presets: Presets

    @property
    def all_sentences(self) -> list[Sentence]:
        """Train and test."""
        return [*self.train, *self.test]

    def write(self, line: str) -> None:
        """A line of Markdown, at once."""
        print(line, flush=True)
        if self.options.output:
            with self.options.output.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def table(self, title: str, *columns: str) -> None:
        """The head of a table."""
        self.write(f"\n## {title}\n\n| | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")

    def row(self, *cells: str) -> None:
        """A row of it."""
        self.write(f"| {' | '.join(cells)} |")

    def rows(self, rivals: Iterable[str], presets: Iterable[str], seeds: Iterable[int]) -> list[Row]:
        """Who takes part, by name, ours with every seed; the arguments hold where no option says otherwise."""
        if self.options.rivals is not None:
            rivals = self.options.rivals
        chosen = self.options.presets or [preset for preset in presets if preset in PRESETS]
        ours = [[self.presets.contestant(preset, seed) for seed in seeds] for preset in chosen]
        return [(row[0].name, row) for row in ([[rival(name)] for name in rivals] + ours)]

    def judged(
        self, part: str, rows: Iterable[Row], splits: Sequence[Split], judge_one: Judge
    ) -> Iterator[tuple[str, list[Result]]]:
        """The results of each row, split by split, in each seed by seed; a missing rival is a row by itself."""
        for name, row in rows:
            try:
                yield (
                    name,
                    [self._result(part, contestant, split, judge_one) for split in splits for contestant in row],
                )
            except MissingRivalError as error:
                self.row(name, f"not installed: {str(error).rsplit('; ', 1)[-1]}")

    def _result(self, part: str, contestant: Contestant, split: Split, judge_one: Judge) -> Result:
        key: dict[str, Any] = {
            "part": part,
            "row": contestant.name,
            "split": split.name,
            "seed": contestant.seed,
            "sentences": self.options.sentences,
            "settings": contestant.settings,
        }
        return self.results.get(key, lambda: judge_one(contestant, split))


def leaderboard(run: Run) -> None:
    """All that take part, and the best two compared."""
    columns = "known words|unknown words|whole sentences|training, s|tokens/s|size, MB".split("|")
    run.table("Leaderboard", "accuracy: mean (range)", *columns)
    rows = run.rows(RIVALS, ("fast", "default", "thorough", "accurate"), run.options.seeds)
    by_name: dict[str, list[Result]] = {}
    split = Split("test", run.train, run.test, without=run.test, untagged=run.train)
    for name, results in run.judged("leaderboard", rows, [split], lambda one, split: judge(one, split, timed=True)):
        by_name[name] = results
        seconds, speed, size = (average(results, key) for key in ("train_seconds", "tokens_per_second", "megabytes"))
        run.row(
            name,
            *scores(results),
            f"{average(results, 'sentences'):.3f}",
            f"{seconds:.1f}",
            f"{speed:,.0f}",
            f"{size:.1f}",
        )
    compare_best(run, by_name)


def compare_best(run: Run, by_name: dict[str, list[Result]]) -> None:
    """Our best preset, with its first seed, beside the best rival."""
    ours = {name: results for name, results in by_name.items() if name not in RIVALS}
    rivals = {name: results for name, results in by_name.items() if name in RIVALS}
    if not ours or not rivals:
        return
    best, other = (max(group, key=lambda name: average(group[name], "accuracy")) for group in (ours, rivals))
    result = paired_test(*rows_of_right(ours[best][0]["right"], rivals[other][0]["right"]))
    low, high = result.gain_interval or (float("nan"), float("nan"))
    run.write(
        f"\n{best}, seed {run.options.seeds[0]}, beside {other}: {100 * result.gain:+.2f} points of accuracy, 95 % "
        f"interval {100 * low:+.2f} to {100 * high:+.2f} (paired bootstrap, {DRAWS:,} times the test "
        f"sentences); only the first was right {result.only_first} times, only the second {result.only_second} times "
        f"(McNemar's exact test: p = {result.p_value:.2g})."
    )


def rows_of_right(first: Sequence[str], second: Sequence[str]) -> tuple[Flags, Flags, Offsets]:
    """Strings of 1 and 0, one a sentence, as paired_test has them."""
    one, other = (np.array(list("".join(rows))) == "1" for rows in (first, second))
    return one, other, np.cumsum([0, *map(len, first)])


def folds(run: Run) -> None:
    """Three parts of the training sentences, each held out in its turn: what settings were chosen on."""
    count = len(run.train) // 10
    starts = {"first": 0, "middle": (len(run.train) - count) // 2, "last": len(run.train) - count}
    without = run.all_sentences if run.options.pretrained_once else run.test
    splits = [hold_out(run.train, name, start, start + count, without) for name, start in starts.items()]
    run.table("Folds of the training part", "accuracy: mean (range)", "known words", "unknown words", *starts)
    rows = run.rows((*FEW_RIVALS, "spaCy"), ("fast", "default", "thorough", "accurate"), run.options.seeds)
    for name, results in run.judged("folds", rows, splits, judge_plainly):
        seeds = len(results) // len(splits)
        by_split = [results[first : first + seeds] for first in range(0, len(results), seeds)]
        run.row(name, *scores(results), *(f"{average(group, 'accuracy'):.4f}" for group in by_split))


def cross_validation(run: Run) -> None:
    """Ten folds of all sentences, and in how many of them ours is better."""
    sentences = run.all_sentences
    bounds = [len(sentences) * i // FOLDS for i in range(FOLDS + 1)]
    splits = [hold_out(sentences, f"fold {i + 1}", bounds[i], bounds[i + 1], sentences) for i in range(FOLDS)]
    run.table("Ten-fold cross-validation", "accuracy: mean (range)", "known words", "unknown words")
    by_name: dict[str, list[float]] = {}
    rows = run.rows(FEW_RIVALS, ("default", "thorough", "accurate"), run.options.seeds[:1])
    for name, results in run.judged("cross-validation", rows, splits, judge_plainly):
        by_name[name] = [result["accuracy"] for result in results]
        run.row(name, *scores(results))
    run.table("Fold by fold", "beside", "folds won", "points of accuracy: mean (range)")
    for ours in (name for name in by_name if name not in RIVALS):
        for other in (name for name in by_name if name in RIVALS):
            gains = [100 * (one - two) for one, two in zip(by_name[ours], by_name[other], strict=True)]
            won = sum(gain > 0 for gain in gains)
            run.row(ours, other, f"{won} of {FOLDS}", f"{mean(gains):+.2f} ({min(gains):+.2f} to {max(gains):+.2f})")


def curve(run: Run) -> None:
    """Accuracy by the number of training sentences."""
    sizes = [size for size in CURVE if size <= len(run.train)] or [len(run.train)]
    splits = [Split(f"first {size}", run.train[:size], run.test, without=run.all_sentences) for size in sizes]
    run.table("Accuracy by training sentences", *(f"{size:,}" for size in sizes))
    rows = run.rows(FEW_RIVALS, ("default", "thorough", "accurate"), run.options.seeds[:1])
    for name, results in run.judged("curve", rows, splits, judge_plainly):
        run.row(name, *(f"{result['accuracy']:.4f}" for result in results))


def cases(run: Run) -> None:
    """Accuracy on the test part in other cases."""
    run.table("Accuracy by case", *CASES)
    rows = run.rows(FEW_RIVALS, ("default", "thorough", "accurate"), run.options.seeds[:1])
    rows += [(name, [trained_model(name)]) for name in run.options.model]
    split = Split("test", run.train, run.test, without=run.test, untagged=run.train)
    for name, (result,) in run.judged("cases", rows, [split], judge_cases):
        run.row(name, *(f"{result[case]:.4f}" for case in CASES))


PARTS = {
    "leaderboard": leaderboard,
    "folds": folds,
    "cross-validation": cross_validation,
    "curve": curve,
    "cases": cases,
}


def hold_out(sentences: Sequence[Sentence], name: str, start: int, end: int, without: Sequence[Sentence]) -> Split:
    """Judge on the sentences from start to end, train on the others; without: these and more, as Split has them."""
    test = sentences[start:end]
    return Split(name, [*sentences[:start], *sentences[end:]], test, [*test, *without])


def judge_plainly(contestant: Contestant, split: Split) -> Result:
    """Without the speed of tagging."""
    return judge(contestant, split, timed=False)


def scores(results: Sequence[Result]) -> list[str]:
    """The cells of accuracy, with its range, and of known and unknown words."""
    values = [result["accuracy"] for result in results]
    spread = f" ({min(values):.4f} to {max(values):.4f})" if len(values) > 1 else ""
    return [f"{mean(values):.4f}{spread}", *(f"{average(results, key):.4f}" for key in ("known", "unknown"))]


def average(results: Sequence[Result], key: str) -> float:
    """The mean of those that have such a figure; not a number if none has."""
    values = [result[key] for result in results if result[key] is not None]
    return mean(values) if values else float("nan")


def main() -> None:
    """Run the parts, and print each row as soon as it is known."""
    options = parse_arguments()
    # The trainers save what they have on a KeyboardInterrupt; half a training must not count here.
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    torch.set_num_threads(1)
    if options.output:
        options.output.write_text("", encoding="utf-8")
    corpus = load_corpus(["treebank"])
    few = slice(options.sentences)
    presets = Presets(pretrained_once=options.pretrained_once, sentences=options.sentences)
    run = Run(options, corpus.train[few], corpus.test[few], Results(options.json), presets)
    run.write(f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}")
    for part in options.parts:
        PARTS[part](run)


def parse_arguments() -> argparse.Namespace:
    """The options; None where each part has its own default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument(
        "--rivals",
        nargs="*",
        choices=list(RIVALS),
        metavar="NAME",
        help=f"of {', '.join(map(repr, RIVALS))} (default: all in the leaderboard, two or three elsewhere)",
    )
    parser.add_argument(
        "--presets",
        nargs="+",
        choices=list(PRESETS),
        help="ours (default: fast, default, thorough and accurate in leaderboard and folds, the last three elsewhere)",
    )
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=[1, 2, 3, 4, 5],
        help="of ours in leaderboard and folds; elsewhere the first of them alone",
    )
    parser.add_argument(
        "--pretrained-once",
        action="store_true",
        help=f"learn from raw text with seed {SHARED_SEED} only, for all seeds and all folds",
    )
    parser.add_argument("--model", nargs="+", default=[], metavar="DIR", help="model folders to judge in cases, too")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="results, a line each; those it has are taken from it"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables here, too")
    parser.add_argument(
        "--sentences", type=int, help="for a quick trial: so many train and test sentences, and little raw text"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
