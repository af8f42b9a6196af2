"""What the commands share: settings as flags, messages, exit codes.

Exit 0: done. 2: the user's mistake, said in one line. 130: interrupted. Results go to standard output, everything
else to standard error.
"""

import argparse
import dataclasses
import errno
import functools
import io
import os
import re
import signal
import sys
import tomllib
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from postagger.argument_errors import ENVIRONMENT_PREFIX, hint, in_words, settings_in_words
from postagger.argument_types import whole_number
from postagger.data_prep.quoting import printable
from postagger.errors import ConfigError, OutputError, PostaggerError
from postagger.memory_errors import is_out_of_memory
from postagger.ranks import HERE

if TYPE_CHECKING:
    import jsonargparse

INTERRUPTED = 130
_MOST_THREADS = 1024
_OUTPUT_ERRORS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF))
"""What goes wrong with a stream, which has no name."""

Command = Callable[[Sequence[str]], int]
"""A command of the arguments it was given, to its exit code."""


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line, and leaves examples in lines of their own."""

    def __init__(self, **options: Any) -> None:
        """options: those of argparse."""
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Leave it to the command to print."""
        raise ConfigError(in_words(message, (one for action in self._actions for one in action.option_strings)))


def command(name: str) -> Callable[[Command], Command]:
    """Make a command of a function: errors become one line and exit code 2, Ctrl-C becomes 130.

    name: what follows on "postagger", or nothing.
    """
    program = f"postagger {name}".rstrip()

    def decorate(main: Command) -> Command:
        @functools.wraps(main)
        def run(arguments: Sequence[str]) -> int:
            if sys.stderr is None:  # else what is meant for it went to standard output
                sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
            try:
                return _run_to_the_last_byte(main, arguments)
            except PostaggerError as error:
                said = str(error)
            except KeyboardInterrupt as stop:
                note(f"{program}: interrupted")
                return 128 + getattr(stop, "number", signal.SIGINT)
            except BrokenPipeError:
                close_output()  # whoever read it has seen enough
                return 0
            except OSError as error:
                said = _of_the_system(error)
            except (MemoryError, RuntimeError, ImportError) as error:
                if not is_out_of_memory(error):
                    raise
                said = "expected enough memory, got too little; ask for less at a time"
            print(f"{program}: error: {_with_advice(said)}", file=sys.stderr)
            return 2

        return run

    return decorate


def _run_to_the_last_byte(main: Command, arguments: Sequence[str]) -> int:
    """Run a command, and see to it that its results, or its help text, have been written."""
    if sys.stdout is None:
        raise OutputError("expected output that can be written, got a closed one; send it to a file, or to /dev/null")
    write_utf8()
    try:
        return main(arguments)
    finally:
        sys.stdout.flush()


def _of_the_system(error: OSError) -> str:
    """What an error of the system means, that nobody has put into words."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"expected {error.filename} to be usable, got: {reason}; check the path"
    if error.errno not in _OUTPUT_ERRORS:
        return f"expected what the system can give, got: {reason}; ask for less at a time"
    close_output()
    return f"expected output that can be written, got: {reason}; make room, or send it elsewhere"


def _with_advice(said: str) -> str:
    """A message in one line; one that does not say what to do sends to the help.

    >>> _with_advice("--port: expected a number, got 'a;b'"), _with_advice("expected a word; take another")
    ("--port: expected a number, got 'a;b'; try --help", 'expected a word; take another')
    """
    text = printable(" ".join(said.split()))
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    return text if "; " in unquoted else f"{text}; try --help"


def close_output() -> None:
    """Nothing more can be written, not even what Python holds back until its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Tell the user something that is not a result; of several processes the first one does."""
    if HERE.rank:
        return
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
        advice = hint(str(preset), source.presets)
        raise ConfigError(f"--preset: expected one of {' '.join(source.presets)}, got {preset!r}; {advice}")
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
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=str, metavar="FILE", help="TOML file with any of the settings below")
    choices = "{" + ",".join(source.presets) + "}"
    parser.add_argument("--preset", type=str, metavar=choices, help="a set of tried settings (default: default)")
    for name, (kind, text) in source.options.items():
        flag = "--" + name.replace("_", "-")
        if kind is bool:
            parser.add_argument(flag, action="store_true", help=text)
        elif isinstance(kind, tuple):
            names = tuple(f"TEXT{number}" for number in range(1, len(kind) + 1))
            parser.add_argument(flag, type=kind[0], nargs=len(kind), metavar=names, help=text)
        else:
            parser.add_argument(flag, type=kind, help=text)
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
        names = (*source.fields, *source.options, "config", "preset", "help")
        flags = ["--" + name.replace("_", "-") for name in names]
        raise ConfigError(settings_in_words(str(error), flags, arguments)) from None


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
            raise ConfigError(f"expected variables of settings that exist, got {name}; unset it")


def _read_toml(name: str, known: set[str]) -> dict[str, Any]:
    try:
        settings = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"--config {name}: expected a TOML file, got: {reason}; mend it or name another") from None
    if strange := [key for key in settings if key not in known]:
        advice = hint(strange[0], known)
        raise ConfigError(f"--config {name}: expected settings that exist, got {strange[0]!r}; {advice}")
    return settings


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
        kind = whole_number(1, _MOST_THREADS)
        parser.add_argument("--threads", type=kind, default=1, help="CPU threads inside one operation (default: 1)")
