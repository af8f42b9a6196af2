"""python -m postagger.charlm: character-level language models, trained, judged and run."""

import argparse
from collections.abc import Sequence

from postagger.commands import commands_in_help, parser_of_commands, run_command

COMMANDS = {
    "train": "train a character-level language model",
    "evaluate": "judge a model on a text: perplexity, bits per character",
    "generate": "let a model continue a text",
}
_HELP = f"""usage: postagger charlm COMMAND [--help]

{commands_in_help(COMMANDS)}
examples:
  postagger charlm train --text novel.txt --minutes 3 --output my-writer
  postagger charlm evaluate --model my-writer
  postagger charlm generate --model my-writer --prefix "The "
"""


def run(arguments: Sequence[str]) -> int:
    """Hand the arguments on to the command they name."""
    return run_command("postagger charlm", "postagger.charlm", COMMANDS, _HELP, arguments)


def parser() -> argparse.ArgumentParser:
    """The options of all its commands."""
    return parser_of_commands("postagger charlm", "postagger.charlm", COMMANDS)
