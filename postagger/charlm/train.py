"""python -m postagger.charlm train: from a text to a model folder with its scores."""

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.command_line import INTERRUPTED, SettingsSource, command, note, parse_settings, write_utf8
from postagger.errors import OutputError

if TYPE_CHECKING:
    from postagger.char_language_model import CharLanguageModel
    from postagger.char_training import EpochReport
    from postagger.data_prep.characters import Text
    from postagger.evaluation.language_scores import LanguageEvaluation
    from postagger.language_config import TextConfig

_OPTIONS: dict[str, tuple[Any, str]] = {
    "output": (str, "model folder to write (default: trained/TEXT)"),
    "force": (bool, "replace the model folder, and an unfinished run, if there is one"),
    "resume": (bool, "go on with a run that was cut off: the same command, with this flag"),
    "map": ((str, str), "instead, the small exercise: learn to write one word while reading another, hello ohlol"),
}


@command("charlm train")
def run(arguments: Sequence[str]) -> int:
    """Read the settings, train, judge, save, print."""
    # Imported here, so that help and Ctrl-C answer at once.
    from postagger.char_training import history_of, train_language_model
    from postagger.checkpoint import checkpoint_path
    from postagger.config import CorpusConfig, TaggerConfig
    from postagger.device import select_device
    from postagger.language_config import LANGUAGE_PRESETS, LanguageModelConfig
    from postagger.model_folder import MODEL_FILES
    from postagger.output_folder import check_output, free_path

    start = time.perf_counter()
    source = SettingsSource(
        "charlm train",
        "[--text FILE|FOLDER|ZIP|- ...] [--preset NAME] [--minutes N] [--prefix TEXT ...] [--output DIR] [SETTING ...]",
        "Train a character-level language model and write a model folder.",
        tuple(LanguageModelConfig.parts().values()),
        LANGUAGE_PRESETS,
        _OPTIONS,
        neighbours=(CorpusConfig, *TaggerConfig.parts().values()),
    )
    settings = parse_settings(source, arguments)
    write_utf8()
    config = LanguageModelConfig.from_settings({name: settings[name] for name in source.fields})
    select_device(config.training.device)
    if settings["map"] is not None:
        return _map_exercise(*settings["map"], seed=config.training.seed)

    resume, named = bool(settings["resume"]), settings["output"]
    force = bool(settings["force"]) or resume  # what a run that was cut off has saved is its own
    if named is not None:
        check_output(Path(named), MODEL_FILES, force=force)
    text = _read(config.text)
    output = Path(named) if named is not None else Path("trained") / Path(text.name).stem
    if named is None and not resume:
        output = free_path(output)
    check_output(output, MODEL_FILES, force=force)
    checkpoint = checkpoint_path(output)
    if checkpoint.exists() and not force:
        raise OutputError(f"{checkpoint}: expected no unfinished run, got one; add --resume to go on, or --force")
    note(f"{text.name}: {len(text.codes):,} {config.text.symbols}; ready after {time.perf_counter() - start:.1f} s")
    if config.network.bidirectional_leak:
        _warn_of_leak()

    facts = asdict(config.text) | {"preset": settings["preset"]}
    del facts["text"]
    model, result = train_language_model(
        text,
        config,
        facts=facts,
        report=_print_epoch,
        show_progress=sys.stderr.isatty(),
        checkpoint=checkpoint,
        resume=resume,
    )
    if result.interrupted:
        note("Interrupted: saving the model so far; the same command with --resume goes on.")
    evaluation = _evaluate(model, text)
    scores = None if evaluation is None else evaluation.to_dict()
    model.save(output, evaluation=scores, history=history_of(result), force=force)
    if not result.interrupted:
        shutil.rmtree(checkpoint, ignore_errors=True)
    _print_scores(evaluation)
    print(f"\nSaved in {output} after {time.perf_counter() - start:.1f} s.")
    return INTERRUPTED if result.interrupted or evaluation is None else 0


def _read(config: "TextConfig") -> "Text":
    from postagger.data_prep.characters import read_text, text_of
    from postagger.data_prep.raw_text import default_text

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


def _print_epoch(report: "EpochReport") -> None:
    from postagger.char_training import measures

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
    from postagger.evaluation.language_report import LEAK_WARNING

    note(f"warning: {LEAK_WARNING}")


def _evaluate(model: "CharLanguageModel", text: "Text") -> "LanguageEvaluation | None":
    """The scores; None if Ctrl-C came in between, which must not cost the model."""
    from postagger.device import threads
    from postagger.evaluation.language_scores import evaluate_language_model

    train, held_out = text.split(model.config.text.held_out)
    split = "held-out" if len(held_out) else "train"
    if split == "train":
        note("Nothing was held out: these scores are of the text the model was trained on.")
    try:
        with threads(model.config.training.threads):
            return evaluate_language_model(
                model,
                held_out if len(held_out) else train,
                corpus=text.name,
                split=split,
                train=train if len(held_out) else None,
            )
    except KeyboardInterrupt:
        note("Interrupted: saving the model without its scores.")
        return None


def _print_scores(evaluation: "LanguageEvaluation | None") -> None:
    from postagger.evaluation.language_report import language_text_report

    if evaluation is not None:
        print(f"\n{language_text_report(evaluation)}")
