"""How fast we tag beside rivals: python benchmarks/speed.py --json rounds.jsonl.

Everyone is trained on the treebank's training part, saved, and measured in processes of its own: one thread, one
process at a time (two where two cores are measured), all in turn, round after round, so that a slow phase of the
machine hits everybody. Tables have medians of the rounds; ratios are taken within a round. Parts:

  one-core   Brown in bulk, lists of tokens in, tags out; and the largest memory of that process
  two-cores  the same by two workers; of rivals by two processes, a half each
  single     one sentence after the other
  load       a whole cold process, from its start to the tags of one sentence
  floor      how fast the arithmetic of our tagger could be at best on this machine

Slow rivals are given the beginning of Brown, ten seconds of it. Models stay in --models: delete it when the code has
changed. A rival whose package is missing is left out, and the command that installs it is told. Linux only.
"""

import argparse
import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # for rivals that are trained here; libraries ask for it when they are loaded

from rivals import MissingRivalError
from speed_parts.contestants import BASE, DEFAULT, EXPORTED, SHIPPED, Contestant, all_contestants
from speed_parts.floor import model_step
from speed_parts.measurement import FIRST_SENTENCE
from speed_parts.memory import print_growth
from speed_parts.processes import measured, measured_together, program_figures, seconds_of
from speed_parts.rounds import Figures, Rounds
from speed_parts.tables import MACHINE, TABLES, rate, with_arithmetic
from speed_parts.texts import Texts, smoke_texts, whole_texts
from speed_parts.training import print_races

LIBRARIES = "postagger numpy torch onnxruntime nltk python-crfsuite spacy ufal.udpipe".split()
NAMES = [contestant.name for contestant in all_contestants(Path())]
# They need no package beside the project's own.
NAMES_IN_SMOKE = [DEFAULT, SHIPPED, BASE]
TRIAL_SENTENCES = 1000
BULK_SECONDS = 10
STREAM_TOKENS, STREAM_TOKENS_IN_SMOKE = 10_000_000, 20_000
FLOOR_SECONDS, FLOOR_SECONDS_IN_SMOKE = 2.0, 0.02
# Sentences to learn and to judge on.
TRAINING, TRAINING_IN_SMOKE = (2700, 300), (50, 10)
COLD_START = "import postagger; postagger.load({model!r}, device='cpu').tag({tokens!r})"
COLD_START_OF_RIVAL = "import pathlib, rivals; rivals.LOADERS[{name!r}](pathlib.Path({model!r}))([{tokens!r}])"
BARE_START = "import pathlib, rivals"


@dataclass
class Run:
    """The options, the texts, who takes part, and what was measured. counts: how many sentences of bulk each tags."""

    options: argparse.Namespace
    texts: Texts
    rounds: Rounds
    contestants: list[Contestant] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def request(self, contestant: Contestant, task: str, **more: Any) -> dict[str, Any]:
        """A request for a measured process."""
        about = {"contestant": contestant.name, "model": str(contestant.model), "task": task}
        return {**about, "sentences": str(self.texts.bulk), "count": self.counts.get(contestant.name), **more}

    def admit(self, contestant: Contestant) -> None:
        """Let it take part, with its model made; a rival tags a little first, to see how much is enough.

        Raises:
            MissingRivalError: a package is not installed.
        """
        contestant.prepare(self.texts)
        if not (contestant.is_ours or self.options.smoke):
            figures = measured(self.request(contestant, "bulk", count=TRIAL_SENTENCES))
            self.counts[contestant.name] = self.texts.sentences_with(BULK_SECONDS * rate(figures))
        self.contestants.append(contestant)


def one_core(run: Run, contestant: Contestant) -> Figures:
    """In bulk by one process."""
    return measured(run.request(contestant, "bulk"))


def two_cores(run: Run, contestant: Contestant) -> Figures:
    """In bulk by two workers, with and without their start; or by two processes at the same time."""
    if contestant.is_ours:
        with_start = measured(run.request(contestant, "workers and their start"))
        seconds = with_start["end"] - with_start["start"]
        return {**measured(run.request(contestant, "workers")), "seconds_with_start": seconds}
    return measured_together([run.request(contestant, "bulk", share=share) for share in (0, 1)])


def single(run: Run, contestant: Contestant) -> Figures:
    """One sentence after the other."""
    return measured(run.request(contestant, "single", sentences=str(run.texts.single), count=None))


def load(_: Run, contestant: Contestant) -> Figures:
    """A cold process by the library and, of ours, by the command."""
    model, tokens = str(contestant.model), FIRST_SENTENCE
    if not contestant.is_ours:
        code = COLD_START_OF_RIVAL.format(name=contestant.name, model=model, tokens=tokens)
        return {"seconds": seconds_of(["-c", code]), "bare": seconds_of(["-c", BARE_START])}
    seconds = seconds_of(["-c", COLD_START.format(model=model, tokens=tokens)])
    return {"seconds": seconds, "command": seconds_of(["-m", "postagger.tag", "--model", model], " ".join(tokens))}


# What is measured of each contestant, beside the floor.
MEASURED: dict[str, Callable[[Run, Contestant], Figures]] = {
    "one-core": one_core,
    "two-cores": two_cores,
    "single": single,
    "load": load,
}


def main() -> None:
    """Measure all rounds, and print the tables."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        texts = (smoke_texts if options.smoke else whole_texts)(Path(folder))
        run = Run(options, texts, Rounds(options.json))
        print(header(), flush=True)
        admit_all(run, Path(folder) / "models" if options.smoke else options.models.resolve())
        for number in range(1, options.rounds + 1):
            measure_round(run, number)
        for part in options.parts:
            TABLES[part](run.rounds, run.contestants)
        if options.memory:
            streams = [one for one in run.contestants if one.name in (DEFAULT, EXPORTED)]
            tokens = STREAM_TOKENS_IN_SMOKE if options.smoke else STREAM_TOKENS
            print_growth({one.name: run.request(one, "stream") for one in streams}, tokens)
        if options.training:
            print_races(run.rounds, options.rounds, *(TRAINING_IN_SMOKE if options.smoke else TRAINING))


def header() -> str:
    """The machine and the versions of what runs on it."""
    versions = []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    about = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    return ", ".join([about, *versions])


def admit_all(run: Run, models: Path) -> None:
    """All that were asked for; those that are not installed are told of."""
    missing = []
    for contestant in all_contestants(models):
        if contestant.name not in run.options.contestants:
            continue
        try:
            run.admit(contestant)
        except MissingRivalError as error:
            missing.append(f"{contestant.name} ({str(error).rsplit('; ', 1)[-1]})")
    if missing:
        print(f"\nNot installed: {', '.join(missing)}", flush=True)


def measure_round(run: Run, number: int) -> None:
    """Every part once, in each all contestants in turn."""
    for part in run.options.parts:
        print(f"round {number} of {run.options.rounds}: {part}", file=sys.stderr, flush=True)
        if part in MEASURED:
            for contestant in run.contestants:
                run.rounds.add(part, contestant.name, number, MEASURED[part](run, contestant))
        else:
            seconds = str(FLOOR_SECONDS_IN_SMOKE if run.options.smoke else FLOOR_SECONDS)
            steps = sorted({model_step(one.model) for one in with_arithmetic(run.contestants)})
            run.rounds.add(part, MACHINE, number, program_figures("floor", seconds, *steps))


def parse_arguments() -> argparse.Namespace:
    """The options; those of --smoke are set here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured (default: 3)")
    parser.add_argument("--parts", nargs="*", choices=list(TABLES), default=list(TABLES))
    parser.add_argument(
        "--contestants",
        nargs="+",
        choices=NAMES,
        default=NAMES,
        metavar="NAME",
        help=f"of {', '.join(map(repr, NAMES))} (default: all)",
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=Path("trained/speed"),
        metavar="DIR",
        help="where trained models stay; what is missing is trained (default: trained/speed)",
    )
    parser.add_argument(
        "--memory", action="store_true", help=f"stream {STREAM_TOKENS:,} tokens, too, and watch the memory"
    )
    parser.add_argument(
        "--training", action="store_true", help="race the fast preset against the perceptron's training, too"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="append the raw rounds, a line each")
    parser.add_argument(
        "--smoke", action="store_true", help="everything once, with few sentences, ours and NLTK's only: does it run?"
    )
    options = parser.parse_args()
    if options.smoke:
        options.rounds, options.memory, options.training = 1, True, True
        options.contestants = NAMES_IN_SMOKE
    return options


if __name__ == "__main__":
    main()
