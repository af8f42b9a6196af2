"""python -m postagger.evaluate: a tagger's scores on tagged sentences."""

import sys
import typing
from argparse import BooleanOptionalAction, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from postagger.command_line import Parser, add_model_arguments, command, positive
from postagger.data_prep.corpus import NAMED_CORPORA, load_corpus, read_corpus_files
from postagger.data_prep.formats import FileFormat, FormatName, TagField
from postagger.data_prep.sentence import Sentence
from postagger.output_folder import check_output, write_folder
from postagger.pretrained import SHIPPED, model_path


@command("evaluate")
def run(arguments: Sequence[str]) -> int:
    """Read the model and the corpus, judge, print."""
    options = _parser().parse_args(arguments)
    output = None if options.output is None else Path(options.output)
    if output is not None:
        check_output(output, ["evaluation.json"], force=options.force)

    import torch

    from postagger.evaluation import evaluate, text_report
    from postagger.tagger import Tagger

    torch.set_num_threads(options.threads)
    tagger = Tagger.load(model_path(options.model), device=options.device)
    name, split, sentences = _sentences(options, tagger.facts.get("corpus", {}))
    evaluation = evaluate(tagger, sentences, corpus=name, split=split)
    if output is not None:
        write_folder(output, {"evaluation.json": evaluation.to_json().encode()}, force=options.force)
    print(text_report(evaluation))
    return 0


def _parser() -> Parser:
    parser = Parser(prog="postagger evaluate", description="Judge a tagger on tagged sentences.")
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
    parser.add_argument("--output", help="folder to write evaluation.json to")
    parser.add_argument("--force", action="store_true", help="replace the output folder if it exists")
    return parser


def _sentences(options: Namespace, trained_on: Mapping[str, Any]) -> tuple[str, str, Sequence[Sentence]]:
    """The corpus's name, the split, and its sentences, read as in training unless told otherwise."""
    file_format = FileFormat(
        options.format,
        options.tag_field or trained_on.get("tag_field", "xpos"),
        options.token_column or trained_on.get("token_column", 1),
        options.tag_column or trained_on.get("tag_column", 2),
    )
    keep_traces = bool(trained_on.get("keep_traces")) if options.keep_traces is None else options.keep_traces
    name = "+".join(Path(source).name for source in options.corpus)
    if options.split in (None, "all") and name not in NAMED_CORPORA:
        return name, "all", read_corpus_files(options.corpus, file_format, keep_traces=keep_traces)
    same = trained_on.get("name") == name
    corpus = load_corpus(
        options.corpus,
        dev=trained_on.get("dev") if same else None,
        test=trained_on.get("test") if same else None,
        file_format=file_format,
        keep_traces=keep_traces,
    )
    split = options.split or "test"
    return name, split, corpus.part(split)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
