"""python -m postagger.train: from a corpus to a model folder with its scores."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.command_line import SettingsSource, command, note, parse_settings, settings_parser
from postagger.errors import MissingCorpusError
from postagger.run_options import RUN_OPTIONS, exit_code_of, how_to_go_on, run_options, tell_end

if TYPE_CHECKING:
    import jsonargparse

    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.data_prep.corpus import Corpus
    from postagger.data_prep.streamed_corpus import StreamedCorpus
    from postagger.evaluation import Evaluation
    from postagger.evaluation.quotes import Quoting
    from postagger.processes import Processes
    from postagger.run_checkpoints import RunCheckpoints
    from postagger.run_options import RunOptions
    from postagger.run_place import RunPlace
    from postagger.tagger import Tagger
    from postagger.training_result import TrainingResult

_SHOWN = 3
_EXAMPLES = """examples:
  postagger train                                          on the treebank sample, to trained/treebank
  postagger train --preset fast --output my-tagger
  postagger train --corpus mine.conllu --dev dev.conllu --test test.conllu
  postagger train --output my-tagger --resume              on with a run that was cut off
"""
_OPTIONS = {
    "output": (str, "model folder to write (default: trained/CORPUS)"),
    "compact": (bool, "store the weights rounded, in a third of the size"),
    **RUN_OPTIONS,
    "quote": (int, "words to quote on each side of an error in report.html; 0 for none of the text (default: 30)"),
}


@command("train")
def run(arguments: Sequence[str]) -> int:
    """Read the settings, train, judge, save, print."""
    # Imported here, so that help and Ctrl-C answer at once.
    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.device import select_device
    from postagger.evaluation.quotes import Quoting
    from postagger.processes import joined
    from postagger.settings import part_from

    start = time.perf_counter()
    settings = parse_settings(_source(), arguments)
    corpus_config = part_from(CorpusConfig, settings)
    config = TaggerConfig.from_settings({name: settings[name] for name in TaggerConfig.field_names()})
    select_device(config.training.device)
    quoting = Quoting() if settings["quote"] is None else Quoting(settings["quote"])
    options = run_options(settings)
    facts = _facts(corpus_config, settings["preset"])
    with joined(config.training.device) as processes:
        if not processes.is_first:
            return _follow(corpus_config, config, facts, options, processes)
        with _loading(corpus_config, processes):
            corpus = _load(corpus_config)
            place = options.place(corpus.name)
            is_finished = place.finished("tagger", {**config.flat(), **corpus.settings}, corpus.sha256)
        if processes.first_of([is_finished])[0]:
            note(f"{place.output}: the run is complete, and there is nothing to resume.")
            return 0
        note(f"{corpus.name}: {_sizes(corpus)} sentences; ready after {time.perf_counter() - start:.1f} s")
        with place.held():
            checkpoints, hint = options.checkpoints(place, processes), partial(how_to_go_on, place)
            tagger, result = _train(corpus, corpus_config.raw_text, config, facts, checkpoints, hint)
            tell_end(result, place)
            compact = bool(settings["compact"])
            output, is_judged = _save(tagger, result, corpus, place, quoting, arguments, compact=compact)
    print(f"\nSaved in {output} after {time.perf_counter() - start:.1f} s.", flush=True)
    return exit_code_of(result, output, is_judged=is_judged)


def parser() -> "jsonargparse.ArgumentParser":
    """The options."""
    return settings_parser(_source())


def _train(
    corpus: "Corpus | StreamedCorpus",
    raw_text: Sequence[str],
    config: "TaggerConfig",
    facts: dict[str, Any],
    checkpoints: "RunCheckpoints",
    how_to_go_on: "Callable[[], str]" = str,
) -> "tuple[Tagger, TrainingResult]":
    """Until no process needs the others any more. how_to_go_on: told where raw text is cut off."""
    from postagger.interrupts import Interrupted
    from postagger.pretraining import pretrain_for
    from postagger.tagger_training import train_tagger

    processes = checkpoints.processes
    how: dict[str, Any] = {"show_progress": processes.is_first, "checkpoints": checkpoints}
    try:
        pretrained = pretrain_for(corpus, raw_text, config, tell=note, **how)
    except Interrupted:
        note(f"Interrupted while reading raw text{how_to_go_on()}.")
        raise
    trained = train_tagger(corpus, config, pretrained=pretrained, facts=facts, **how)
    processes.leave()
    return trained


def _follow(
    corpus_config: "CorpusConfig",
    config: "TaggerConfig",
    facts: dict[str, Any],
    options: "RunOptions",
    processes: "Processes",
) -> int:
    """Train along with the first process, which does all the rest."""
    from postagger.interrupts import exit_code

    with _loading(corpus_config, processes):
        corpus = _load(corpus_config)
    (is_finished,) = processes.first_of([0])
    if is_finished:
        return 0
    _, result = _train(corpus, corpus_config.raw_text, config, facts, options.no_checkpoints(processes))
    return exit_code(result.interrupted_by) if result.interrupted else 0


def _loading(config: "CorpusConfig", processes: "Processes") -> AbstractContextManager[None]:
    """In turn, as a named corpus may have to be downloaded first; but files may take hours to count."""
    return processes.side_by_side() if config.stream else processes.in_turn()


def _save(
    tagger: "Tagger",
    result: "TrainingResult",
    corpus: "Corpus | StreamedCorpus",
    place: "RunPlace",
    quoting: "Quoting",
    arguments: Sequence[str],
    *,
    compact: bool,
) -> tuple[Path, bool]:
    """Judge the tagger and save it with its scores: where it is, and whether it could be judged."""
    if compact:
        tagger.round_weights()
    evaluation, report, history = None, "", [asdict(record) for record in result.history]
    try:
        if result.interrupted_by in (0, signal.SIGINT):  # other signals leave no time for scores
            evaluation = _evaluate(tagger, corpus, place.output.name, history, quoting, arguments)
            report = "" if evaluation is None else evaluation.to_html()
    finally:  # whatever becomes of the scores, the model must not be lost
        output, scores = place.for_model(), None if evaluation is None else evaluation.to_dict()
        try:
            force = place.may_replace
            tagger.save(output, evaluation=scores, history=history, report=report, compact=compact, force=force)
            if result.is_complete and evaluation is not None:
                place.end()
        finally:
            _print(evaluation, tagger, corpus)
    return output, evaluation is not None


def _facts(config: "CorpusConfig", preset: str) -> dict[str, Any]:
    """What the model tells of its corpus, beside what the corpus itself does."""
    facts = asdict(config) | {"sources": list(config.corpus), "preset": preset}
    del facts["corpus"]
    return facts


def _source() -> SettingsSource:
    from postagger.config import PARTS, PRESETS, CorpusConfig
    from postagger.language_config import LanguageModelConfig

    usage = "[--corpus NAME|FILE ...] [--preset NAME] [--output DIR] [SETTING ...]"
    description = "Train a part-of-speech tagger and write a model folder."
    neighbours = tuple(LanguageModelConfig.parts().values())
    parts = (CorpusConfig, *PARTS)
    return SettingsSource("train", usage, description, parts, PRESETS, _OPTIONS, neighbours, _EXAMPLES)


def _load(config: "CorpusConfig") -> "Corpus | StreamedCorpus":
    if config.stream:
        return _stream(config)
    try:
        return _read(config, config.corpus or ("treebank",))
    except MissingCorpusError:
        if config.corpus:
            raise
        note("The Penn Treebank sample is not on this machine and cannot be downloaded: training on the small sample.")
        return _read(config, ("sample",))


def _read(config: "CorpusConfig", sources: tuple[str, ...]) -> "Corpus":
    from postagger.data_prep.corpus import load_corpus

    return load_corpus(
        sources, dev=config.dev, test=config.test, file_format=config.file_format, keep_traces=config.keep_traces
    )


def _stream(config: "CorpusConfig") -> "StreamedCorpus":
    from tqdm import tqdm

    from postagger.data_prep.streamed_corpus import stream_corpus

    size = sum(Path(source).stat().st_size for source in config.corpus if Path(source).is_file())
    # disable=None: a bar where somebody sees it, and nothing in a file.
    with tqdm(total=size, desc="counting", unit="B", unit_scale=True, leave=False, disable=None) as bar:
        corpus = stream_corpus(
            config.corpus,
            dev=config.dev,
            test=config.test,
            file_format=config.file_format,
            keep_traces=config.keep_traces,
            shuffle_buffer=config.shuffle_buffer,
            tell=bar.update,
        )
    if missed := corpus.counts.pairs.missed:
        note(f"Too many different words to count them all: some that were there up to {missed:,} times are left out.")
    return corpus


def _sizes(corpus: "Corpus | StreamedCorpus") -> str:
    return ", ".join(f"{size:,} {split}" for split, size in corpus.sizes.items())


def _judged(corpus: "Corpus | StreamedCorpus") -> str:
    """The part to report on."""
    return "test" if corpus.test else "dev" if corpus.dev else "train"


def _evaluate(
    tagger: "Tagger",
    corpus: "Corpus | StreamedCorpus",
    name: str,
    history: list[dict[str, Any]],
    quoting: "Quoting",
    arguments: Sequence[str],
) -> "Evaluation | None":
    """The scores; None if Ctrl-C came in between, which must not cost the model."""
    from postagger.evaluation import evaluate
    from postagger.evaluation.cautions import caution
    from postagger.evaluation.provenance import provenance

    split = _judged(corpus)
    if split == "train":
        note("There is no test and no dev part: these scores are of the training sentences, and far too good.")
    try:
        evaluation = evaluate(
            tagger,
            corpus.part(split),
            corpus=corpus.name,
            split=split,
            name=name,
            train=() if split == "train" else corpus.part("train"),
            quoting=quoting,
        )
        facts = provenance(
            tagger.facts,
            tagger.config.to_dict(),
            corpus.part(split),
            command=["python", "-m", "postagger.train", *arguments],
            corpus=corpus.name,
            split=split,
        )
        return replace(evaluation, caution=caution(split), history=history, provenance=facts)
    except KeyboardInterrupt:
        note("Interrupted: saving the model without its scores.")
        return None


def _print(evaluation: "Evaluation | None", tagger: "Tagger", corpus: "Corpus | StreamedCorpus") -> None:
    from postagger.evaluation import text_report

    if evaluation is not None:
        print(text_report(evaluation))
        print(f"\nThe first sentences of {evaluation.split}, as tagged:")
        for sentence in corpus.part(evaluation.split)[:_SHOWN]:
            print("  " + " ".join(f"{token}/{tag}" for token, tag in tagger.tag(sentence.tokens)))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
