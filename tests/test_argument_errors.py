import argparse

import pytest

from postagger.argument_errors import in_words, settings_in_words
from postagger.command_line import Parser
from postagger.errors import ConfigError


def parser() -> Parser:
    parser = Parser(prog="dance")
    parser.add_argument("--shoes", nargs=2)
    parser.add_argument("--style", choices=["tango", "waltz"], required=True)
    parser.add_argument("--speed", type=float)
    parser.add_argument("--slowly", action=argparse.BooleanOptionalAction)
    parser.add_argument("partner", nargs="?", metavar="NAME")
    return parser


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "expected --style, got none; try --help"),
        (["--style"], "--style: expected a value, got none; try --help"),
        (["--style", "walz"], "--style: expected one of tango waltz, got 'walz'; did you mean waltz?"),
        (["--style", "it's (choose"], '--style: expected one of tango waltz, got "it\'s (choose"; try --help'),
        (["--style", "waltz", "--shoes", "red"], "--shoes: expected 2 values, got fewer; try --help"),
        (["--style", "waltz", "--speed", "fast"], "--speed: expected a number, got 'fast'; try --help"),
        (["--style", "waltz", "--slowly=no"], "--slowly: expected no value, got 'no'; leave it out"),
        (
            ["--style", "waltz", "--sheos=1"],
            "expected an option that exists, got '--sheos=1'; did you mean --shoes?",
        ),
        (["--style", "waltz", "Ann", "Bob"], "expected no further argument, got 'Bob'; try --help"),
    ],
)
def test_what_argparse_says(arguments: list[str], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parser().parse_args(arguments)
    assert str(raised.value) == said


def test_what_nobody_has_foreseen_is_passed_on() -> None:
    assert in_words("the floor is wet", ["--shoes"]) == "the floor is wet; try --help"


def test_a_variable_is_named_where_it_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "Parser key \"hidden_size\": Expected a <class 'int'>. Got value: many"
    said = "expected a whole number, got 'many'; try --help"
    assert settings_in_words(message, [], []) == f"--hidden-size: {said}"
    monkeypatch.setenv("POSTAGGER_HIDDEN_SIZE", "many")
    assert settings_in_words(message, [], []) == f"POSTAGGER_HIDDEN_SIZE: {said}"
    assert settings_in_words(message, [], ["--hidden-size=many"]) == f"--hidden-size: {said}"
    monkeypatch.setenv("POSTAGGER_BIDIRECTIONAL", "maybe")
    said = "POSTAGGER_BIDIRECTIONAL: expected true or false, got 'maybe'; try --help"
    assert settings_in_words("Value not boolean: maybe.", [], []) == said
