"""Texts and tokens by the ids of their rows, and what must come out when their files are tagged in bulk."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from postagger.tagger import Tagger

WORDS = ["The", "dog", "barks.", "Dogs", "bark", "at", "(the)", "old", "Run!", "é😀"]


def lines(seed: int, number: int) -> list[str]:
    """Texts of no, one or more sentences."""
    words = random.Random(seed)
    return [" ".join(words.choices(WORDS, k=words.randrange(12))) for _ in range(number)]


def write_lines(path: Path, rows: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{row}\n" for row in rows).encode("utf-8", "surrogateescape"))


def bulk(corpus: dict[str, Any], output: Path, *more: str) -> list[str]:
    """The arguments."""
    return ["--input", f"{corpus['']}/in/**/*.*", "--output", str(output), *more]


def rows_in(output: Path) -> dict[str, Any]:
    """All rows of Parquet, by id."""
    rows = [row for path in sorted(output.rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def rejected_in(output: Path) -> dict[str, dict[str, str]]:
    """All rejected rows, by id."""
    paths = sorted((output / "rejected").rglob("*.jsonl"))
    return {row["id"]: row for path in paths for row in map(json.loads, path.read_text().splitlines())}


def check(corpus: dict[str, Any], output: Path, tagger: Tagger) -> None:
    """Every row once, as the tagger has it."""
    rows = rows_in(output)
    assert rows.keys() == corpus.keys() - {""}
    for name, row in rows.items():
        known = corpus[name]
        sentences = [list(zip(row["tokens"], row["tags"], strict=True))] if isinstance(known, list) else None
        if sentences is not None:
            assert sentences == [tagger.tag(known)]
            continue
        right = tagger.tag_text(known)
        told = [(one.text, one.tag, one.start, one.end) for sentence in right for one in sentence]
        assert list(zip(row["tokens"], row["tags"], row["starts"], row["ends"], strict=True)) == told
        assert row["sentence_lengths"] == list(map(len, right))


def stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
