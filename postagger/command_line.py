"""What the commands share: settings as flags, messages, exit codes.

Exit 0: done. 2: the user's mistake, said in one line. 130: interrupted. Results go to standard output, everything
else to standard error.
"""

import argparse
import dataclasses
import functools
import io
import os
import re
import sys
import tomllib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from postagger.errors import ConfigError, PostaggerError

if TYPE_CHECKING:
    import jsonargparse

ENVIRONMENT_PREFIX = "POSTAGGER"
INTERRUPTED = 130

Command = Callable[[Sequence[str]], int]
"""A command of the arguments it was given, to its exit code."""


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line, and leaves examples in lines of their own."""

    def __init__(self, **options: Any) -> None:
        """options: those of argparse."""
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Leave it to the command to print."""
        flag = re.match(r"unrecognized arguments: (--[^\s=]+)", message)
        flags = [one for action in self._actions for one in action.option_strings]
        raise ConfigError(f"{message}; {hint(flag[1], flags) if flag else 'try --help'}")


def hint(misspelt: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known.

    >>> hint("tga", ["train", "tag"]), hint("fly", ["train", "tag"])
    ('did you mean tag?', 'try --help')
    """
    import difflib

    nearest = difflib.get_close_matches(misspelt, list(known), n=1)
    return f"did you mean {nearest[0]}?" if nearest else "try --help"


def command(name: str) -> Callable[[Command], Command]:
    """Make a command of a function: errors become one line and exit code 2, Ctrl-C becomes 130."""

    def decorate(main: Command) -> Command:
        @functools.wraps(main)
        def run(arguments: Sequence[str]) -> int:
            try:
                code = main(arguments)
                sys.stdout.flush()
                return code
            except PostaggerError as error:
                print(f"postagger {name}: error: {' '.join(str(error).split())}", file=sys.stderr)
                return 2
            except KeyboardInterrupt:
                print(f"postagger {name}: interrupted", file=sys.stderr)
                return INTERRUPTED
            except BrokenPipeError:
                close_output()  # whoever read it has seen enough
                return 0
            except OSError as error:
                if error.filename is None:  # only a stream has no name
                    close_output()
                what = "output that can be written" if error.filename is None else f"{error.filename} to be usable"
                print(f"postagger {name}: error: expected {what}, got: {error.strerror}", file=sys.stderr)
                return 2

        return run

    return decorate


def close_output() -> None:
    """Nothing more can be written, not even what Python holds back until its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Tell the user something that is not a result."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class SettingsSource:
    """What the settings of a command are: parts, whose fields are flags; presets; options that are no settings.

    options: name -> (type, or a tuple of as many types as there are values, help); their flags are not stored, and a
    TOML file may not name them. neighbours: parts of other commands, whose environment variables are passed over.
    examples: what help ends with.
    """

    command: str
    usage: str
    description: str
    parts: Sequence[type]
    presets: Mapping[str, Mapping[str, Any]]
    options: Mapping[str, tuple[Any, str]]
    neighbours: Sequence[type] = ()
    examples: str = ""

    @property
    def fields(self) -> dict[str, "dataclasses.Field[Any]"]:
        """All fields of the parts, by name."""
        return {field.name: field for part in self.parts for field in dataclasses.fields(part)}


def parse_settings(source: SettingsSource, arguments: Sequence[str]) -> dict[str, Any]:
    """Settings by falling weight: flags, environment, the TOML file of --config, the preset, the fields' defaults.

    Types are checked here for flags and environment; ranges, and the types in the file, by the parts.

    Raises:
        ConfigError: a setting is not known, or a flag has a value of the wrong type.
    """
    others = {field.name for part in source.neighbours for field in dataclasses.fields(part)}
    _check_environment({*source.fields, *source.options, *others, "config", "preset"})
    given = _given(source, arguments)
    from_file = _read_toml(given["config"], {*source.fields, "preset"}) if "config" in given else {}
    preset = given.get("preset", from_file.get("preset", "default"))
    if preset not in source.presets:
        raise ConfigError(f"--preset: expected one of {' '.join(source.presets)}, got {preset!r}")
    defaults = {name: field.default for name, field in source.fields.items()}
    options = dict.fromkeys(source.options)
    settings = {**options, **defaults, **source.presets[preset], **from_file, **given, "preset": preset}
    # Only a tuple can stand in a frozen dataclass; a file may also give a single text.
    for name, value in settings.items():
        if isinstance(defaults.get(name), tuple) and not isinstance(value, tuple):
            settings[name] = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
    return settings


def settings_parser(source: SettingsSource) -> "jsonargparse.ArgumentParser":
    """The flags of a command, one for each setting."""
    import jsonargparse

    parser = jsonargparse.ArgumentParser(
        prog=f"postagger {source.command}",
        usage=f"postagger {source.command} {source.usage}",
        description=source.description,
        epilog=source.examples,
        env_prefix=ENVIRONMENT_PREFIX,
        exit_on_error=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=str, metavar="FILE", help="TOML file with any of the settings below")
    choices = "{" + ",".join(source.presets) + "}"
    parser.add_argument("--preset", type=str, metavar=choices, help="a set of tried settings (default: default)")
    for name, (kind, text) in source.options.items():
        if kind is bool:
            parser.add_argument(f"--{name}", action="store_true", help=text)
        elif isinstance(kind, tuple):
            names = tuple(f"TEXT{number}" for number in range(1, len(kind) + 1))
            parser.add_argument(f"--{name}", type=kind[0], nargs=len(kind), metavar=names, help=text)
        else:
            parser.add_argument(f"--{name}", type=kind, help=text)
    for part in source.parts:
        group = parser.add_argument_group((part.__doc__ or "").splitlines()[0].removesuffix("."))
        for field in dataclasses.fields(part):
            default = source.presets["default"].get(field.name, field.default)
            _add_flag(group, field, typing.get_type_hints(part)[field.name], default)
    return parser


def _given(source: SettingsSource, arguments: Sequence[str]) -> dict[str, Any]:
    """What flags and environment say, and nothing else."""
    try:
        return dict(vars(settings_parser(source).parse_args(list(arguments), env=True, defaults=False)))
    except argparse.ArgumentError as error:
        raise ConfigError(_in_one_line(str(error))) from None


def _add_flag(group: Any, field: "dataclasses.Field[Any]", expected: Any, default: Any) -> None:
    import jsonargparse

    flag = "--" + field.name.replace("_", "-")
    text = field.metadata["help"].replace("%", "%%")
    if default not in (None, ()):
        text += f" (default: {str(default).lower() if expected is bool else default})"
    if expected is bool:
        group.add_argument(flag, action=jsonargparse.ActionYesNo(no_prefix="no-"), help=text)
    elif typing.get_origin(expected) is tuple:
        group.add_argument(flag, type=str, nargs="+", metavar=field.metadata["metavar"] or "FILE", help=text)
    else:
        literal = next((one for one in (expected, *typing.get_args(expected)) if _choices(one)), None)
        name = "FILE|PART" if str in typing.get_args(expected) else field.name.split("_")[-1].upper()
        metavar = "{" + ",".join(_choices(literal)) + "}" if literal else field.metadata["metavar"] or name
        group.add_argument(flag, type=expected, metavar=metavar, help=text)


def _choices(expected: Any) -> tuple[str, ...]:
    return typing.get_args(expected) if typing.get_origin(expected) is typing.Literal else ()


def _check_environment(known: set[str]) -> None:
    """A misspelt variable must not be passed over in silence."""
    prefix = f"{ENVIRONMENT_PREFIX}_"
    for name in os.environ:
        if name.startswith(prefix) and name.removeprefix(prefix).lower() not in known:
            raise ConfigError(f"expected no environment variable {name}, because there is no such setting; unset it")


def _read_toml(name: str, known: set[str]) -> dict[str, Any]:
    try:
        settings = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"--config {name}: expected a TOML file, got: {reason}; mend it or name another") from None
    if strange := [key for key in settings if key not in known]:
        raise ConfigError(f"--config {name}: expected settings that exist, got {strange[0]!r}; try --help")
    return settings


def _in_one_line(message: str) -> str:
    """The messages of jsonargparse, said in the words of the command line."""
    text = " ".join(message.split())
    if match := re.match(r'Parser key "(\w+)".*?: (?:.*)Expected an? (.*?)\. Got value: (.*)$', text):
        return f"--{match[1].replace('_', '-')}: expected {_type_in_words(match[2])}, got {match[3]!r}"
    return f"{text}; try --help"


def _type_in_words(expected: str) -> str:
    choices = re.findall(r"'([^']+)'", expected)
    if "Literal" in expected:
        return "one of " + " ".join(choices)
    names = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
    return names.get(choices[0], choices[0]) if choices else expected


def write_utf8() -> None:
    """Write results as UTF-8, whatever the terminal; what came in as no text goes out as it came."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def add_model_arguments(parser: argparse.ArgumentParser, *, shipped: Sequence[str] = (), threads: bool = True) -> None:
    """What every command that runs a trained model asks for; shipped: the models that come with the package.

    threads: whether torch computes, also on a CPU.
    """
    names = f", or one of {' '.join(shipped)} (default: {shipped[0]})" if shipped else ""
    default = shipped[0] if shipped else None
    parser.add_argument("--model", required=default is None, default=default, help=f"model folder{names}")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute")
    if threads:
        parser.add_argument("--threads", type=positive, default=1, help="CPU threads inside one operation (default: 1)")


def positive(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def at_least_0(text: str) -> int:
    """A whole number of at least 0, for argparse."""
    if not (text.isascii() and text.isdecimal() and int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, got {text!r}")
    return int(text)
