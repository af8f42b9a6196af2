"""python -m postagger.tag: text in, tagged text out, sentence by sentence."""

import contextlib
import functools
import itertools
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from postagger.argument_types import number, positive, whole_number
from postagger.arrivals import Tell, bursts
from postagger.command_line import Parser, add_model_arguments, command, note
from postagger.data_prep.text_lines import read_lines
from postagger.errors import ConfigError, InputError
from postagger.pretrained import SHIPPED, model_path
from postagger.reading_progress import reading_progress
from postagger.tag_colors import colored, wants_color
from postagger.tagged_output import WRITERS, TaggedSentence, as_tagged, as_tsv
from postagger.untagged_text import INPUTS, UntaggedSentence, read_untagged

if TYPE_CHECKING:
    from postagger.tagged_sentences import SentenceTagger
    from postagger.tagger import Tagger

_FORMATS = {
    "confidence": ("tsv", "json", "conllu"),
    "k_best": ("tsv", "json", "conllu"),
    "k_best_sequences": ("json",),
}
"""The output formats that have a place for what these options ask for."""
_MOST_WORKERS = 256
_MOST_SEQUENCES = 1000
_BLANK_LINE = "a blank line ends what is tagged together"
_ENDS = {"text": _BLANK_LINE, "conllu": _BLANK_LINE, "lines": "each line is tagged", "tokens": "each line is tagged"}
_EXAMPLES = """examples:
  echo "She can't bear the bear." | postagger tag
  postagger tag --input lines --output-format json < questions.txt
  postagger tag --min-confidence 0.9 --output-format tsv novel.txt > novel.tsv
  postagger tag --tagset ud --input conllu --output-format conllu trees.conllu
"""


@command("tag")
def run(arguments: Sequence[str]) -> int:
    """Read, tag, write."""
    options = parser().parse_args(arguments)
    _check(options)
    paths = [None if name == "-" else Path(name) for name in options.files or ["-"]]
    for path in filter(None, paths):
        if " " in str(path) and not os.path.exists(path):  # noqa: PTH110 - which no text is too long for
            raise ConfigError(f"expected files, got {str(path)[:40]!r}; to tag a text: echo TEXT | postagger tag")
        if not os.access(path, os.R_OK):
            next(read_lines(path))  # says why, before any file is tagged

    if None in paths and sys.stdin is not None and sys.stdin.isatty():
        note(f"Reading from the terminal; {_ENDS[options.input]}, Ctrl-D ends all.")
    tagger = _tagger(options)
    with reading_progress(paths) as tell, _sentence_tagger(tagger, options) as sentence_tagger:
        num_tokens, num_uncertain = _write_all(sentence_tagger, _read(paths, options.input, tell), _writer(options))
    if options.min_confidence is not None:
        note(f"{num_uncertain:,} of {num_tokens:,} tokens below {options.min_confidence:g}")
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(prog="postagger tag", description="Tag text.", epilog=_EXAMPLES)
    parser.add_argument("files", nargs="*", metavar="FILE", help="files to tag (default: standard input, also as -)")
    add_model_arguments(parser, shipped=SHIPPED, threads=False)
    parser.add_argument(
        "--input",
        choices=list(INPUTS),
        default="text",
        help="raw text; raw text of which each line stands by itself; tokens between spaces, a sentence a line; "
        "or CoNLL-U (default: text)",
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
    workers = whole_number(1, _MOST_WORKERS)
    parser.add_argument("--workers", type=workers, default=1, help="processes that tag, a core each (default: 1)")
    _add_tags(parser)
    _add_doubts(parser)
    return parser


def _add_tags(parser: Parser) -> None:
    parser.add_argument(
        "--tagset",
        default="ptb",
        metavar="NAME|FILE",
        help="tags to write: ptb, the model's own; universal; ud; or a file that maps them, two tags a line: NN NOUN "
        "(default: ptb)",
    )
    parser.add_argument(
        "--lexicon", metavar="FILE", help="words with the only tags they may have, a word a line: Python NNP"
    )
    parser.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="tags in the colours of their word classes (default: auto, on a terminal only)",
    )


def _add_doubts(parser: Parser) -> None:
    parser.add_argument("--confidence", action="store_true", help="write the probability of each tag, too")
    parser.add_argument(
        "--min-confidence",
        type=number(0, 1),
        metavar="P",
        help="mark the tags that are less probable than this, 0 to 1, and count them",
    )
    parser.add_argument(
        "--k-best",
        type=positive,
        default=0,
        metavar="N",
        help="of each token the N most probable tags with their probabilities, too",
    )
    parser.add_argument(
        "--k-best-sequences",
        type=whole_number(1, _MOST_SEQUENCES),
        default=0,
        metavar="N",
        help="of each sentence the N most probable sequences of tags, too (json only)",
    )


def _check(options: Namespace) -> None:
    """What can be told before anything is read."""
    for name, formats in _FORMATS.items():
        flag = f"--{name.replace('_', '-')}"
        if not getattr(options, name):
            continue
        if options.output_format not in formats:
            said = " or ".join(filter(None, [", ".join(formats[:-1]), formats[-1]]))
            raise ConfigError(
                f"{flag}: expected --output-format {said}, got {options.output_format}; choose such a one"
            )
        if name != "confidence" and options.workers > 1:
            raise ConfigError(f"{flag}: expected --workers 1, got {options.workers}; leave one of them out")
    if options.color == "always" and options.output_format != "tagged":
        raise ConfigError(f"--color always: expected --output-format tagged, got {options.output_format}; use auto")


def _tagger(options: Namespace) -> "Tagger":
    from postagger.tagger import Tagger

    tagger = Tagger.load(model_path(options.model), device=options.device, precision=options.precision)
    tagger = tagger.with_tags(tagset=options.tagset)
    if options.lexicon is None:
        return tagger

    from postagger.tag_choice import read_lexicon

    allowed = read_lexicon(Path(options.lexicon))
    try:
        return tagger.with_tags(allowed=allowed)
    except InputError as error:
        raise ConfigError(f"--lexicon {options.lexicon}: {str(error).removeprefix('allowed: ')}") from None


@contextlib.contextmanager
def _sentence_tagger(tagger: "Tagger", options: Namespace) -> Iterator["SentenceTagger"]:
    from postagger.tagged_sentences import SentenceTagger, Wanted, tag_field_of

    wanted = Wanted(options.confidence, options.k_best, options.k_best_sequences, options.min_confidence)
    tag_field = tag_field_of(tagger, options.tagset)
    if options.workers == 1:
        yield SentenceTagger(tagger, tag_field, wanted)
        return
    with tagger.workers(options.workers) as workers:
        yield SentenceTagger(tagger, tag_field, wanted, workers)


def _read(paths: Sequence[Path | None], kind: str, tell: Tell | None) -> Iterator[UntaggedSentence | None]:
    return itertools.chain.from_iterable(read_untagged(kind, path, tell) for path in paths)


def _writer(options: Namespace) -> Callable[[TaggedSentence], str]:
    if options.output_format == "tsv":
        return functools.partial(as_tsv, num_best=options.k_best)
    is_colored = options.color == "always" or (options.color == "auto" and wants_color(sys.stdout))
    if options.output_format == "tagged" and is_colored:
        return functools.partial(as_tagged, paint=colored)
    return WRITERS[options.output_format]


def _write_all(
    sentence_tagger: "SentenceTagger",
    sentences: Iterator[UntaggedSentence | None],
    write: Callable[[TaggedSentence], str],
) -> tuple[int, int]:
    """Write whatever has arrived before more is waited for; how many tokens there were, and how many uncertain ones."""
    num_tokens = num_uncertain = 0
    for burst in bursts(sentences):
        for tagged in sentence_tagger.tagged(burst):
            sys.stdout.write(write(tagged))
            num_tokens += len(tagged.tags)
            num_uncertain += sum(tagged.uncertain or ())
        sys.stdout.flush()
    return num_tokens, num_uncertain


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
