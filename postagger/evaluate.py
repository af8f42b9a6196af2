"""python -m postagger.evaluate: a tagger's scores on tagged sentences, beside those of others, to read."""

import argparse
import sys
import typing
from argparse import BooleanOptionalAction, Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.argument_types import at_least_0, positive, whole_number
from postagger.command_line import Parser, add_model_arguments, command, note
from postagger.data_prep.corpus import NAMED_CORPORA
from postagger.data_prep.formats import FileFormat, FormatName, TagField
from postagger.errors import ConfigError
from postagger.judged_corpus import JudgedCorpus, Reading
from postagger.output_folder import check_output, write_folder
from postagger.pretrained import SHIPPED, model_path

if TYPE_CHECKING:
    from postagger.evaluation import Evaluation
    from postagger.evaluation.experiments import Experiment
    from postagger.tagger import Tagger

_FILES = ("evaluation.json", "predictions.conllu", "report.html")
_EXAMPLES = """examples:
  postagger evaluate                                       the shipped model on the treebank sample
  postagger evaluate --model my-tagger --output report
  postagger evaluate --model my-tagger --corpus mine.conllu --compare english-web
"""
_MOST_SEEDS = 1000
_EXPERIMENTS = ("seeds", "folds", "learning_curve")


@command("evaluate")
def run(arguments: Sequence[str]) -> int:
    """Read the model and the corpus, judge, write, print."""
    options = parser().parse_args(arguments)
    output = None if options.output is None else Path(options.output)
    _check(options, output)

    import torch

    from postagger.evaluation import compare, score, text_report
    from postagger.evaluation.cautions import caution_of_words
    from postagger.model_folder import read_history
    from postagger.tagger import Tagger

    torch.set_num_threads(options.threads)
    path = model_path(options.model)
    tagger = Tagger.load(path, device=options.device)
    reading = Reading(options.format, options.tag_field, options.token_column, options.tag_column, options.keep_traces)
    judged = JudgedCorpus.read(options.corpus, options.split, reading, tagger.facts.get("corpus", {}))
    others = _others(options, judged)
    run_experiments = _experiments(options, judged, tagger, output)
    evaluation = _evaluate(options, judged, tagger)
    beside = [(score(judged.sentences, tags, name=name), said) for name, tags, said in others]
    own_caution = _caution(judged, tagger) or caution_of_words(evaluation.unknown_tokens, evaluation.tokens)
    evaluation = replace(
        evaluation,
        caution=own_caution,
        comparisons=[replace(compare(evaluation, other), caution=said) for other, said in beside],
        experiments=run_experiments(),
        history=read_history(path) if path.is_dir() else (),  # an ONNX file has none
        provenance=_provenance(options, judged, tagger, arguments),
    )
    print(text_report(evaluation), flush=True)
    if output is not None:
        written = _write(output, evaluation, judged, with_text=options.quote > 0, force=options.force)
        print(f"\nSaved in {output}: {' '.join(written)}.")
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(prog="postagger evaluate", description="Judge a tagger on tagged sentences.", epilog=_EXAMPLES)
    add_model_arguments(parser, shipped=SHIPPED)
    parser.add_argument(
        "--corpus",
        nargs="+",
        default=["treebank"],
        metavar="NAME|FILE",
        help=f"one of {' '.join(NAMED_CORPORA)}, or files (default: treebank)",
    )
    parser.add_argument(
        "--split",
        choices=["train", "dev", "test", "all"],
        help="part of the corpus (default: test of a named corpus, all of files)",
    )
    parser.add_argument("--format", choices=typing.get_args(FormatName), help="format of the files")
    parser.add_argument(
        "--tag-field",
        choices=typing.get_args(TagField),
        help="CoNLL-U field of the tag (default: as in training)",
    )
    parser.add_argument("--token-column", type=positive, help="column of the token, from 1 (default: as in training)")
    parser.add_argument("--tag-column", type=positive, help="column of the tag, from 1 (default: as in training)")
    parser.add_argument(
        "--keep-traces", action=BooleanOptionalAction, help="keep the treebank's traces (default: as in training)"
    )
    _add_comparisons(parser)
    parser.add_argument("--output", help=f"folder to write {', '.join(_FILES)} to")
    parser.add_argument("--force", action="store_true", help="replace the output folder if it exists")
    parser.add_argument(
        "--quote",
        type=at_least_0,
        default=30,
        metavar="WORDS",
        help="words to quote on each side of an error; 0 to write nothing of the text but single words (default: 30)",
    )
    return parser


def _add_comparisons(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compare",
        action="append",
        default=[],
        metavar="DIR",
        help="another model, a folder or a shipped one, to stand beside; may be given several times",
    )
    parser.add_argument(
        "--compare-predictions",
        action="append",
        default=[],
        metavar="FILE",
        help="the same sentences as any other tagger tagged them (.conllu, .tagged, .tsv); may be given several times",
    )
    parser.add_argument(
        "--compare-format",
        choices=typing.get_args(FormatName),
        help="format of the files of --compare-predictions (default: told by the end of their names)",
    )
    seeds = whole_number(1, _MOST_SEEDS)
    parser.add_argument("--seeds", type=seeds, metavar="N", help="train with N seeds, too: how much is luck?")
    parser.add_argument("--folds", type=positive, metavar="N", help="cross-validate the settings in N folds, too")
    parser.add_argument(
        "--learning-curve", action="store_true", help="train on 1/16, 1/8 ... of the training sentences, too"
    )


def _check(options: Namespace, output: Path | None) -> None:
    """What can be told before anything is read."""
    asked = [name for name in _EXPERIMENTS if getattr(options, name)]
    if asked and output is None:
        flag = asked[0].replace("_", "-")
        raise ConfigError(f"--{flag}: expected --output for the runs to be kept beside, got none; name a folder")
    if output is not None:
        check_output(output, _FILES, force=options.force)


def _evaluate(options: Namespace, judged: JudgedCorpus, tagger: "Tagger") -> "Evaluation":
    from postagger.evaluation import evaluate
    from postagger.evaluation.quotes import Quoting

    return evaluate(
        tagger,
        judged.sentences,
        corpus=judged.name,
        split=judged.split,
        name=_names(options)[0],
        train=judged.taught(tagger.facts.get("corpus", {}).get("sha256")),
        quoting=Quoting(options.quote),
    )


def _provenance(options: Namespace, judged: JudgedCorpus, tagger: "Tagger", arguments: Sequence[str]) -> dict[str, Any]:
    from postagger.evaluation.provenance import provenance

    return provenance(
        tagger.facts,
        tagger.config.to_dict(),
        judged.sentences,
        command=["python", "-m", "postagger.evaluate", *arguments],
        corpus=judged.name,
        split=judged.split,
        model=options.model,
        sentences_quoted="none, on purpose" if options.quote == 0 else None,
    )


def _caution(judged: JudgedCorpus, tagger: "Tagger") -> str:
    from postagger.evaluation.cautions import caution

    return caution(judged.split) if judged.is_of(tagger.facts.get("corpus", {}).get("sha256")) else ""


def _others(options: Namespace, judged: JudgedCorpus) -> list[tuple[str, list[list[str]], str]]:
    """The taggers to stand beside: name, tags, and why they are too good; no two have the same name."""
    from postagger.predictions import read_predictions
    from postagger.tagger import Tagger

    # Files first: they are read in no time, and may be wrong.
    file_format = FileFormat(options.compare_format, judged.file_format.tag_field)
    from_files = [
        read_predictions(Path(source), judged.sentences, file_format) for source in options.compare_predictions
    ]
    tokens = [sentence.tokens for sentence in judged.sentences]
    from_models = []
    for model in options.compare:
        other = Tagger.load(model_path(model), device=options.device)
        tags = [prediction.tags for prediction in other.predict(tokens)]
        from_models.append((tags, _caution(judged, other)))
    taggers = [*from_models, *((tags, "") for tags in from_files)]
    return [(name, *tagger) for name, tagger in zip(_names(options)[1:], taggers, strict=True)]


def _names(options: Namespace) -> list[str]:
    """What the taggers are called: the model, those of --compare, those of --compare-predictions.

    The last part of the path will do, unless two share it.
    """
    models, files = [options.model, *options.compare], options.compare_predictions
    short = [name if name in SHIPPED else Path(name).resolve().name for name in models]
    short += [Path(name).stem for name in files]
    whole = [*models, *files]
    named = [one if short.count(one) == 1 else path for one, path in zip(short, whole, strict=True)]
    return [one if named.count(one) == 1 else f"{one} ({number})" for number, one in enumerate(named, start=1)]


def _experiments(
    options: Namespace, judged: JudgedCorpus, tagger: "Tagger", output: Path | None
) -> Callable[[], "dict[str, Experiment]"]:
    """What runs the experiments that were asked for; that they can be run is found out at once."""
    from postagger.evaluation.experiments import plan_folds, plan_learning_curve, plan_seeds, run_all
    from postagger.evaluation.result_file import ResultFile

    training = replace(tagger.config.training, device=options.device, threads=options.threads)
    config = replace(tagger.config, training=training)
    planned = {}
    if options.seeds:
        planned["seeds"] = plan_seeds(judged.with_training_part(), config, options.seeds)
    if options.learning_curve:
        planned["learning_curve"] = plan_learning_curve(judged.with_training_part(), config)
    if options.folds:
        planned["folds"] = plan_folds(judged.whole(), config, options.folds)
    raw_text = tagger.facts.get("corpus", {}).get("raw_text") or ()

    def run_them() -> "dict[str, Experiment]":
        if not planned or output is None:
            return {}
        kept = _kept_runs(output)
        try:
            # Where there are bars, they tell how far it is; else a line a run does.
            terminal = sys.stderr.isatty()
            tell = (lambda _: None) if terminal else note
            return dict(run_all(planned, raw_text, ResultFile(kept), show_progress=terminal, tell=tell))
        except KeyboardInterrupt:
            note(f"Interrupted: finished runs are kept in {kept}; the same command goes on from there.")
            raise

    return run_them


def _kept_runs(output: Path) -> Path:
    """Where the finished runs are kept until all are."""
    place = output if output.name not in ("", "..") else output.resolve()
    return place.with_name(f"{place.name}.runs.jsonl")


def _write(output: Path, evaluation: "Evaluation", judged: JudgedCorpus, *, with_text: bool, force: bool) -> list[str]:
    """Write the files, without the sentences where these must not be shown; their names."""
    from postagger.predictions import predictions_conllu

    contents = {"evaluation.json": evaluation.to_json()}
    if with_text:
        predictions = evaluation.judged.predictions
        # What is no file but a pipe has been read once, and would be waited for without end.
        files = judged.files if all(path.is_file() for path in judged.files) else ()
        contents["predictions.conllu"] = predictions_conllu(judged.sentences, predictions, judged.file_format, files)
    contents["report.html"] = evaluation.to_html()
    encoded = {name: text.encode("utf-8", "surrogatepass") for name, text in contents.items()}
    write_folder(output, encoded, names=_FILES, force=force)
    _kept_runs(output).unlink(missing_ok=True)
    return list(contents)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
