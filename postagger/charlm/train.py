"""python -m postagger.charlm train: from a text to a model folder with its scores."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.command_line import (
    SettingsSource,
    close_output,
    command,
    note,
    parse_settings,
    settings_parser,
)
from postagger.perplexity import measures
from postagger.run_options import RUN_OPTIONS, exit_code_of, follow, joined, run_options, tell_end

if TYPE_CHECKING:
    import jsonargparse

    from postagger.char_language_model import CharLanguageModel
    from postagger.char_training import EpochReport
    from postagger.data_prep.characters import Text
    from postagger.evaluation.language_scores import LanguageEvaluation
    from postagger.language_config import LanguageModelConfig, TextConfig
    from postagger.processes import Processes
    from postagger.run_checkpoints import RunCheckpoints
    from postagger.run_place import RunPlace
    from postagger.training_result import TrainingResult

_EXAMPLES = """examples:
  postagger charlm train --minutes 3                       on the text of the treebank sample
  postagger charlm train --text novel.txt --minutes 3 --output my-writer
  postagger charlm train --map hello ohlol                 the small exercise
"""
_OPTIONS: dict[str, tuple[Any, str]] = {
    "output": (str, "model folder to write (default: trained/TEXT)"),
    **RUN_OPTIONS,
    "map": ((str, str), "instead, the small exercise: learn to write one word while reading another, hello ohlol"),
}


@command("charlm train")
def run(arguments: Sequence[str]) -> int:
    """Read the settings, train, judge, save, print."""
    start = time.perf_counter()
    return joined(lambda: _run(arguments, start))


def _run(arguments: Sequence[str], start: float) -> int:
    # Imported here, so that help and Ctrl-C answer at once.
    from postagger.char_training import comparable, train_language_model
    from postagger.device import select_device
    from postagger.language_config import LanguageModelConfig
    from postagger.processes import present

    settings = parse_settings(_source(), arguments)
    config = LanguageModelConfig.from_settings({name: settings[name] for name in LanguageModelConfig.field_names()})
    select_device(config.training.device)
    processes = present(config.training.device)
    if settings["map"] is not None:
        return _map_exercise(*settings["map"], seed=config.training.seed) if processes.is_first else 0

    options, facts = run_options(settings), {"preset": settings["preset"]}
    load = partial(_read, config.text, processes)
    if not processes.is_first:
        along = partial(_train_along, config=config, facts=facts)
        return follow(processes, load, along, options.no_checkpoints(processes))
    text = load()
    place = options.place(text.name)
    is_finished = place.finished("char_language_model", comparable(config), text.sha256)
    if processes.first_of([is_finished])[0]:
        note(f"{place.output}: the run is complete, and there is nothing to resume.")
        return 0
    note(f"{text.name}: {len(text.codes):,} {config.text.symbols}; ready after {time.perf_counter() - start:.1f} s")
    if config.network.bidirectional_leak:
        _warn_of_leak()

    with place.held():
        how: dict[str, Any] = {"report": _reporter(), "show_progress": sys.stderr.isatty()}
        checkpoints = options.checkpoints(place, processes)
        model, result = train_language_model(text, config, facts=facts, checkpoints=checkpoints, **how)
        processes.leave()
        tell_end(result, place)
        may_judge = processes.size == 1 or not result.interrupted  # torchrun gives no time for it
        output, evaluation = _save(model, result, text, place, arguments, may_judge=may_judge)
    _print_scores(evaluation)
    print(f"\nSaved in {output} after {time.perf_counter() - start:.1f} s.", flush=True)
    return exit_code_of(result, output, is_judged=evaluation is not None)


def parser() -> "jsonargparse.ArgumentParser":
    """The options."""
    return settings_parser(_source())


def _train_along(
    text: "Text", checkpoints: "RunCheckpoints", *, config: "LanguageModelConfig", facts: dict[str, Any]
) -> None:
    from postagger.char_training import train_language_model

    train_language_model(text, config, facts=facts, checkpoints=checkpoints)


def _source() -> SettingsSource:
    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.language_config import LANGUAGE_PRESETS, LanguageModelConfig

    return SettingsSource(
        "charlm train",
        "[--text FILE|FOLDER|ZIP|- ...] [--preset NAME] [--minutes N] [--prefix TEXT ...] [--output DIR] [SETTING ...]",
        "Train a character-level language model and write a model folder.",
        tuple(LanguageModelConfig.parts().values()),
        LANGUAGE_PRESETS,
        _OPTIONS,
        neighbours=(CorpusConfig, *TaggerConfig.parts().values()),
        examples=_EXAMPLES,
    )


def _save(
    model: "CharLanguageModel",
    result: "TrainingResult",
    text: "Text",
    place: "RunPlace",
    arguments: Sequence[str],
    *,
    may_judge: bool,
) -> "tuple[Path, LanguageEvaluation | None]":
    """Save the model, judge it if it may be, and add the scores: where it is, and what they are."""
    from postagger.char_training import history_of
    from postagger.errors import OutputError

    output, history = place.for_model(), history_of(result)
    # Saved before it is judged, which on a large text takes a while.
    model.save(output, history=history, force=place.may_replace)
    if not may_judge or result.interrupted_by not in (0, signal.SIGINT):  # which leaves no time for scores
        return output, None
    evaluation = _evaluate(model, text, output.name)
    if evaluation is not None:
        evaluation = replace(evaluation, history=history, provenance=_provenance(model, evaluation, arguments))
        scores, report = evaluation.to_dict(), evaluation.to_html()
        try:
            model.save(output, evaluation=scores, history=history, report=report, force=True)
        except OutputError:
            note(f"{output}: the model is saved, but its scores could not be.")
            raise
        if result.is_complete:
            place.end()
    return output, evaluation


def _provenance(
    model: "CharLanguageModel", evaluation: "LanguageEvaluation", arguments: Sequence[str]
) -> dict[str, Any]:
    from postagger.evaluation.provenance import provenance

    facts, config = model.facts, model.config.to_dict()
    command_line = ["python", "-m", "postagger.charlm", "train", *arguments]
    return provenance(facts, config, command=command_line, text=evaluation.corpus, split=evaluation.split)


def _read(config: "TextConfig", processes: "Processes") -> "Text":
    processes.check_sources("--text", config.text)
    with processes.in_turn():
        return _text(config)


def _text(config: "TextConfig") -> "Text":
    from postagger.data_prep.raw_text import default_text
    from postagger.data_prep.text_files import read_text, text_of

    if config.text:
        return read_text(config.text, symbols=config.symbols, newlines=config.newlines, characters=config.characters)
    name, text = default_text()
    if name == "sample":
        note("The Penn Treebank sample is not on this machine and cannot be downloaded: training on the small sample.")
    return text_of(name, text, symbols=config.symbols, newlines=config.newlines, characters=config.characters)


def _map_exercise(source: str, target: str, *, seed: int) -> int:
    from postagger.mapping_exercise import learn_mappings

    for name, epochs in learn_mappings(source, target, seed=seed):
        print(f"{name}, {source} -> {target}")
        for number, (predicted, loss) in enumerate(epochs, start=1):
            print(f"  epoch {number:>2}: {predicted}   loss {loss:.4f}")
        reached = next((number for number, (predicted, _) in enumerate(epochs, start=1) if predicted == target), None)
        print(f"  {target} is {'not reached' if reached is None else f'first written in epoch {reached}'}\n")
    return 0


def _reporter() -> Callable[["EpochReport"], None]:
    """What prints the reports; a reader that has gone (head) is no reason to stop training."""
    warned = False

    def report(epoch: "EpochReport") -> None:
        nonlocal warned
        if epoch.unknown and not warned:
            warned = True
            note(f"warning: the model does not know {' '.join(epoch.unknown)} of --prefix; it reads <unk> there")
        try:
            _print_epoch(epoch)
        except BrokenPipeError:
            close_output()

    return report


def _print_epoch(report: "EpochReport") -> None:
    record = report.record
    for direction, nats in report.nats.items():
        of = f" {direction}" if len(report.nats) > 1 else ""
        text = f"epoch {record.epoch}{of}: {_in_words(measures(nats))}"
        if direction in report.held_out:
            text += f"; held out: {_in_words(measures(report.held_out[direction]))}"
        print(f"{text}; {record.seconds:.2f} s")
    for sample in report.samples:
        print(f" - {sample}")
    sys.stdout.flush()


def _in_words(loss: dict[str, float]) -> str:
    perplexity, bits, nats = loss["perplexity"], loss["bits_per_char"], loss["nats_per_char"]
    return f"perplexity {perplexity:.4g}, {bits:.4f} bits, {nats:.4f} nats a character"


def _warn_of_leak() -> None:
    from postagger.language_config import LEAK_WARNING

    note(f"warning: {LEAK_WARNING}")


def _evaluate(model: "CharLanguageModel", text: "Text", name: str) -> "LanguageEvaluation | None":
    """The scores; None if Ctrl-C came in between."""
    from postagger.char_training import MOST_JUDGED
    from postagger.device import threads
    from postagger.evaluation.language_scores import evaluate_language_model
    from postagger.evaluation.samples import write_samples

    train, held_out = text.split(model.config.text.held_out)
    counted = train if len(held_out) else None
    if counted is None:
        note("Nothing was held out: these scores are of the text the model was trained on.")
    split, codes = ("held-out", held_out) if len(held_out) else ("train", train)
    if len(codes) > MOST_JUDGED:
        note(f"Judged on the first {MOST_JUDGED:,} characters of {split}; charlm evaluate judges all of a text.")
        codes = codes[:MOST_JUDGED]
    try:
        with threads(model.config.training.threads):
            evaluation = evaluate_language_model(model, codes, corpus=text.name, split=split, train=counted)
            return replace(evaluation, model=name, samples=write_samples(model))
    except KeyboardInterrupt:
        note("Interrupted: the model is saved without its scores.")
        return None


def _print_scores(evaluation: "LanguageEvaluation | None") -> None:
    from postagger.evaluation.language_report import language_text_report

    if evaluation is not None:
        print(f"\n{language_text_report(evaluation)}")
