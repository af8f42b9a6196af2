"""python -m postagger.doctor: what is odd in a corpus of tagged sentences."""

import sys
import typing
from collections.abc import Sequence

from postagger.argument_types import positive
from postagger.command_line import Parser, command
from postagger.data_prep.corpus import NAMED_CORPORA
from postagger.data_prep.formats import FileFormat, FormatName, TagField

_EXAMPLES = """\
examples:
  postagger doctor treebank
      what NLTK's sample of the treebank is, and what is odd in it
  postagger doctor mine.conllu --tag-field upos --test test.conllu
      your own files, and whether sentences of one stand in the other
  postagger doctor old.txt --format columns --tag-column 4 --json
      a token a line with its tag in the fourth column; findings for a program
"""


@command("doctor")
def run(arguments: Sequence[str]) -> int:
    """Read the corpus, check it, print."""
    options = parser().parse_args(arguments)

    from postagger.corpus_checks.checks import check_corpus
    from postagger.corpus_checks.overview import Overview
    from postagger.corpus_checks.placed_corpus import PlacedCorpus
    from postagger.corpus_checks.report import json_of, text_of

    corpus = PlacedCorpus.read(
        options.corpus,
        dev=options.dev,
        test=options.test,
        file_format=FileFormat(options.format, options.tag_field, options.token_column, options.tag_column),
        keep_traces=options.keep_traces,
    )
    findings, checks = check_corpus(corpus)
    print((json_of if options.json else text_of)(Overview.of(corpus), findings, checks))
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(
        prog="postagger doctor",
        description="Tell what is odd in a corpus of tagged sentences, where, and what to do.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "corpus", nargs="+", metavar="NAME|FILE", help=f"one of {' '.join(NAMED_CORPORA)}, or files of tagged sentences"
    )
    for part in ("dev", "test"):
        parser.add_argument(
            f"--{part}", type=_file_or_part, metavar="FILE|PART", help=f"the {part} set: a file, or 0.1 for a tenth"
        )
    parser.add_argument("--format", choices=typing.get_args(FormatName), help="format of the files")
    parser.add_argument(
        "--tag-field",
        choices=typing.get_args(TagField),
        default="xpos",
        help="CoNLL-U field of the tag (default: xpos)",
    )
    parser.add_argument("--token-column", type=positive, default=1, help="column of the token (default: 1)")
    parser.add_argument("--tag-column", type=positive, default=2, help="column of the tag (default: 2)")
    parser.add_argument("--keep-traces", action="store_true", help="keep the treebank's traces")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _file_or_part(text: str) -> str | float:
    """A number is a part of the sentences, anything else a file."""
    try:
        return float(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
