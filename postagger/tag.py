"""python -m postagger.tag: text in, tagged text out, sentence by sentence."""

import itertools
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from postagger.command_line import Parser, add_model_arguments, command, positive, write_utf8
from postagger.data_prep.formats import TagField, read_lines
from postagger.data_prep.universal_tags import to_universal
from postagger.errors import ConfigError
from postagger.pretrained import SHIPPED, model_path
from postagger.tagged_output import WRITERS, TaggedSentence
from postagger.untagged_text import READERS, UntaggedSentence

if TYPE_CHECKING:
    from postagger.tagger import Tagger


@command("tag")
def run(arguments: Sequence[str]) -> int:
    """Read, tag, write."""
    options = _parser().parse_args(arguments)
    if options.confidence and options.output_format == "tagged":
        raise ConfigError("--confidence: expected --output-format tsv, json or conllu, got tagged; choose one of these")

    paths = [None if name == "-" else Path(name) for name in options.files or ["-"]]
    for path in filter(None, paths):
        if not os.access(path, os.R_OK):
            next(read_lines(path))  # says why, before any file is tagged

    from postagger.tagger import Tagger

    write_utf8()  # as the input is
    tagger = Tagger.load(model_path(options.model), device=options.device, precision=options.precision)
    if options.tagset == "universal":
        for tag in tagger.tagset:
            to_universal(tag)
    sentences = itertools.chain.from_iterable(map(READERS[options.input], paths))
    write = WRITERS[options.output_format]
    for sentence in _tagged(tagger, sentences, options):
        sys.stdout.write(write(sentence))
    sys.stdout.flush()
    return 0


def _parser() -> Parser:
    parser = Parser(prog="postagger tag", description="Tag text.")
    parser.add_argument("files", nargs="*", metavar="FILE", help="files to tag (default: standard input, also as -)")
    add_model_arguments(parser, shipped=SHIPPED, threads=False)
    parser.add_argument(
        "--input",
        choices=list(READERS),
        default="text",
        help="raw text; tokens between spaces, a sentence a line; or CoNLL-U (default: text)",
    )
    parser.add_argument(
        "--output-format",
        choices=list(WRITERS),
        default="tagged",
        help="word/TAG, a sentence a line; a token a line; a JSON object a line; or CoNLL-U (default: tagged)",
    )
    parser.add_argument(
        "--precision",
        choices=["float32", "bfloat16"],
        default="float32",
        help="number format of products on a CPU; bfloat16, where it has that, is faster in wide models "
        "and changes a few tags in 100,000 (default: float32)",
    )
    parser.add_argument("--workers", type=positive, default=1, help="processes that tag, a core each (default: 1)")
    parser.add_argument("--confidence", action="store_true", help="write the probability of each tag, too")
    parser.add_argument("--tagset", choices=["ptb", "universal"], default="ptb", help="tags to write (default: ptb)")
    return parser


def _tagged(tagger: "Tagger", sentences: Iterable[UntaggedSentence], options: Namespace) -> Iterator[TaggedSentence]:
    trained_field = tagger.facts.get("corpus", {}).get("tag_field", "xpos")
    tag_field: TagField = "upos" if options.tagset == "universal" or trained_field == "upos" else "xpos"
    sentences, read = itertools.tee(sentences)
    forms = (tagger.known_forms(one.tokens, one.lookups) for one in read)
    for prediction in tagger.predictions(forms, workers=options.workers):
        tags = prediction.tags
        if options.tagset == "universal":
            tags = [to_universal(tag) for tag in tags]
        yield TaggedSentence(next(sentences), tags, prediction.confidences if options.confidence else None, tag_field)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
