"""The page as a reader has it: every control, by mouse and keyboard; no request, no error, nothing run."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pages import browser, check_figures, complaints, written
from postagger.data_prep.corpus import Corpus
from postagger.evaluation import Evaluation, evaluate
from postagger.tagger import Tagger
from test_html_report import HOSTILE, hostile_report

SIZES = {"desktop": (1280, 900), "phone": (390, 800)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def evaluation(treebank: Corpus) -> Evaluation:
    """The shipped model's on the treebank, beside the other shipped one."""
    from dataclasses import replace

    from postagger.evaluation import compare, score
    from postagger.model_folder import read_history
    from postagger.pretrained import model_path

    tagger, other = (Tagger.load(model_path(name)) for name in ("english-news", "english-web"))
    result = evaluate(tagger, treebank.test, corpus="treebank", split="test", name="english-news", train=treebank.train)
    tags = [prediction.tags for prediction in other.predict([sentence.tokens for sentence in treebank.test])]
    beside = score(treebank.test, tags, lexicon=tagger.lexicon, name="english-web")
    history = read_history(model_path("english-news"))
    return replace(result, comparisons=[compare(result, beside)], history=history, provenance={"corpus": "treebank"})


@pytest.fixture(scope="module")
def address(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("report") / "report.html", evaluation.to_html())


def opened(chromium: Browser, address: str, size: str = "desktop", **options: str) -> tuple[Page, list[str]]:
    """A page, and all that it has complained of or asked for."""
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
    said = complaints(page, address)
    page.goto(address)
    return page, said


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    shown, said = opened(chromium, address)
    yield shown
    assert said == []
    shown.close()


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"#tag-table tbody tr > :nth-child({number})").all_inner_texts()


def test_sorting_by_click(page: Page) -> None:
    heads = page.locator("#tag-table thead th")
    before = column(page, 1)
    assert heads.nth(2).get_attribute("aria-sort") == "descending"
    heads.nth(5).locator("button").click()  # F1, the best first
    f1 = [float(text) for text in column(page, 6)]
    assert f1 == sorted(f1, reverse=True)
    heads.nth(5).locator("button").click()
    assert [float(text) for text in column(page, 6)] == sorted(f1)
    assert heads.nth(5).get_attribute("aria-sort") == "ascending"
    assert heads.nth(2).get_attribute("aria-sort") == "none"
    heads.nth(0).locator("button").press("Enter")
    assert column(page, 1)[-1] == "WRB"
    heads.nth(2).locator("button").click()
    tokens = [int(text.replace(",", "")) for text in column(page, 3)]
    assert tokens == sorted(tokens, reverse=True)
    assert sorted(column(page, 1)) == sorted(before)


def test_groups_sort_as_they_were_made_and_by_figures(page: Page, evaluation: Evaluation) -> None:
    shapes = [one.group for one in evaluation.groups["shape"]]
    table = page.locator("table", has=page.locator("th", has_text="shape"))
    names = table.locator("tbody th")
    assert names.all_inner_texts() == shapes
    heads = table.locator("thead button")
    heads.nth(4).click()  # accuracy, the best first
    assert names.all_inner_texts() != shapes
    heads.nth(0).click()
    assert names.all_inner_texts() == shapes
    heads.nth(0).click()
    assert names.all_inner_texts() == shapes[::-1]


def test_a_cell_shows_its_sentences(page: Page, evaluation: Evaluation) -> None:
    count, gold, predicted = evaluation.confusion.errors()[0]
    assert not page.locator("#cell").is_visible()
    cell = page.locator(f'#heat button[title^="{gold} taken for {predicted}:"]')
    assert cell.get_attribute("title") == f"{gold} taken for {predicted}: {count}"
    cell.click()
    assert page.locator("#cell h3").inner_text() == f"{gold} taken for {predicted}: {count} tokens"
    items = page.locator("#cell li")
    expected = [one for one in evaluation.errors if (one.gold, one.predicted) == (gold, predicted)]
    assert items.count() == len(expected) == count
    assert sorted(items.locator("mark").all_inner_texts()) == sorted(one.word for one in expected)
    surest = max(expected, key=lambda one: one.confidence or 0)
    assert surest.before in items.first.inner_text()
    assert f"{surest.confidence:.4f}, then {surest.second} {surest.second_confidence:.4f}" in items.first.inner_text()
    assert cell.get_attribute("aria-pressed") == "true"
    other = page.locator("#heat button").last
    other.click()
    assert cell.get_attribute("aria-pressed") == "false"
    assert "taken for" in page.locator("#cell h3").inner_text()


def test_the_confusions_by_keyboard(page: Page) -> None:
    stops = page.locator('#heat button[tabindex="0"]')
    assert stops.count() == 1
    stops.focus()
    first = page.evaluate("document.activeElement.title")
    page.keyboard.press("ArrowDown")
    moved = page.evaluate("document.activeElement.title")
    assert moved != first
    assert stops.count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.locator("#cell").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme(chromium: Browser, address: str, scheme: str) -> None:
    page, said = opened(chromium, address, color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(255, 255, 255)", "rgb(17, 21, 26)"
    assert page.evaluate(ground) == (light if scheme == "light" else dark)
    button = page.locator("#theme")
    assert button.inner_text() == ("Dark theme" if scheme == "light" else "Light theme")
    button.click()
    assert page.evaluate(ground) == (dark if scheme == "light" else light)
    button.click()
    assert page.evaluate(ground) == (light if scheme == "light" else dark)
    assert said == []
    page.close()


def test_links_and_folds(page: Page) -> None:
    for link in page.locator("nav a").all():
        link.click()
        target = page.locator(page.evaluate("location.hash"))
        assert target.count() == 1
    for summary in page.locator("summary").all():
        summary.click()
        assert summary.evaluate("one => one.parentElement.open")


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_readable_by_everybody(chromium: Browser, address: str, size: str, scheme: str) -> None:
    page, said = opened(chromium, address, size, color_scheme=scheme)
    page.locator("#heat button").first.click()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert said == []
    page.close()


def test_a_notebook_s_plots_can_be_seen(chromium: Browser, evaluation: Evaluation, tmp_path: Path) -> None:
    frame = f"<!doctype html><html><body><div style='width: 900px'>{evaluation._repr_html_()}</div></body></html>"
    page, said = opened(chromium, written(tmp_path / "notebook.html", frame))
    sizes = [plot.bounding_box() for plot in page.locator("svg").all()]
    assert len(sizes) == 3
    assert all(size is not None and size["width"] > 200 and size["height"] > 80 for size in sizes)
    assert said == []
    page.close()


def test_it_prints(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("#tag-table").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_size_and_figures(evaluation: Evaluation, address: str) -> None:
    page = evaluation.to_html()
    assert len(page.encode()) < 3_000_000
    assert check_figures(page, evaluation.to_json()) > 500


def test_texts_are_shown_and_never_run(chromium: Browser, tmp_path: Path) -> None:
    page, said = opened(chromium, written(tmp_path / "hostile.html", hostile_report()))
    texts: set[str] = set()
    for button in page.locator("#heat button").all():
        button.click()
        texts |= set(page.locator("#cell mark").all_inner_texts())
        assert page.locator("#cell li").count() == int(button.get_attribute("value") or 0)
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3], HOSTILE[4], "a␀b␛[31m␡"} <= texts
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert said == []
    page.close()


def test_it_opens_at_once(chromium: Browser, address: str) -> None:
    start = time.perf_counter()
    page, _ = opened(chromium, address)
    page.locator("#heat button").first.wait_for()
    assert time.perf_counter() - start < 5  # benchmarks/reports.py measures it with nothing beside
    page.close()
