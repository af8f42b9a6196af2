"""What argparse and jsonargparse say of wrong arguments, in our words: what was expected, what came, what to do."""

import os
import re
from collections.abc import Iterable, Sequence

ENVIRONMENT_PREFIX = "POSTAGGER"
_ADVICE = "try --help"
_SAID = {
    r"argument (.+?): expected (?:one|at least one) argument": "{0}: expected a value, got none; " + _ADVICE,
    r"argument (.+?): expected (\d+) arguments": "{0}: expected {1} values, got fewer; " + _ADVICE,
    r"argument (.+?): ignored explicit argument (.*)": "{0}: expected no value, got {1}; leave it out",
    r"argument (.+?): invalid float value: (.*)": "{0}: expected a number, got {1}; " + _ADVICE,
    r"argument (.+?): (expected .*)": "{0}: {1}; " + _ADVICE,
    r"the following arguments are required: (.*)": "expected {0}, got none; " + _ADVICE,
}
"""What argparse says, and what is said instead."""
_CHOICE = re.compile(r"argument (.+?): invalid choice: (.*) \(choose from (.*)\)", re.DOTALL)
_UNKNOWN = re.compile(r"unrecognized arguments: (\S*)")
_TYPES = (
    re.compile(r'Parser key "(\w+)".*?Expected an? (.*?)\. Got value: ?(.*)$'),
    re.compile(r'Parser key "(\w+)".*?Subtypes: \[(.*)\] Errors: .*Given value: ?(.*)$'),
)
"""What jsonargparse says of a key, a type and a value."""
_NO_BOOLEAN = re.compile(r"Value not boolean: (.*)\.$")


def hint(misspelt: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known.

    >>> hint("tga", ["train", "tag"]), hint("fly", ["train", "tag"])
    ('did you mean tag?', 'try --help')
    """
    import difflib

    nearest = difflib.get_close_matches(misspelt, list(known), n=1)
    return f"did you mean {nearest[0]}?" if nearest else _ADVICE


def in_words(message: str, flags: Iterable[str]) -> str:
    """What argparse says, in our words. flags: those that there are.

    >>> in_words("argument --cell: invalid choice: 'gruu' (choose from 'rnn', 'gru')", ["--cell"])
    "--cell: expected one of rnn gru, got 'gruu'; did you mean gru?"
    >>> in_words("unrecognized arguments: --sell gru", ["--cell"])
    "expected an option that exists, got '--sell'; did you mean --cell?"
    """
    if found := _CHOICE.fullmatch(message):
        name, got, choices = found[1], found[2], re.findall(r"[^\s',]+", found[3])
        return f"{name}: expected one of {' '.join(choices)}, got {got}; {hint(got.strip(chr(39)), choices)}"
    if found := _UNKNOWN.match(message):
        flag, is_flag = found[1].partition("=")[0], found[1].startswith("-")
        advice = hint(flag, flags) if is_flag else _ADVICE
        return f"expected {'an option that exists' if is_flag else 'no further argument'}, got {found[1]!r}; {advice}"
    for said, instead in _SAID.items():
        if found := re.fullmatch(said, message, re.DOTALL):
            name, *others = found.groups()
            return instead.format(name.partition("/")[0], *others)
    return f"{message}; {_ADVICE}"


def settings_in_words(message: str, flags: Iterable[str], arguments: Sequence[str]) -> str:
    """What jsonargparse says, which also reads the environment. arguments: what it was given to read."""
    text = " ".join(message.split())
    for said in _TYPES:
        if found := said.match(text):
            return f"{_place(found[1], arguments)}: expected {_type_in_words(found[2])}, got {found[3]!r}; {_ADVICE}"
    if found := _NO_BOOLEAN.match(text):
        return f"{_variable_with(found[1])}: expected true or false, got {found[1]!r}; {_ADVICE}"
    return in_words(text, flags)


def _place(key: str, arguments: Sequence[str]) -> str:
    """Where the value of a setting is from: its flag, or its variable where the flag was not given."""
    flag, variable = "--" + key.replace("_", "-"), f"{ENVIRONMENT_PREFIX}_{key.upper()}"
    is_given = any(one.partition("=")[0] == flag for one in arguments)
    return variable if variable in os.environ and not is_given else flag


def _variable_with(value: str) -> str:
    """The variable of ours that has this value; only in the environment can a yes or no be anything else."""
    variables = (name for name, is_now in os.environ.items() if name.startswith(ENVIRONMENT_PREFIX) and is_now == value)
    return next(variables, ENVIRONMENT_PREFIX)


def _type_in_words(expected: str) -> str:
    choices = re.findall(r"'([^']+)'", expected)
    if "Literal" in expected:
        return "one of " + " ".join(one for one in choices if one != "NoneType")
    names = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
    return names.get(choices[0], choices[0]) if choices else expected
