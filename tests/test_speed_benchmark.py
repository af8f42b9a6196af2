import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from postagger.data_prep.corpus import Corpus

PROGRAM = Path(__file__).parent.parent / "benchmarks" / "speed.py"
CONTESTANTS = ("postagger `default`", "postagger `english-news`", "NLTK perceptron")


def run(*arguments: str, **environment: str) -> str:
    return subprocess.check_output([sys.executable, *arguments], text=True, env={**os.environ, **environment})


def tables_of(printed: str) -> dict[str, list[list[str]]]:
    """The rows of each table, by its title, without those of its head."""
    tables = {}
    for section in printed.split("\n## ")[1:]:
        title, *lines = section.splitlines()
        rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        tables[title] = rows[1:]
    return tables


@pytest.mark.treebank
@pytest.mark.slow
def test_smoke(treebank: Corpus, tmp_path: Path) -> None:
    rounds = tmp_path / "rounds.jsonl"
    printed = run(str(PROGRAM), "--smoke", "--json", str(rounds))
    tables = tables_of(printed)
    for title in ("In bulk, one core", "In bulk, two cores", "One sentence at a time"):
        assert [row[0] for row in tables[title]] == list(CONTESTANTS)
        assert all(float(row[1].replace(",", "")) > 0 for row in tables[title])
        assert tables[title][-1][2] == "1.00"
    assert [row[0] for row in tables["From a cold start to the first sentence"]] == list(CONTESTANTS)
    assert [row[0] for row in tables["The floor"]] == list(CONTESTANTS[:2])
    assert len(tables["Memory of a stream, MB"]) == 11
    assert len(tables["Training on 50 sentences, judged on 10"]) == 1
    parts = [json.loads(line)["part"] for line in rounds.read_text().splitlines()]
    assert parts.count("one-core") == 3
    assert set(parts) == {"one-core", "two-cores", "single", "load", "floor", "training"}


@pytest.mark.treebank
@pytest.mark.slow
def test_a_saved_rival_tags_as_the_trained_one(treebank: Corpus, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from rivals import LOADERS, RIVALS
from postagger.data_prep.corpus import load_corpus
corpus = load_corpus(["treebank"])
sentences = [sentence.tokens for sentence in corpus.test[:20]]
for name in ("NLTK perceptron", "NLTK TnT"):
    trained, path = RIVALS[name](corpus.train[:20]), Path(sys.argv[1]) / name
    trained.save(path)
    assert path.stat().st_size == trained.size
    assert LOADERS[name](path)(sentences) == trained.tag(sentences)
    print(name)
"""
    printed = run("-c", program, str(tmp_path), PYTHONPATH=str(PROGRAM.parent))
    assert printed.splitlines() == ["NLTK perceptron", "NLTK TnT"]
