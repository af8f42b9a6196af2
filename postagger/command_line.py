"""What the commands share: settings as flags, messages, exit codes.

Exit 0: done. 2: the user's mistake, said in one line. 130: interrupted. Results go to standard output, everything
else to standard error.
"""

import argparse
import dataclasses
import functools
import os
import re
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from postagger.errors import ConfigError, PostaggerError

ENVIRONMENT_PREFIX = "POSTAGGER"
INTERRUPTED = 130

Command = Callable[[Sequence[str]], int]
"""A command of the arguments it was given, to its exit code."""


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave it to the command to print."""
        raise ConfigError(f"{message}; try --help")


def command(name: str) -> Callable[[Command], Command]:
    """Make a command of a function: errors become one line and exit code 2, Ctrl-C becomes 130."""

    def decorate(main: Command) -> Command:
        @functools.wraps(main)
        def run(arguments: Sequence[str]) -> int:
            try:
                return main(arguments)
            except PostaggerError as error:
                print(f"postagger {name}: error: {' '.join(str(error).split())}", file=sys.stderr)
                return 2
            except KeyboardInterrupt:
                print(f"postagger {name}: interrupted", file=sys.stderr)
                return INTERRUPTED
            except BrokenPipeError:
                # Whoever read our output has seen enough; nothing more may be written, not even at exit.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0

        return run

    return decorate


def note(text: str) -> None:
    """Tell the user something that is not a result."""
    print(text, file=sys.stderr, flush=True)


def parse_settings(
    arguments: Sequence[str],
    *,
    program: str,
    usage: str,
    description: str,
    parts: Sequence[type],
    presets: Mapping[str, Mapping[str, Any]],
    options: Callable[[Any], None],
) -> dict[str, Any]:
    """Settings from flags, from the TOML file of --config and from the environment, by falling weight.

    Each field of the parts (dataclasses) is a flag; a preset stands in for the fields' defaults; options adds what is
    no setting. The names in the result are the fields' names.

    Raises:
        ConfigError: a setting is not known or has a wrong value.
    """
    import jsonargparse

    parser = jsonargparse.ArgumentParser(
        prog=f"postagger {program}",
        usage=f"postagger {program} {usage}",
        description=description,
        print_config=None,
        parser_mode="toml",
        env_prefix=ENVIRONMENT_PREFIX,
        exit_on_error=False,
        formatter_class=argparse.HelpFormatter,
    )
    parser.add_argument("--config", action="config", help="TOML file with any of these settings")
    parser.add_argument(
        "--preset", type=typing.Literal[tuple(presets)], default="default", help="a set of tried settings"
    )
    options(parser)
    for part in parts:
        group = parser.add_argument_group((part.__doc__ or "").splitlines()[0].removesuffix("."))
        for field in dataclasses.fields(part):
            _add_flag(group, field, typing.get_type_hints(part)[field.name])
    _check_environment({action.dest for action in parser._actions})
    settings = _parse(parser, arguments)
    parser.set_defaults(dict(presets[settings["preset"]]))
    return _parse(parser, arguments)


def _add_flag(group: Any, field: "dataclasses.Field[Any]", expected: Any) -> None:
    import jsonargparse

    flag = "--" + field.name.replace("_", "-")
    has_default = field.default not in (None, ())
    text = field.metadata["help"].replace("%", "%%") + (" (default: %(default)s)" if has_default else "")
    if expected is bool:
        group.add_argument(flag, action=jsonargparse.ActionYesNo(no_prefix="no-"), default=field.default, help=text)
    elif typing.get_origin(expected) is tuple:
        group.add_argument(
            flag,
            type=str,
            nargs="+",
            default=list(typing.cast(tuple[str, ...], field.default)),
            metavar="NAME|FILE",
            help=text,
        )
    else:
        literal = next((one for one in (expected, *typing.get_args(expected)) if _choices(one)), None)
        name = "FILE|PART" if str in typing.get_args(expected) else field.name.split("_")[-1].upper()
        metavar = "{" + ",".join(_choices(literal)) + "}" if literal else name
        group.add_argument(flag, type=expected, default=field.default, metavar=metavar, help=text)


def _choices(expected: Any) -> tuple[str, ...]:
    return typing.get_args(expected) if typing.get_origin(expected) is typing.Literal else ()


def _check_environment(known: set[str]) -> None:
    """A misspelt variable must not be passed over in silence."""
    for name in os.environ:
        if (
            name.startswith(f"{ENVIRONMENT_PREFIX}_")
            and name.removeprefix(f"{ENVIRONMENT_PREFIX}_").lower() not in known
        ):
            raise ConfigError(f"expected no environment variable {name}, because there is no such setting; unset it")


def _parse(parser: Any, arguments: Sequence[str]) -> dict[str, Any]:
    try:
        return dict(vars(parser.parse_args(list(arguments), env=True)))
    except argparse.ArgumentError as error:
        raise ConfigError(_in_one_line(str(error), arguments)) from None


def _in_one_line(message: str, arguments: Sequence[str]) -> str:
    """The messages of jsonargparse, said in the words of the command line."""
    text = " ".join(message.split())
    if match := re.match(r'Parser key "config"|Problems parsing config', text):
        name = _config_file(arguments)
        came = text.removeprefix(match[0]).lstrip(": ") if Path(name).is_file() else "no such file"
        return f"{name}: expected a TOML file, got: {came}; mend it or name another with --config"
    if match := re.match(r'Parser key "(\w+)".*?: (?:.*)Expected an? (.*?)\. Got value: (.*)$', text):
        return f"{_flag(match[1])}: expected {_type_in_words(match[2])}, got {match[3]!r}"
    if match := re.match(r"Option '([^']+)' is not accepted", text):
        return f"expected settings that exist, got {match[1]!r}; try --help"
    return f"{text}; try --help"


def _config_file(arguments: Sequence[str]) -> str:
    """What stands behind --config, as a flag or in the environment."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--config", default=os.environ.get(f"{ENVIRONMENT_PREFIX}_CONFIG", "--config"))
    return str(parser.parse_known_args(arguments)[0].config)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _type_in_words(expected: str) -> str:
    choices = re.findall(r"'([^']+)'", expected)
    if "Literal" in expected:
        return "one of " + " ".join(choices)
    names = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
    return names.get(choices[0], choices[0]) if choices else expected


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """What every command that runs a trained model asks for."""
    parser.add_argument("--model", required=True, help="model folder")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute")
    parser.add_argument("--threads", type=_positive, default=1, help="CPU threads inside one operation (default: 1)")


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)
