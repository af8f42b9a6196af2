"""What a setting is: a field of a frozen dataclass, with its help text and its range; checked once, JSON in and out.

Every field carries its help text, so the command line, the TOML file, the environment and the docs cannot differ.
A field's flag is its name with dashes: learning_rate is --learning-rate.
"""

import dataclasses
import math
import typing
from collections.abc import Mapping
from typing import Any, Literal, Self, TypeVar

from postagger.errors import ConfigError

Part = TypeVar("Part")
_LARGEST = 2**63 - 1


def setting(
    default: Any,
    text: str,
    *,
    low: float = 0.0,
    high: float = math.inf,
    open_low: bool = False,
    open_high: bool = False,
    metavar: str | None = None,
) -> Any:
    """A field with its help text and the range of its values; open: the end itself is not allowed.

    metavar: what help calls a value, where the end of the field's name will not do.
    """
    limits = {"low": low, "high": high, "open_low": open_low, "open_high": open_high}
    metadata = {"help": text, "metavar": metavar, **limits}
    return dataclasses.field(default=default, metadata=metadata)


class Config:
    """The settings of a model: a frozen dataclass whose fields are parts, each a frozen dataclass of settings."""

    @classmethod
    def parts(cls) -> dict[str, type]:
        """The class of each part, by its name."""
        hints = typing.get_type_hints(cls)
        return {field.name: hints[field.name] for field in dataclasses.fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def field_names(cls) -> list[str]:
        """The names of all settings, part by part."""
        return [field.name for part in cls.parts().values() for field in dataclasses.fields(part)]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """From field names without their part ({"cell": "gru", "seed": 2}); what is not named keeps its default.

        Raises:
            ConfigError: a name is not known, or a value is of the wrong type or outside its range.
        """
        known = cls.field_names()
        for name in settings:
            if name not in known:
                raise ConfigError(f"expected a setting of the model ({' '.join(sorted(known))}), got {name!r}")
        return cls(**{name: part_from(part, settings) for name, part in cls.parts().items()})

    def to_dict(self) -> dict[str, Any]:
        """Nested dictionaries of plain values, for JSON."""
        return dataclasses.asdict(self)  # type: ignore[call-overload,no-any-return]

    def flat(self) -> dict[str, Any]:
        """All settings by their names, whatever part they are in."""
        return {name: value for part in self.to_dict().values() for name, value in part.items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The reverse of to_dict; a part that an older version did not have keeps its defaults.

        Raises:
            ConfigError: as from_settings, or a part is not known.
        """
        names = list(cls.parts())
        if not stored or not set(stored) <= set(names):
            raise ConfigError(f"expected the parts {' '.join(names)}, got {' '.join(map(str, stored)) or 'none'}")
        for name, part in stored.items():
            if not isinstance(part, Mapping):
                raise ConfigError(f"{name}: expected settings by their names, got {part!r}")
        return cls.from_settings(_without_lists({k: v for part in stored.values() for k, v in part.items()}))


def _without_lists(settings: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def part_from(part: type[Part], settings: Mapping[str, Any]) -> Part:
    """One part of the settings, from a mapping that may hold the others' too."""
    names = {field.name for field in dataclasses.fields(part)}  # type: ignore[arg-type]
    return part(**{name: value for name, value in settings.items() if name in names})


def check(part: Any) -> None:
    """Type and range of every field; a whole number may stand for a float."""
    hints = typing.get_type_hints(type(part))
    for field in dataclasses.fields(part):
        value, expected = getattr(part, field.name), hints[field.name]
        flag = "--" + field.name.replace("_", "-")
        if not _is_a(value, expected):
            raise ConfigError(f"{flag}: expected {_in_words(expected)}, got {value!r}")
        if isinstance(value, int) and value > _LARGEST:
            raise ConfigError(f"{flag}: expected a number of at most {_LARGEST}, got one of {value.bit_length()} bits")
        if isinstance(value, int | float) and not isinstance(value, bool):
            _check_range(flag, value, **{key: field.metadata[key] for key in ("low", "high", "open_low", "open_high")})


def _is_a(value: Any, expected: Any) -> bool:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and all(isinstance(item, arguments[0]) for item in value)
    if arguments:
        return any(_is_a(value, one) for one in arguments)
    if isinstance(value, bool):
        return expected is bool
    return isinstance(value, int | float if expected is float else expected)


def _in_words(expected: Any) -> str:
    if typing.get_origin(expected) is Literal:
        return "one of " + " ".join(typing.get_args(expected))
    if typing.get_origin(expected) is tuple:
        return "texts"
    names = {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "a text",
        type(None): "nothing",
    }
    options = typing.get_args(expected) or (expected,)
    return " or ".join(names[option] if option in names else _in_words(option) for option in options)


def _check_range(flag: str, value: float, *, low: float, high: float, open_low: bool, open_high: bool) -> None:
    above = low < value or (value == low and not open_low)
    below = value < high or (value == high < math.inf and not open_high)
    if not (above and below):
        lower = f"{'above' if open_low else 'at least'} {low:g}"
        upper = f"{'below' if open_high else 'at most'} {high:g}" if high < math.inf else "finite"
        raise ConfigError(f"{flag}: expected a number {lower} and {upper}, got {value}")
