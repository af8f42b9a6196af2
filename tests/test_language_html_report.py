"""The page of a language model, made by the real commands."""

import json
import re
from pathlib import Path

import pytest

from pages import browser, check_figures, complaints
from postagger.charlm import evaluate, train

RHYME = "Row, row, row your boat,\nGently down the stream <b>&amp;</b>.\n" * 40
TRAIN = (
    "--hidden-size 16 --embedding-dim 8 --batch-size 4 --context-length 8 --num-epochs 2 --output model --prefix Row"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model that has been trained and judged on another text."""
    folder = tmp_path_factory.mktemp("language")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("rhyme.txt").write_text(RHYME)
        assert train.run(["--text", "rhyme.txt", *TRAIN.split()]) == 0
        assert evaluate.run(["--model", "model", "--text", "rhyme.txt", "--output", "scores"]) == 0
    return folder


@pytest.mark.parametrize("place", ["model", "scores"])
def test_every_figure_is_that_of_evaluation_json(folder: Path, place: str) -> None:
    page, stored = (folder / place / name for name in ("report.html", "evaluation.json"))
    text = page.read_text("utf-8")
    assert check_figures(text, stored.read_text("utf-8")) > 50
    assert re.findall(r'<section id="(\w+)">', text) == "losses classes positions samples losses_by_epoch how".split()
    assert "<b>&amp;" not in text
    assert text.count("<svg") == 2


def test_samples_and_how_they_were_made(folder: Path) -> None:
    scores = json.loads((folder / "scores" / "evaluation.json").read_text("utf-8"))
    assert [sample["temperature"] for sample in scores["samples"]] == [0.5, 0.8, 1.0]
    assert all(sample["text"].startswith("Row") and len(sample["text"]) == 303 for sample in scores["samples"])
    assert [record["epoch"] for record in scores["history"]] == [1, 2]
    assert scores["provenance"]["command"] == (
        "python -m postagger.charlm evaluate --model model --text rhyme.txt --output scores"
    )
    trained = json.loads((folder / "model" / "evaluation.json").read_text("utf-8"))
    assert trained["samples"] == scores["samples"]  # equal seeds write equal texts
    assert trained["model"] == scores["model"] == "model"


def test_in_a_browser(folder: Path) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 390, "height": 800})
        address = (folder / "model" / "report.html").as_uri()
        said = complaints(page, address)
        page.goto(address)
        rows = page.locator("#classes tbody th")
        before = rows.all_inner_texts()
        page.locator("#classes thead button").nth(2).click()
        after = rows.all_inner_texts()
        assert after != before
        assert sorted(after) == sorted(before)
        page.locator("#theme").click()
        assert page.locator("#samples pre").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert said == []
