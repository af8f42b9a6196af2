"""python -m postagger.charlm evaluate: a language model's scores on a text."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from postagger.command_line import Parser, add_model_arguments, command
from postagger.errors import ConfigError
from postagger.output_folder import check_output, write_folder

if TYPE_CHECKING:
    from postagger.char_language_model import CharLanguageModel
    from postagger.data_prep.characters import Codes, Text
    from postagger.evaluation.language_scores import LanguageEvaluation


_FILES = ("evaluation.json", "report.html")

_EXAMPLES = """examples:
  postagger charlm evaluate --model my-writer
  postagger charlm evaluate --model my-writer --text novel.txt --output report
"""


@command("charlm evaluate")
def run(arguments: Sequence[str]) -> int:
    """Read the model and the text, judge, print."""
    options = parser().parse_args(arguments)
    output = None if options.output is None else Path(options.output)
    if output is not None:
        check_output(output, _FILES, force=options.force)

    import torch

    from postagger.char_language_model import CharLanguageModel
    from postagger.evaluation.language_report import language_text_report
    from postagger.evaluation.language_scores import evaluate_language_model

    torch.set_num_threads(options.threads)
    model = CharLanguageModel.load(options.model, device=options.device)
    text, known = _read(model, options.text)
    split, codes, train = _part(model, text, known=known, split=options.split)
    if options.baseline:
        train = _read(model, options.baseline)[0].codes
    evaluation = evaluate_language_model(model, codes, corpus=text.name, split=split, train=train)
    if output is not None:
        evaluation = _completed(evaluation, model, text, options.model, arguments)
        contents = dict(zip(_FILES, (evaluation.to_json().encode(), evaluation.to_html().encode()), strict=True))
        write_folder(output, contents, force=options.force)
    print(language_text_report(evaluation))
    if output is not None:
        print(f"\nSaved in {output}: {' '.join(_FILES)}.")
    return 0


def _completed(
    evaluation: "LanguageEvaluation", model: "CharLanguageModel", text: "Text", path: str, arguments: Sequence[str]
) -> "LanguageEvaluation":
    """With what only the report tells: samples, how the model was trained, and how the figures were made."""
    from postagger.evaluation.provenance import provenance
    from postagger.evaluation.samples import write_samples
    from postagger.model_folder import read_history

    return replace(
        evaluation,
        model=Path(path).resolve().name,
        samples=write_samples(model),
        history=read_history(Path(path)),
        provenance=provenance(
            model.facts,
            model.config.to_dict(),
            command=["python", "-m", "postagger.charlm", "evaluate", *arguments],
            text=text.name,
            text_SHA256=text.sha256,
            split=evaluation.split,
            model=path,
        ),
    )


def parser() -> Parser:
    """The options."""
    description = "Judge a character-level language model on a text."
    parser = Parser(prog="postagger charlm evaluate", description=description, epilog=_EXAMPLES)
    add_model_arguments(parser)
    parser.add_argument(
        "--text",
        nargs="+",
        metavar="FILE",
        help="files, folders, zip archives, or - for standard input (default: the raw text of the treebank sample)",
    )
    parser.add_argument(
        "--split",
        choices=["held-out", "train", "all"],
        help="part of the text the model was trained on (default: held-out of that text, all of any other)",
    )
    parser.add_argument(
        "--baseline",
        nargs="+",
        metavar="FILE",
        help="text to count an n-gram model on, to stand beside (default: the training part of the model's own text)",
    )
    parser.add_argument("--output", help=f"folder to write {' and '.join(_FILES)} to")
    parser.add_argument("--force", action="store_true", help="replace the output folder if it exists")
    return parser


def _read(model: "CharLanguageModel", sources: Sequence[str] | None) -> tuple["Text", bool]:
    """The text, read as in training, and whether it is the one the model was trained on."""
    from postagger.data_prep.raw_text import default_text
    from postagger.data_prep.text_files import read_text, text_of

    config, trained_on = model.config.text, model.facts.get("corpus", {}).get("sha256")
    if sources is None:
        text = text_of(*default_text(), symbols=config.symbols, newlines=config.newlines)
    else:
        text = read_text(sources, symbols=config.symbols, newlines=config.newlines)
    beginning = text if config.characters is None else text.beginning(config.characters)
    return (beginning, True) if beginning.sha256 == trained_on else (text, False)


def _part(
    model: "CharLanguageModel", text: "Text", *, known: bool, split: str | None
) -> tuple[str, "Codes", "Codes | None"]:
    """The part to judge by: its name, its codes, and the training part, where a baseline can be counted on it."""
    if not known:
        if split in ("held-out", "train"):
            raise ConfigError(f"--split {split}: expected the text the model was trained on, got another; leave it out")
        return "all", text.codes, None
    train, held_out = text.split(model.config.text.held_out)
    split = split or ("held-out" if len(held_out) else "train")
    if split == "held-out" and not len(held_out):
        raise ConfigError("--split held-out: expected a model with a held-out part, got one without; leave it out")
    parts = {"held-out": held_out, "train": train, "all": text.codes}
    return split, parts[split], train if split == "held-out" else None
