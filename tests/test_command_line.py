import re
import subprocess
import sys

import pytest

from postagger.command_line import INTERRUPTED, command
from postagger.errors import ConfigError


def test_errors_become_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise ConfigError("expected shoes,\n got none")

    assert run([]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "postagger dance: error: expected shoes, got none\n")


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise KeyboardInterrupt

    assert run([]) == INTERRUPTED == 130
    assert capsys.readouterr().err == "postagger dance: interrupted\n"


@pytest.mark.parametrize("name", ["train", "evaluate", "tag", "charlm train", "charlm evaluate", "charlm generate"])
def test_every_command_has_help_for_every_flag(name: str) -> None:
    module, *rest = name.split()
    result = subprocess.run(
        [sys.executable, "-m", f"postagger.{module}", *rest, "--help"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0
    assert result.stderr == ""
    # Behind every flag stands a text, on its line or on the next one.
    for flag, text in re.findall(r"^  (--\S+)[^\n]*?(?:  +|\n +)(\S[^\n]*)", result.stdout, re.MULTILINE):
        assert len(text.split()) >= 2, flag
    flags = re.findall(r"^  (--\S+)", result.stdout, re.MULTILINE)
    assert {"--device", "--workers" if name == "tag" else "--threads"} <= set(flags)


def test_the_postagger_command_lists_and_finds_the_others() -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "postagger", *arguments], capture_output=True, text=True, check=False
        )

    assert {"train", "evaluate", "tag", "charlm"} <= set(run().stdout.split())
    assert run("--version").stdout.strip().startswith("0.")
    assert "generate" in run("charlm").stdout
    unknown = run("fly")
    assert unknown.returncode == 2
    assert (
        unknown.stderr == "postagger: error: expected one of train evaluate tag export charlm, got 'fly'; try --help\n"
    )
    required = "the following arguments are required: --model; try --help"
    assert run("charlm", "evaluate").stderr == f"postagger charlm evaluate: error: {required}\n"


def test_a_path_that_cannot_be_used_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise PermissionError(13, "Permission denied", "/stage")

    assert run([]) == 2
    assert capsys.readouterr().err == "postagger dance: error: expected /stage to be usable, got: Permission denied\n"
