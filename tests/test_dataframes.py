"""Tables for pandas."""

import builtins
import sys

import pytest

from conftest import SENTENCES
from postagger.errors import ConfigError
from postagger.evaluation import score

PREDICTED = [["DT", "NN", "NN", "."], ["NNS", "VBP", "IN", "DT", "JJ", "NN", "."], ["VB", "."]]


def test_each_table() -> None:
    result = score(SENTENCES, PREDICTED)
    per_tag = result.to_dataframe()
    assert per_tag.loc["NN", "support"] == 2
    assert per_tag.loc["NN", "precision"] == pytest.approx(2 / 3)
    confusion = result.to_dataframe("confusion")
    assert confusion.loc["VBZ", "NN"] == 1
    assert (confusion.index.name, confusion.columns.name) == ("gold", "predicted")
    errors = result.to_dataframe("errors")
    assert errors[["word", "gold", "predicted"]].to_numpy().tolist() == [["barks", "VBZ", "NN"]]
    groups = result.to_dataframe("groups")
    assert groups[groups.kind == "sentence_length"].tokens.tolist() == [6, 7]
    with pytest.raises(ConfigError, match=r"expected a table .*, got 'tags'"):
        result.to_dataframe("tags")  # type: ignore[arg-type]


def test_without_pandas_one_line_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_pandas(name: str, *arguments: object, **more: object) -> object:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setattr(builtins, "__import__", no_pandas)
    with pytest.raises(ConfigError, match=r"pip install 'postagger\[pandas\]'"):
        score(SENTENCES, PREDICTED).to_dataframe()
