"""The page as text: every figure from evaluation.json, nothing from elsewhere, tokens as text."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SENTENCES
from pages import check_figures
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import Evaluation, compare, evaluate, score
from postagger.evaluation.experiments import Experiment, Run
from postagger.evaluation.html_report import html_report
from postagger.evaluation.page import json_for_html
from postagger.tagger import Tagger

RUNS = [Run(f"seed {n}", 100 * n, 9, 0.9 + n / 100, 0.95, None, 1.5) for n in (1, 2, 3)]
HISTORY = [
    {"epoch": n, "loss": 1 / n, "dev_score": 0.9, "learning_rate": 1e-3, "tokens_per_second": 9999.5, "seconds": 2.25}
    for n in (1, 2)
]


@pytest.fixture(scope="module")
def full(small_tagger: Tagger) -> Evaluation:
    """An evaluation in which every section has something to tell."""
    gold = [*SENTENCES, Sentence(("The", "dog", "barks", "."), ("DT", "JJ", "VBZ", ".")), SENTENCES[2], SENTENCES[2]]
    gold[-2:] = [Sentence(("Run", "!"), ("UH", ".")), Sentence(("Run", "!"), ("UH", "."))]
    plain = evaluate(small_tagger, gold, corpus="gold", split="test", name="small", train=SENTENCES)
    other = score(gold, [["NN"] * len(one) for one in gold], lexicon=small_tagger.lexicon, name="other")
    return replace(
        plain,
        comparisons=[compare(plain, other)],
        experiments={"seeds": Experiment.of("seeds", RUNS), "learning_curve": Experiment.of("curve", RUNS)},
        history=HISTORY,
        provenance={"corpus": "gold", "versions": {"torch": "2"}, "command": "python -m postagger.evaluate"},
    )


def test_every_section_is_there(full: Evaluation) -> None:
    sections = re.findall(r'<section id="(\w+)">', full.to_html())
    assert sections == "scores comparison tags confusions words confidence errors gold training experiments how".split()
    plain = score(SENTENCES, [list(sentence.tags) for sentence in SENTENCES]).to_html()
    assert re.findall(r'<section id="(\w+)">', plain) == "scores tags confusions words how".split()
    assert "Every tag is right." in plain


def test_every_figure_is_that_of_evaluation_json(full: Evaluation) -> None:
    assert check_figures(full.to_html(), full.to_json()) > 200


def test_the_page_is_made_from_evaluation_json_alone(full: Evaluation) -> None:
    assert html_report(json.loads(full.to_json())) == full.to_html()


def test_nothing_comes_from_elsewhere(full: Evaluation) -> None:
    page = full.to_html()
    assert all(target.startswith("#") for target in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert "url(" not in page.replace("url(#", "")
    assert "@import" not in page
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses <= {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}


def test_equal_evaluations_give_equal_pages(full: Evaluation) -> None:
    assert full.to_html() == full.to_html()


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!--",
    "\"'><img src=x onerror=alert(3)>",
    "{{ 7 * 7 }}",
    "a\x00b\x1b[31m\x7f",
    "\x85\x9f",
    "\u202eevil\u202c",
    "שלום",
    "\ud800",
    "\u2028",
]


def hostile_report() -> str:
    gold = [Sentence((token, "x"), ("A", "B")) for token in HOSTILE] * 2
    tags = [["</td><script>alert(4)</script>", "\x07\r"]] * len(gold)
    lexicon = Lexicon(dict.fromkeys(HOSTILE, "A"), "A", [1] * len(HOSTILE))
    other = score(gold, [["B", "A"]] * len(gold), name="<b>other</b>")
    plain = score(gold, tags, lexicon=lexicon, corpus="<i>c</i>", name="<u>n</u>")
    return replace(plain, comparisons=[compare(plain, other)], provenance={"<p>": "<s>"}).to_html()


def test_no_markup_of_a_text_gets_into_the_page() -> None:
    page = hostile_report()
    for start in ("<script>alert", "<img", "<b>other", "<i>c", "<u>n", '<p>"', "<s>", "</td><script"):
        assert start not in page, start
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "a␀b␛[31m␡" in page
    shown = re.sub(r'data-path="[^"]*"', "", page)  # paths must be found in evaluation.json as they are
    assert not set(shown) & {chr(code) for code in [*range(9), *range(11, 32), *range(127, 160)]}
    assert "{{ 7 * 7 }}" in page
    page.encode("utf-8")


@given(st.text())
def test_json_inside_a_page_is_the_same_json(text: str) -> None:
    written = json_for_html([text])
    assert json.loads(written) == [text]
    assert not set("<>&") & set(written)


def test_a_notebook_shows_table_and_plots(full: Evaluation) -> None:
    view = full._repr_html_()
    assert view.lstrip().startswith("<div>")
    assert view.count("<svg") == 4
    assert view.count("<table>") == 2
    assert "<script" not in view
    assert check_figures(view, full.to_json()) > 30


def test_what_must_not_be_shown_is_not_shown(small_tagger: Tagger) -> None:
    from postagger.evaluation.quotes import Quoting

    gold = [Sentence(("secret", "dog", "words"), ("NN", "DT", "NN"))]
    result = evaluate(small_tagger, gold, quoting=Quoting(0))
    assert "words" not in {error.before for error in result.errors} | {error.after for error in result.errors}
    for error in json.loads(result.to_json())["errors"]:
        assert (error["before"], error["after"]) == ("", "")
