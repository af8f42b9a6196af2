"""README and docs tell today's story: their program runs, their output is real, their flags exist."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BENCHMARKS = (
    "predictions.py",
    "calibration.py",
    "reports.py",
    "presets.py",
    "lessons.py",
    "accuracy.py",
    "shipped_models.py",
    "errors.py",
    "speed.py",
)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def block(page: Path, language: str) -> str:
    """The first block of code in a language."""
    found = re.search(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_program_of_the_readme_prints_what_the_readme_says() -> None:
    program = block(ROOT / "README.md", "python")
    assert len(program.split("\n\n")[-1].splitlines()) <= 6
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, {})
    said = block(ROOT / "README.md", "text")
    assert printed.getvalue() == said


def test_the_shell_line_of_the_readme() -> None:
    found = re.search(r'\$ echo "(.*)" \| .*\n(.*)\n', (ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    command = [sys.executable, "-m", "postagger.tag"]
    assert subprocess.check_output(command, input=found[1], text=True) == found[2] + "\n"


def test_every_flag_in_the_docs_exists() -> None:
    known = {"--help", "--no-deps"}  # the second is pip's
    programs = [["-m", f"postagger.{command}"] for command in ("train", "evaluate", "tag", "export")]
    programs += [["-m", "postagger.charlm", command] for command in ("train", "evaluate", "generate")]
    programs += [[str(ROOT / "benchmarks" / name)] for name in BENCHMARKS]
    for program in programs:
        text = subprocess.check_output([sys.executable, *program, "--help"], text=True)
        known |= set(re.findall(r"--[a-z][a-z0-9-]+", text))
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
