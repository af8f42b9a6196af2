import subprocess
import sys
from pathlib import Path

import pytest

from postagger.data_prep.corpus import Corpus

PROGRAM = Path(__file__).parent.parent / "benchmarks" / "serving.py"


@pytest.mark.treebank
@pytest.mark.slow
def test_every_answer_under_load_is_right(treebank: Corpus, small_model: Path) -> None:
    command = [sys.executable, str(PROGRAM), "--model", str(small_model), "--clients", "40", "--seconds", "1"]
    head, _, *rows = subprocess.check_output(command, text=True).splitlines()
    assert head.split(" | ")[2:5] == ["right", "refused", "wrong"]
    peak, half, crowd = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    assert [one[0] for one in (peak, half, crowd)] == ["peak", "half the peak", "crowd"]
    assert [one[4] for one in (peak, half, crowd)] == ["0", "0", "0"]
    assert all(int(one[2].replace(",", "")) > 20 for one in (peak, half, crowd))
    assert (peak[3], half[3]) == ("0", "0")
    assert int(crowd[3].replace(",", "")) > 0  # of 80 clients 64 are let in
