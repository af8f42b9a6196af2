import os
import sys
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from fuzz.folder_corruptions import Draft, change_numbers, flip_bits, mend
from fuzz.folder_reader import Answer
from fuzz.model_folders import GOLDEN, Outcomes, Spoilt, run, write

from postagger.errors import ModelFolderError
from postagger.tagger import Tagger

INPUTS = 200


def test_spoilt_folders_are_refused_or_harmless() -> None:
    outcomes = run(range(INPUTS), seed=int(os.environ.get("FUZZ_SEED", "3")))
    assert outcomes.findings == []
    assert sum(outcomes.counts.values()) == INPUTS
    assert sum(count for (_, outcome), count in outcomes.counts.items() if outcome == "refused") > INPUTS / 3


def test_equal_seeds_spoil_alike() -> None:
    original: Draft = {"a": b"1234", "manifest.json": b"{}"}
    drafts = [dict(original), dict(original)]
    for draft in drafts:
        flip_bits(Random(1), draft, draft)
    assert drafts[0] == drafts[1] != original


def test_a_mended_manifest_leads_to_what_lies_behind_it(tmp_path: Path) -> None:
    draft: Draft = {path.name: path.read_bytes() for path in (GOLDEN / "tagger").iterdir()}
    change_numbers(Random(1), draft, draft)
    mend(draft)
    write(draft, tmp_path)
    with pytest.raises(ModelFolderError, match=r"weights\.safetensors: expected numbers of at most"):
        Tagger.load(tmp_path)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer("works", "", 0.1, 100.0), "was read, although the manifest does not vouch for it"),
        (Answer("refused", "x", 5.1, 100.0), "took 5.1 s"),
        (Answer("refused", "x", 0.1, 501.0), "took 501 MB"),
        (Answer("KeyError", "trace", 0.1, 100.0), "KeyError: trace"),
    ],
)
def test_what_is_a_finding(answer: Answer, told: str) -> None:
    outcomes = Outcomes()
    outcomes.add(7, Spoilt("tagger", "flip bits", must_refuse=True), answer)
    (finding,) = outcomes.findings
    assert finding.startswith("--only 7: tagger, flip bits: ")
    assert told in finding
    assert outcomes.counts["flip bits", "finding"] == 1
