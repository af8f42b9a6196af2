"""The programs of docs/integrations.md print what the page says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

import postagger.integrations.spacy  # noqa: F401  # as its entry point would; that it does, test_spacy_integration tells

PAGE = Path(__file__).parent.parent / "docs" / "integrations.md"


@pytest.mark.parametrize("section", ["NLTK", "scikit-learn", "spaCy"])
def test_the_program_of_a_section(section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {section}\n")[1]
    found = re.match(r"\s*```python\n(.*?)```\s*```text\n(.*?)```", text, re.DOTALL)
    assert found is not None
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(found[1], {})
    assert printed.getvalue() == found[2]
