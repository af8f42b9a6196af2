"""python -m postagger.tags: what the tags mean."""

import itertools
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence

from postagger.command_line import Parser, command
from postagger.data_prep.tag_mapping import PENN, TagMapping
from postagger.data_prep.tag_meanings import UD_TAGS, tag_example, tag_meaning
from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL
from postagger.pretrained import SHIPPED, model_path

_WIDTH = 80
_MEANING_WIDTH = 40
_GAP = 2
_EXAMPLES = """examples:
  postagger tags
  postagger tags --tagset ud
  postagger tags --model english-web
"""


@command("tags")
def run(arguments: Sequence[str]) -> int:
    """Find the tags, print them."""
    options = parser().parse_args(arguments)
    tags = _tags(options)
    print("\n".join(table(sorted(tags))))
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(prog="postagger tags", description="Show what the tags mean.", epilog=_EXAMPLES)
    parser.add_argument(
        "--tagset",
        metavar="NAME|FILE",
        help="ptb, universal, ud, or a file that maps tags, two a line: NN NOUN (default: ptb, or the model's own)",
    )
    parser.add_argument(
        "--model", help=f"only the tags that this one tells: a model folder, or one of {' '.join(SHIPPED)}"
    )
    return parser


def table(tags: Iterable[str]) -> Iterator[str]:
    """The lines of a table of tags, meanings and examples, of at most 80 columns as far as the tags leave room."""
    tags = list(tags)
    tag_width = max(map(len, tags), default=0) + _GAP
    example_width = max(_WIDTH - tag_width - _MEANING_WIDTH - _GAP, _WIDTH // 4)
    for tag in tags:
        meaning = textwrap.wrap(tag_meaning(tag), _MEANING_WIDTH)
        example = textwrap.wrap(tag_example(tag), example_width)
        for first, second, third in itertools.zip_longest([tag], meaning, example, fillvalue=""):
            yield f"{first:<{tag_width}}{second:<{_MEANING_WIDTH + _GAP}}{third}".rstrip()


def _tags(options: Namespace) -> set[str]:
    if options.model is not None:
        from postagger.tagger import Tagger

        tagger = Tagger.load(model_path(options.model), device="cpu")
        return set(tagger.with_tags(tagset=options.tagset).output_tagset)
    name = options.tagset or PENN
    if name == "ud":
        return set(UD_TAGS)  # a mapping of other tags may not reach all of them
    mapping = TagMapping.find(name)
    return set(PENN_TO_UNIVERSAL) if mapping is None else set(mapping.to_dict()["tags"].values())


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
