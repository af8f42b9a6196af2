"""README and docs tell today's story: their program runs, their output is real, their flags exist."""

import argparse
import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import postagger.integrations.spacy  # noqa: F401  # as its entry point would; that it does, test_spacy_integration tells
from postagger.__main__ import COMMANDS
from postagger.commands import parser_of_commands

ROOT = Path(__file__).parent.parent
BENCHMARKS = (
    "fuzz/__main__.py",
    "fuzz/guided.py",
    "fuzz/model_folders.py",
    "kills.py",
    "bulk.py",
    "memory.py",
    "predictions.py",
    "calibration.py",
    "reports.py",
    "presets.py",
    "lessons.py",
    "accuracy.py",
    "shipped_models.py",
    "errors.py",
    "speed.py",
    "serving.py",
    "processes.py",
    "scale.py",
    "stream.py",
)
# Of torchrun, spark-submit and ray start.
OF_OTHERS = {
    "--standalone",
    "--nproc-per-node",
    "--nnodes",
    "--rdzv-endpoint",
    "--master",
    "--archives",
    "--head",
}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def block(page: Path, language: str) -> str:
    """The first block of code in a language."""
    found = re.search(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def programs(page: Path) -> list[tuple[str, str]]:
    """The programs of a page that stand before their output, and these outputs."""
    return re.findall(r"```python\n(.*?)```\s*```text\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_program_of_the_readme_is_short() -> None:
    program = block(ROOT / "README.md", "python")
    assert len(program.split("\n\n")[-1].splitlines()) <= 6


@pytest.mark.parametrize(
    ("program", "said"), [pair for page in PAGES for pair in programs(page)], ids=lambda text: text[-30:].strip()
)
def test_every_program_prints_what_its_page_says(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, {})
    assert printed.getvalue() == said


def test_the_shell_line_of_the_readme() -> None:
    found = re.search(r'\$ echo "(.*)" \| .*\n(.*)\n', (ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    command = [sys.executable, "-m", "postagger.tag"]
    assert subprocess.check_output(command, input=found[1], text=True) == found[2] + "\n"


def flags(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its commands."""
    found = {one for action in parser._actions for one in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {one for inner in action.choices.values() for one in flags(inner)}
    return found


def test_every_flag_in_the_docs_exists() -> None:
    known = {"--help", "--no-deps", *OF_OTHERS}  # the second is pip's
    known |= flags(parser_of_commands("postagger", "postagger", COMMANDS))
    for name in BENCHMARKS:
        known |= set(re.findall(r'add_argument\(\s*"(--[a-z][a-z0-9-]+)"', (ROOT / "benchmarks" / name).read_text()))
    for page in PAGES:
        used = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", page.read_text(encoding="utf-8")))
        assert used <= known, f"{page.name}: {sorted(used - known)}"


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_target_of_the_makefile_has_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"\.PHONY: (.*)", text)
    assert phony is not None
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## ", text, re.MULTILINE), target
