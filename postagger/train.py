"""python -m postagger.train: from a corpus to a model folder with its scores."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.command_line import SettingsSource, command, note, parse_settings, settings_parser
from postagger.errors import MissingCorpusError
from postagger.ranks import HERE
from postagger.run_options import RUN_OPTIONS, exit_code_of, follow, how_to_go_on, joined, run_options, tell_end

if TYPE_CHECKING:
    import jsonargparse

    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.data_prep.corpus import Corpus
    from postagger.data_prep.streamed_corpus import StreamedCorpus
    from postagger.evaluation import Evaluation
    from postagger.evaluation.quotes import Quoting
    from postagger.processes import Processes
    from postagger.run_checkpoints import RunCheckpoints
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
    start = time.perf_counter()
    return joined(lambda: _run(arguments, start))


def _run(arguments: Sequence[str], start: float) -> int:
    # Imported here, so that help and Ctrl-C answer at once.
    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.device import select_device
    from postagger.evaluation.quotes import Quoting
    from postagger.processes import present
    from postagger.settings import part_from

    settings = parse_settings(_source(), arguments)
    corpus_config = part_from(CorpusConfig, settings)
    config = TaggerConfig.from_settings({name: settings[name] for name in TaggerConfig.field_names()})
    select_device(config.training.device)
    quoting = Quoting() if settings["quote"] is None else Quoting(settings["quote"])
    options = run_options(settings)
    processes = present(config.training.device)
    load = partial(_load, corpus_config, processes)
    train = partial(_train, raw_text=corpus_config.raw_text, config=config, preset=settings["preset"])
    if not processes.is_first:
        return follow(processes, load, partial(train, corpus_config), options.no_checkpoints(processes))

    corpus = load()
    place = options.place(corpus.name)
    is_finished = place.finished("tagger", {**config.flat(), **corpus.settings}, corpus.sha256)
    if processes.first_of([is_finished])[0]:
        note(f"{place.output}: the run is complete, and there is nothing to resume.")
        return 0
    note(f"{corpus.name}: {_sizes(corpus)} sentences; ready after {time.perf_counter() - start:.1f} s")
    with place.held():
        checkpoints, hint = options.checkpoints(place, processes), partial(how_to_go_on, place)
        tagger, result = train(corpus_config, corpus, checkpoints, how_to_go_on=hint)
        processes.leave()
        tell_end(result, place)
        may_judge = processes.size == 1 or not result.interrupted  # torchrun gives no time for it
        judge = partial(_evaluate, name=place.output.name, quoting=quoting, arguments=arguments) if may_judge else None
        output, is_judged = _save(tagger, result, corpus, place, judge, compact=bool(settings["compact"]))
    print(f"\nSaved in {output} after {time.perf_counter() - start:.1f} s.", flush=True)
    return exit_code_of(result, output, is_judged=is_judged)


def parser() -> "jsonargparse.ArgumentParser":
    """The options."""
    return settings_parser(_source())


def _train(
    corpus_config: "CorpusConfig",
    corpus: "Corpus | StreamedCorpus",
    checkpoints: "RunCheckpoints",
    *,
    raw_text: Sequence[str],
    config: "TaggerConfig",
    preset: str,
    how_to_go_on: Callable[[], str] = str,
) -> "tuple[Tagger, TrainingResult]":
    """how_to_go_on: told where raw text is cut off."""
    from postagger.interrupts import Interrupted
    from postagger.pretraining import pretrain_for
    from postagger.tagger_training import train_tagger

    how: dict[str, Any] = {"show_progress": checkpoints.processes.is_first, "checkpoints": checkpoints}
    try:
        pretrained = pretrain_for(corpus, raw_text, config, tell=note, **how)
    except Interrupted:
        note(f"Interrupted while reading raw text{how_to_go_on()}.")
        raise
    return train_tagger(corpus, config, pretrained=pretrained, facts=_facts(corpus_config, preset), **how)


def _save(
    tagger: "Tagger",
    result: "TrainingResult",
    corpus: "Corpus | StreamedCorpus",
    place: "RunPlace",
    judge: "Callable[[Tagger, Corpus | StreamedCorpus, list[dict[str, Any]]], Evaluation | None] | None",
    *,
    compact: bool,
) -> tuple[Path, bool]:
    """Save the tagger, with its scores if it may be judged: where it is, and whether it was."""
    if compact:
        tagger.round_weights()
    evaluation, report, history = None, "", [asdict(record) for record in result.history]
    try:
        # Other signals than that of Ctrl-C leave no time for scores.
        if judge is not None and result.interrupted_by in (0, signal.SIGINT):
            evaluation = judge(tagger, corpus, history)
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


def _load(config: "CorpusConfig", processes: "Processes") -> "Corpus | StreamedCorpus":
    processes.check_sources("--corpus", config.corpus)
    processes.check_sources("--raw-text", config.raw_text)
    for flag, source in (("--dev", config.dev), ("--test", config.test)):
        processes.check_sources(flag, [source] if isinstance(source, str) else [])
    if config.stream:  # which may take hours, and downloads nothing
        return _stream(config)
    with processes.in_turn():
        return _in_memory(config)


def _in_memory(config: "CorpusConfig") -> "Corpus":
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
    is_off = True if HERE.rank else None  # None: a bar where somebody sees it, and nothing in a file
    with tqdm(total=size, desc="counting", unit="B", unit_scale=True, leave=False, disable=is_off) as bar:
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
    history: list[dict[str, Any]],
    *,
    name: str,
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
