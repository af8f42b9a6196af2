"""The raw text that is learnt from where none is named."""

from typing import Any

import pytest

from postagger.data_prep import raw_text
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.raw_text import default_text
from postagger.errors import CorpusError, MissingCorpusError


@pytest.mark.treebank
def test_the_treebanks_raw_text(treebank: Corpus) -> None:
    name, text = default_text()
    assert (name, len(text)) == ("treebank", 505_809)
    assert ".START" not in text
    assert "Pierre Vinken, 61 years old, will join the board" in text
    assert len(treebank.part("all")) == 3914


def test_the_sample_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *, package: str) -> Any:
        raise MissingCorpusError(f"{name} {package}")

    monkeypatch.setattr(raw_text, "nltk_corpus", missing)
    name, text = default_text()
    assert name == "sample"
    assert text.count("\n") == 400
    assert '"Well, I can\'t just leave her here!" cried Mei.\n' in text


def test_a_damaged_treebank_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged:
        def raw(self) -> str:
            raise OSError("Bad CRC-32")

    monkeypatch.setattr(raw_text, "nltk_corpus", lambda name, *, package: Damaged())
    with pytest.raises(CorpusError, match="treebank: expected its raw text, got a damaged copy"):
        default_text()
