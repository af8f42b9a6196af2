"""Programs of several commands: postagger, and postagger charlm."""

import argparse
import importlib
from collections.abc import Mapping, Sequence

from postagger.argument_errors import hint
from postagger.command_line import Parser, command
from postagger.errors import ConfigError


def run_command(prog: str, package: str, commands: Mapping[str, str], help_text: str, arguments: Sequence[str]) -> int:
    """Hand arguments on to the command that the first of them names; without any, print the help.

    commands: the modules of the package that hold them.
    """
    name = arguments[0] if arguments else "--help"
    if name in commands:
        return int(importlib.import_module(f"{package}.{name}").run(arguments[1:]))

    @command(prog.removeprefix("postagger").strip())
    def tell(_: Sequence[str]) -> int:
        if name not in ("-h", "--help"):
            raise ConfigError(f"expected one of {' '.join(commands)}, got {name!r}; {hint(name, commands)}")
        print(help_text, end="")
        return 0

    return tell(arguments)


def commands_in_help(commands: Mapping[str, str]) -> str:
    """A command a line, with what it does."""
    width = max(map(len, commands))
    return "".join(f"  {name:<{width}}  {text}\n" for name, text in commands.items())


def parser_of_commands(prog: str, package: str, commands: Mapping[str, str]) -> argparse.ArgumentParser:
    """The parsers of all these commands in one, to be looked at; to run one it is quicker to ask for its own."""
    whole = Parser(prog=prog)
    subparsers = whole.add_subparsers(metavar="COMMAND", parser_class=argparse.ArgumentParser)
    for name, text in commands.items():
        subparsers.add_parser(name, help=text)
        subparsers.choices[name] = importlib.import_module(f"{package}.{name}").parser()
    return whole
