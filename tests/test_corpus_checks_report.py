"""Findings as text."""

from postagger.corpus_checks.finding import Example, Finding
from postagger.corpus_checks.overview import Overview
from postagger.corpus_checks.placed_corpus import Part, PlacedCorpus
from postagger.corpus_checks.report import text_of
from postagger.data_prep.sentence import Sentence


def overview(tags: int) -> Overview:
    names = tuple(f"T{number}" for number in range(tags))
    return Overview.of(PlacedCorpus("test", {"all": Part([Sentence(("a",) * tags, names)])}))


def test_many_tags_are_cut() -> None:
    lines = text_of(overview(62), [], ["tags"]).splitlines()
    assert lines[-3:] == ["  and 2 more; --json has them all", "", "Nothing odd: tags."]
    assert max(map(len, lines)) < 80
    assert "more" not in text_of(overview(60), [], [])


def test_findings_are_numbered_by_weight() -> None:
    findings = [
        Finding("a", "know", "little", 1, "read on"),
        Finding("b", "mend", "much", 2, "mend it", (Example("x:1", "one"), Example("yy:22", "word " * 20))),
        Finding("c", "mend", "100 %", 1, "mend this, too"),
    ]
    text = text_of(overview(1), findings, ["a", "b", "c"])
    assert text[text.index("To mend") :] == (
        """\
To mend
 1. much
      x:1    one
      yy:22: word word word word word word word word word word word word word
        word word word word word word word
    -> mend it
 2. 100 %
    -> mend this, too

Good to know
 3. little
    -> read on"""
    )
