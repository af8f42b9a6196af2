import argparse
import contextlib
import importlib
import os
import re
import subprocess
import sys
import time
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_input_page import BEGIN, END, PAGE, Answers, all_answers, page_part
from bad_inputs import HARMLESS, MISTAKES, Line
from bad_requests import PAGE_FILES, REQUESTS, Request, answer_to, connected

from postagger.__main__ import COMMANDS
from postagger.charlm import COMMANDS as CHARLM_COMMANDS
from postagger.data_prep.formats import FormatName, format_of
from postagger.errors import CorpusError
from postagger.tagger import Tagger
from postagger.untagged_text import INPUTS
from servers import HEAD

LINES = [line for section in MISTAKES for line in section.lines]
ANSWER = re.compile(r"postagger[a-z ]*: error: (.+?: )?expected (no .+|.+, got\b.+); .+")
REFUSAL = re.compile(r"(.+?: )?(expected|(input|string) should|invalid) .+; .+")
RIGHT_BEFORE = ("dog/NN\n", "The/DT dog/NN barks/VBZ ./.\n", "The/DT dog/NN barks./.\n")
PROGRESS = re.compile(r".*: .* (sentences|characters); ready after [\d.]+ s|The Penn Treebank sample is not on .*")


@pytest.fixture(scope="module")
def answers(small_tagger: Tagger) -> Iterator[Answers]:
    with all_answers(small_tagger) as found:
        yield found


@pytest.fixture(scope="module")
def at_first(answers: Answers) -> dict[str, tuple[int, ...]]:
    return files_in(answers.folder.parent)


@pytest.fixture(autouse=True)
def nothing_changes(answers: Answers, at_first: dict[str, tuple[int, ...]]) -> Iterator[None]:
    yield
    assert files_in(answers.folder.parent) == at_first


def files_in(folder: Path) -> dict[str, tuple[int, ...]]:
    """All paths, each with what changes when somebody touches it."""
    found: dict[str, tuple[int, ...]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            told = entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                found[entry.path] = (told.st_mode,)
                if told.st_mode & 0o400:  # else nobody can look
                    found |= files_in(Path(entry.path))
            else:
                found[entry.path] = (told.st_mode, told.st_size, told.st_mtime_ns if entry.name != "pipe" else 0)
    return found


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.text)
def test_a_mistake_is_answered_in_one_line(answers: Answers, line: Line) -> None:
    ran = answers.to_line(line)
    *before, last = ran.err.splitlines()
    assert ran.code == 2
    assert ANSWER.fullmatch(last), last
    program = last.partition(": error: ")[0].split()
    assert program == ["postagger", *line.arguments][: len(program)]
    assert ran.err.endswith("\n")
    assert all(PROGRESS.fullmatch(one) for one in before), ran.err
    assert ran.out == "" or (line.arguments[0] == "tag" and ran.out in RIGHT_BEFORE)


@pytest.mark.parametrize("line", HARMLESS.lines, ids=lambda line: line.text)
def test_what_is_only_odd_is_no_mistake(answers: Answers, line: Line) -> None:
    ran = answers.to_line(line)
    assert ran.code == 0
    assert "Traceback" not in ran.err
    assert "error" not in ran.err


def test_no_character_is_lost(answers: Answers) -> None:
    for name in ("nul.txt", "million.txt", "umlaut.txt"):
        printed = answers.to_line(Line(f"postagger tag --model model --input tokens {name}")).out
        tokens = [item.rpartition("/")[0] for item in printed.split()]
        assert tokens == (answers.folder / name).read_bytes().decode().split()


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.text)
def test_a_bad_request_is_told_why(answers: Answers, request_: Request) -> None:
    reply = answers.to_request(request_)
    assert reply.status in (401, 404, 405, 413, 415, 421, 422)
    assert reply.json == {"error": {"status": reply.status, "message": reply.message}}
    assert REFUSAL.fullmatch(reply.message)


def test_a_busy_server_says_so(answers: Answers) -> None:
    port = answers.ports["busy"]
    with connected(port) as slow:
        slow.send(HEAD + "Content-Length: 19\r\n\r\n{")
        for _ in range(100):
            second = answer_to(Request("POST /v1/tag", {"tokens": ["Run"]}), port)
            if second.status != 200:  # the first one may not have come in yet
                break
        first = slow.reply()
    assert (second.status, first.status) == (429, 503)
    assert REFUSAL.fullmatch(second.message)
    assert REFUSAL.fullmatch(first.message)


@pytest.mark.parametrize("command", ["doctor pipe", "doctor sample --test pipe"])
def test_a_pipe_is_not_waited_for_twice(answers: Answers, command: str) -> None:
    running = answers.commands.start([*command.split(), "--format", "conllu"], answers.folder)
    end = time.monotonic() + 20
    while time.monotonic() < end:  # until it is opened on the other side
        with contextlib.suppress(OSError):
            pipe = os.open(answers.folder / "pipe", os.O_WRONLY | os.O_NONBLOCK)
            break
        time.sleep(0.01)
    os.write(pipe, (answers.folder / "good.conllu").read_bytes())
    os.close(pipe)
    assert (answers.commands.end(running).code, running.err.read_text()) == (0, "")


def test_the_page_tells_what_is_said_today(answers: Answers) -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = page.partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0]
    assert written.splitlines() == page_part(answers).splitlines(), "python tests/bad_input_page.py writes it anew"


def test_no_line_stands_there_twice() -> None:
    texts = [line.text for line in (*LINES, *HARMLESS.lines)]
    assert len(set(texts)) == len(texts)


def parsers() -> Iterator[tuple[list[str], argparse.ArgumentParser]]:
    """The words of each command, and its parser."""
    for name in COMMANDS:
        if name != "charlm":
            yield [name], importlib.import_module(f"postagger.{name}").parser()
    for name in CHARLM_COMMANDS:
        yield ["charlm", name], importlib.import_module(f"postagger.charlm.{name}").parser()


@pytest.mark.parametrize("command", list(parsers()), ids=lambda command: " ".join(command[0]))
def test_every_flag_of_every_command_is_in_a_mistake(
    answers: Answers, command: tuple[list[str], argparse.ArgumentParser]
) -> None:
    words, parser = command
    named: set[str] = set()
    for line in LINES:
        if line.arguments[: len(words)] != words:
            continue
        arguments = [part for one in line.arguments for part in (one.split("=", 1) if one.startswith("--") else [one])]
        said = answers.to_line(line).err
        for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
            # Either must be named, else the mistake was another.
            if flag in said or (value and value in said):
                named.add(flag)
    flags = [action.option_strings for action in parser._actions if action.option_strings]
    assert [one for one in flags if "--help" not in one and not named & set(one)] == []


def test_every_reader_is_in_a_mistake() -> None:
    words = [word for line in LINES for word in line.words]
    endings = set()
    for word in words:
        try:
            endings.add(format_of(Path(word)))
        except CorpusError:
            continue
    assert endings == set(typing.get_args(FormatName))
    assert {name for name in INPUTS if f"--input {name}" in " ".join(words)} | {"text"} == set(INPUTS)
    assert {".zip", ".toml", ".onnx", ".tags", ".lexicon", ".token"} <= {Path(word).suffix for word in words}


def test_every_path_of_the_server_is_in_a_bad_request(answers: Answers) -> None:
    told = answer_to(Request("GET /openapi.json", headers=()), answers.ports["usual"]).json["paths"]
    paths = {*told, "/", "/openapi.json", *(f"/{name}" for name in PAGE_FILES)}
    assert paths <= {one.path for one in REQUESTS}
    assert {"get", "post"} == {method for one in told.values() for method in one}


def test_a_fresh_process_says_the_same(answers: Answers) -> None:
    # That of a copied one, its exit code, and where standard error is closed the same results.
    line = Line("postagger tag --model model --input conllu late.conllu")
    for text, code, err in ((line.text, 2, answers.to_line(line).err), (f"{line.text} 2>&-", 2, "")):
        command = ["bash", "-c", text.replace("postagger", f"'{sys.executable}' -m postagger", 1)]
        ran = subprocess.run(command, cwd=answers.folder, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout, ran.stderr) == (code, "dog/NN\n", err)
