"""python -m postagger.charlm: character-level language models, trained, judged and run."""

import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "train": "train a character-level language model",
    "evaluate": "judge a model on a text: perplexity, bits per character",
    "generate": "let a model continue a text",
}


def run(arguments: Sequence[str]) -> int:
    """Hand the arguments on to the command they name."""
    command = arguments[0] if arguments else "--help"
    if command in COMMANDS:
        module = importlib.import_module(f"postagger.charlm.{command}")
        return int(module.run(arguments[1:]))
    if command in ("-h", "--help"):
        print("usage: postagger charlm COMMAND [--help]\n")
        print("\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items()))
        return 0
    print(
        f"postagger charlm: error: expected one of {' '.join(COMMANDS)}, got {command!r}; try --help",
        file=sys.stderr,
    )
    return 2
