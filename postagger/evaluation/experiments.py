"""The same settings trained again: with other seeds, on other parts of the corpus, on less of it."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import mean, stdev
from typing import Any

from tqdm import tqdm

from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.errors import ConfigError
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.result_file import ResultFile
from postagger.model_folder import library_versions
from postagger.pretraining import pretrain_for
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

_SMALLEST_PART = 16
_FEWEST_SENTENCES = 20


@dataclass(frozen=True)
class PlannedRun:
    """A tagger to be trained on a corpus's train and dev parts, and judged on its test part."""

    name: str
    corpus: Corpus
    config: TaggerConfig


@dataclass(frozen=True)
class Run:
    """How a run ended. tokens: judged ones; seconds: of training, with what was learnt from raw text."""

    name: str
    train_sentences: int
    tokens: int
    accuracy: float
    accuracy_known: float | None
    accuracy_unknown: float | None
    seconds: float


@dataclass(frozen=True)
class Experiment:
    """Some runs and, where these are of one kind, the mean of their accuracies, its standard deviation, the range."""

    title: str
    runs: list[Run]
    mean: float | None = None
    deviation: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @classmethod
    def of(cls, title: str, runs: Sequence[Run], *, alike: bool = True) -> "Experiment":
        """Summarize the runs, if they are several and alike, so that a mean means something."""
        values = [run.accuracy for run in runs]
        if len(values) < 2 or not alike:
            return cls(title, list(runs))
        return cls(title, list(runs), mean(values), stdev(values), min(values), max(values))


@dataclass(frozen=True)
class Plan:
    """The runs of an experiment. alike: whether they differ in chance alone, so that their mean means something."""

    title: str
    runs: Sequence[PlannedRun]
    alike: bool = True


def plan_seeds(corpus: Corpus, config: TaggerConfig, count: int) -> Plan:
    """The seeds from 1 to count, all else as it is."""
    runs = [PlannedRun(f"seed {seed}", corpus, _with(config, seed=seed)) for seed in range(1, count + 1)]
    return Plan(f"{_counted(count, 'seed')}, trained on {_sizes(corpus)}", runs)


def plan_folds(corpus: Corpus, config: TaggerConfig, count: int) -> Plan:
    """Cross-validation: all sentences, cut into so many stretches; each is judged by a tagger of all others.

    There is no dev set, so the last epoch is taken.

    Raises:
        ConfigError: there are fewer sentences than folds.
    """
    sentences = corpus.part("all")
    if not 1 < count <= len(sentences):
        raise ConfigError(f"--folds: expected from 2 to as many as there are sentences ({len(sentences)}), got {count}")
    bounds = [len(sentences) * number // count for number in range(count + 1)]
    runs = []
    for number, (start, end) in enumerate(itertools.pairwise(bounds), start=1):
        fold = Corpus.from_parts(corpus.name, [*sentences[:start], *sentences[end:]], (), sentences[start:end])
        runs.append(PlannedRun(f"fold {number}", fold, _with(config, patience=0)))
    return Plan(f"Cross-validation in {count} folds of the {len(sentences):,} sentences of {corpus.name}", runs)


def plan_learning_curve(corpus: Corpus, config: TaggerConfig) -> Plan:
    """The first sixteenth of the training sentences, the first eighth, and so on to all of them."""
    runs, part = [], _SMALLEST_PART
    while part:
        size = len(corpus.train) // part
        if size >= min(_FEWEST_SENTENCES, len(corpus.train)):
            beginning = Corpus.from_parts(corpus.name, corpus.train[:size], corpus.dev, corpus.test)
            runs.append(PlannedRun(f"{size:,} sentences", beginning, config))
        part //= 2
    return Plan(f"Less training text, up to {_sizes(corpus)}", runs, alike=False)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _sizes(corpus: Corpus) -> str:
    train, test = len(corpus.train), len(corpus.test)
    return f"{train:,} sentences of {corpus.name}, judged on {_counted(test, 'other')}"


def run_all(
    planned: Mapping[str, Plan],
    raw_text: Sequence[str],
    results: ResultFile,
    *,
    show_progress: bool,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[tuple[str, Experiment]]:
    """The experiments by their names. Runs that results knows already are not done again. tell: told of each run.

    Raises:
        KeyboardInterrupt: Ctrl-C; the finished runs are in results.
    """
    total = sum(len(plan.runs) for plan in planned.values())
    with tqdm(total=total, desc="runs", disable=not show_progress, unit="run") as bar:
        for name, plan in planned.items():
            done = []
            for run in plan.runs:
                bar.set_postfix_str(run.name)
                key, train = _key(run, raw_text), _train(run, raw_text, show_progress=show_progress)
                kept = key in results
                done.append(Run(**results.get(key, train) | {"name": run.name}))
                tell(f"{run.name}: accuracy {done[-1].accuracy:.4f}, {'kept from before' if kept else 'trained'}")
                bar.update()
            yield name, Experiment.of(plan.title, done, alike=plan.alike)


def _key(run: PlannedRun, raw_text: Sequence[str]) -> dict[str, Any]:
    """What the result depends on: two experiments may well share a run."""
    return {
        "config": run.config.to_dict(),
        "corpus": run.corpus.sha256,
        "test_sentences": len(run.corpus.test),
        "dev_sentences": len(run.corpus.dev),
        "raw_text": list(raw_text),
        "versions": library_versions(),
    }


def _train(run: PlannedRun, raw_text: Sequence[str], *, show_progress: bool) -> Callable[[], dict[str, Any]]:
    def train() -> dict[str, Any]:
        start = time.perf_counter()
        pretrained = pretrain_for(run.corpus, raw_text, run.config, show_progress=show_progress)
        tagger, result = train_tagger(
            run.corpus, run.config, pretrained=pretrained, show_progress=show_progress, name=run.name
        )
        result.check()
        return asdict(_judge(run, tagger, time.perf_counter() - start))

    return train


def _judge(run: PlannedRun, tagger: Tagger, seconds: float) -> Run:
    test: Sequence[Sentence] = run.corpus.test
    predictions = tagger.predict([sentence.tokens for sentence in test])
    judged = JudgedTokens.of(test, predictions, tagger.lexicon, run.corpus.name)
    return Run(
        run.name,
        len(run.corpus.train),
        len(judged),
        accuracy=float(judged.right.mean()),
        accuracy_known=judged.accuracy_known,
        accuracy_unknown=judged.accuracy_unknown,
        seconds=seconds,
    )


def _with(config: TaggerConfig, **training: Any) -> TaggerConfig:
    return replace(config, training=replace(config.training, **training))
