import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import postagger
from postagger.__main__ import COMMANDS, main
from postagger.charlm import COMMANDS as CHARLM_COMMANDS
from postagger.charlm import run as run_charlm

MODULES = [*(f"postagger.{name}" for name in COMMANDS), *(f"postagger.charlm.{name}" for name in CHARLM_COMMANDS)]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["postagger", *arguments])
    return main()


def examples(text: str) -> list[list[str]]:
    """The postagger commands at the end of a help text, without what is said of them, each as its arguments."""
    lines = [line for line in text.partition("examples:\n")[2].splitlines() if "postagger " in line]
    ends = ("   ", " > ", " >> ", " < ", " |")
    commands = [line.partition("postagger ")[2] for line in lines if line.startswith("  ")]
    for end in ends:
        commands = [command.partition(end)[0] for command in commands]
    return [shlex.split(command) for command in commands]


def test_without_arguments_it_teaches(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch) == 0
    text = capsys.readouterr().out
    assert run(monkeypatch, "--help") == 0
    assert capsys.readouterr().out == text
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert [command[0] for command in examples(text)] == ["tag", "train", "evaluate"]
    assert "docs/command-line.md" in text


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"{postagger.__version__}\n"


@pytest.mark.parametrize(("misspelt", "advice"), [("tga", "did you mean tag?"), ("xyz", "try --help")])
def test_a_command_that_is_not_there(
    misspelt: str, advice: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, misspelt) == 2
    known = " ".join(COMMANDS)
    assert capsys.readouterr().err == f"postagger: error: expected one of {known}, got '{misspelt}'; {advice}\n"


def test_charlm_does_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_charlm(["generat"]) == 2
    assert capsys.readouterr().err.endswith("got 'generat'; did you mean generate?\n")
    assert run_charlm([]) == 0
    assert [command[:2] for command in examples(capsys.readouterr().out)] == [
        ["charlm", "train"],
        ["charlm", "evaluate"],
        ["charlm", "generate"],
    ]


@pytest.mark.parametrize("module", [name for name in MODULES if name != "postagger.charlm"])
def test_the_examples_of_every_help_can_be_parsed(module: str) -> None:
    found = examples(importlib.import_module(module).parser().format_help())
    assert len(found) >= 2
    for command, *arguments in found:
        if command == "charlm":
            command, *arguments = [f"charlm.{arguments[0]}", *arguments[1:]]
        importlib.import_module(f"postagger.{command}").parser().parse_args(arguments)


def test_the_examples_of_the_docs_print_what_the_docs_say(tmp_path: Path) -> None:
    # What goes to standard error stands there, too.
    page = (Path(__file__).parent.parent / "docs" / "command-line.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 5
    for block in blocks:
        commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
        own = f'postagger() {{ "{sys.executable}" -m postagger "$@"; }}\n'
        told = [
            subprocess.run(
                ["bash", "-c", f"{own} {{ {command}; }} 2>&1"],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            ).stdout
            for command in commands
        ]
        assert "".join(f"$ {command}\n{said}" for command, said in zip(commands, told, strict=True)) == block
