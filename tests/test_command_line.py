import errno
import re
import subprocess
import sys

import pytest

from postagger.command_line import INTERRUPTED, Parser, command, note
from postagger.commands import parser_of_commands
from postagger.errors import ConfigError


def test_errors_become_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise ConfigError("expected shoes,\n got none; buy some")

    assert run([]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "postagger dance: error: expected shoes, got none; buy some\n")


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise KeyboardInterrupt

    assert run([]) == INTERRUPTED == 130
    assert capsys.readouterr().err == "postagger dance: interrupted\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("train", ["--device", "--threads"]),
        ("evaluate", ["--device", "--threads"]),
        ("tag", ["--device", "--workers"]),
        ("bulk", ["--engine", "--input", "--column", "--force"]),
        ("tags", ["--tagset", "--model"]),
        ("export", ["--model", "--output"]),
        ("charlm train", ["--device", "--threads"]),
        ("charlm evaluate", ["--device", "--threads"]),
        ("charlm generate", ["--device", "--threads"]),
    ],
)
def test_every_command_has_help_for_every_flag_and_ends_with_examples(name: str, expected: list[str]) -> None:
    module, *rest = name.split()
    result = subprocess.run(
        [sys.executable, "-m", f"postagger.{module}", *rest, "--help"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0
    assert result.stderr == ""
    # Behind every flag stands a text, on its line or on the next one.
    for flag, text in re.findall(r"^  (--\S+)[^\n]*?(?:  +|\n +)(\S[^\n]*)", result.stdout, re.MULTILINE):
        assert len(text.split()) >= 2, flag
    assert set(expected) <= set(re.findall(r"^  (--\S+)", result.stdout, re.MULTILINE))
    last = result.stdout.partition("\nexamples:\n")[2].splitlines()
    assert len(last) >= 2
    assert all("postagger" in line for line in last)


def test_the_postagger_command_is_a_program() -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "postagger", *arguments], capture_output=True, text=True, check=False
        )

    assert {"train", "evaluate", "tag", "tags", "charlm", "doctor", "serve"} <= set(run().stdout.split())
    assert run("--version").stdout.strip().startswith("0.")
    required = "expected --model, got none; try --help"
    assert run("charlm", "evaluate").stderr == f"postagger charlm evaluate: error: {required}\n"


def test_a_misspelt_flag() -> None:
    parser = Parser(prog="dance")
    parser.add_argument("--shoes")
    for given, advice in (("--sheos", "did you mean --shoes"), ("--sheos=red", "did you mean --shoes"), ("-x", "try")):
        with pytest.raises(ConfigError, match=f"expected an option that exists, got '{given}'; {advice}"):
            parser.parse_args([given])


def test_the_parsers_of_several_commands_in_one() -> None:
    whole = parser_of_commands("postagger", "postagger", {"tags": "show what the tags mean"})
    assert whole.parse_args(["tags", "--tagset", "ud"]).tagset == "ud"


def test_a_path_that_cannot_be_used_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise PermissionError(13, "Permission denied", "/stage")

    assert run([]) == 2
    said = "expected /stage to be usable, got: Permission denied; check the path"
    assert capsys.readouterr().err == f"postagger dance: error: {said}\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConfigError("--shoes: expected two"), "--shoes: expected two; try --help"),
        (ConfigError("expected 'a;b'"), "expected 'a;b'; try --help"),
        (ConfigError("expected 'a;b'; pip install 'c'"), "expected 'a;b'; pip install 'c'"),
        (
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            "expected what the system can give, got: Cannot allocate memory; ask for less at a time",
        ),
        (MemoryError(), "expected enough memory, got too little; ask for less at a time"),
    ],
)
def test_every_answer_says_what_to_do(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    @command("dance")
    def run(_: object) -> int:
        raise error

    assert run([]) == 2
    assert capsys.readouterr().err == f"postagger dance: error: {said}\n"


def test_without_standard_error_results_stay_results(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @command("dance")
    def run(_: object) -> int:
        note("dancing")
        print("one two three")
        return 0

    monkeypatch.setattr(sys, "stderr", None)
    code = run([])
    sys.stderr.close()
    assert code == 0
    assert capsys.readouterr().out == "one two three\n"
