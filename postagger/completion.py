"""python -m postagger.completion: a script with which the shell completes commands, options, choices and files."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from postagger.__main__ import COMMANDS
from postagger.command_line import Parser, command
from postagger.commands import parser_of_commands
from postagger.errors import ConfigError

_SHELLS = ("bash", "zsh", "tcsh")
_PLACES = ("model", "output")  # options that name files or folders and do not say so
_EXAMPLES = """examples:
  postagger completion bash > ~/.local/share/bash-completion/completions/postagger
  postagger completion zsh > ~/.zsh/completions/_postagger   a folder of $fpath
  postagger completion tcsh >> ~/.tcshrc
"""


@command("completion")
def run(arguments: Sequence[str]) -> int:
    """Collect the parsers of all commands, print the script."""
    options = parser().parse_args(arguments)
    shtab = _shtab()
    whole = parser_of_commands("postagger", "postagger", COMMANDS)
    _complete_all(whole, shtab)
    print(shtab.complete(whole, options.shell))
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(
        prog="postagger completion", description="Print a script that completes the command line.", epilog=_EXAMPLES
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell it is for")
    return parser


def _shtab() -> Any:
    try:
        import shtab
    except ImportError:
        raise ConfigError("expected shtab for a script, got none; pip install 'postagger[completion]'") from None
    return shtab


def _complete_all(parser: argparse.ArgumentParser, shtab: Any) -> None:
    """Tell shtab, wherever it cannot know, what stands behind the options of a parser and of its commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                _complete_all(one, shtab)
        elif isinstance(action.metavar, str) and action.metavar.startswith("{"):
            action.choices = action.metavar.strip("{}").split(",")
        elif action.nargs != 0 and _names_a_place(action):
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def _names_a_place(action: argparse.Action) -> bool:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    return action.dest in _PLACES or any(one in metavar for one in ("FILE", "DIR", "GLOB"))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
