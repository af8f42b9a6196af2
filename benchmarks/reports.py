"""Reports: python benchmarks/reports.py tells how long a page takes to make, how large it is, and how soon it opens.

One is the treebank's test part as english-news tags it, the other a million tokens: the treebank's sentences again and
again, three tokens in a hundred given a tag by chance, so that every tag is taken for every other. Opened from disk in
headless Chromium, five times each, the median: until the page has loaded, and until a cell has shown its sentences.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import postagger
from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import Evaluation, score
from postagger.prediction import Prediction

TIMES = 5
WRONG = 0.03
CHROMIUM = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()


def main() -> int:
    """Judge, write, open, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=1_000_000, help="of the large page")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium", help="the browser's program")
    options = parser.parse_args()
    corpus, tagger = load_corpus(["treebank"]), postagger.load()
    predictions = tagger.predict([sentence.tokens for sentence in corpus.test], alternatives=1)
    row = "{:<12}{:>10}{:>14}{:>12}{:>12}{:>12}{:>12}"
    print(row.format("", "tokens", "judging, s", "writing, s", "size, kB", "opens, ms", "cell, ms"))
    for name, gold, predicted in (
        ("treebank", corpus.test, predictions),
        ("by chance", *_by_chance(corpus.part("all"), tagger.tagset.tags, options.tokens)),
    ):
        start = time.perf_counter()
        evaluation = score(gold, predicted, lexicon=tagger.lexicon, temperature=1.4, name=name)
        judged = time.perf_counter()
        page = evaluation.to_html()
        written = time.perf_counter()
        opens, cell = _opened(page, options.chromium)
        figures = (f"{judged - start:.1f}", f"{written - judged:.1f}", f"{len(page.encode()) / 1e3:,.0f}")
        print(row.format(name, _tokens(evaluation), *figures, f"{opens:.0f}", f"{cell:.0f}"), flush=True)
    return 0


def _tokens(evaluation: Evaluation) -> str:
    return f"{evaluation.tokens:,}"


def _by_chance(
    sentences: Sequence[Sentence], tags: Sequence[str], tokens: int
) -> tuple[list[Sentence], list[Prediction]]:
    """So many tokens in all, with predictions that are wrong by chance, and as sure as if they were not."""
    generator = random.Random(1)
    gold: list[Sentence] = []
    predictions = []
    count = 0
    while count < tokens:
        sentence = sentences[len(gold) % len(sentences)]
        predicted = [generator.choice(tags) if generator.random() < WRONG else tag for tag in sentence.tags]
        confidences = [1 - generator.random() / 2 for _ in predicted]
        predictions.append(Prediction(predicted, confidences, [[(generator.choice(tags), 0.1)] for _ in predicted]))
        gold.append(sentence)
        count += len(sentence)
    return gold, predictions


def _opened(page: str, chromium: str) -> tuple[float, float]:
    """The medians of the milliseconds until the page has loaded, and from a click on a cell to its sentences."""
    from playwright.sync_api import sync_playwright

    opens, cells = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "report.html"
        path.write_text(page, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        for _ in range(TIMES):
            shown = browser.new_page()
            start = time.perf_counter()
            shown.goto(path.as_uri(), wait_until="load")
            shown.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            opens.append(1000 * (time.perf_counter() - start))
            start = time.perf_counter()
            shown.locator("#heat button").first.click()
            shown.locator("#cell li").first.wait_for()
            cells.append(1000 * (time.perf_counter() - start))
            shown.close()
        browser.close()
    return statistics.median(opens), statistics.median(cells)


if __name__ == "__main__":
    sys.exit(main())
