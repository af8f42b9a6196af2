import subprocess
import sys
from pathlib import Path

import pytest

from postagger import completion

pytest.importorskip("shtab")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "bash"
    command = [sys.executable, "-m", "postagger", "completion", "bash"]
    path.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    return path


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("postagger ta", "tag tags"),
        ("postagger tag --inp", "--input"),
        ("postagger tag --input ", "text lines tokens conllu"),
        ("postagger tag --lexicon no", "notes.txt"),
        ("postagger tag no", "notes.txt"),
        ("postagger tags --t", "--tagset"),
        ("postagger bulk --engine ", "local ray spark"),
        ("postagger bulk --input no", "notes.txt"),
        ("postagger train --cell ", "rnn gru lstm"),
        ("postagger train --corpus no", "notes.txt"),
        ("postagger evaluate --model no", "notes.txt"),
        ("postagger evaluate --seeds no", ""),
        ("postagger charlm g", "generate"),
        ("postagger charlm train --pref", "--prefix"),
        ("postagger completion ", "bash zsh tcsh"),
    ],
)
def test_bash_completes(script: Path, tmp_path: Path, line: str, completed: str) -> None:
    (tmp_path / "notes.txt").touch()
    program = (
        'source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); '
        "$(complete -p postagger | sed 's/.* -F \\([^ ]*\\) .*/\\1/') postagger; echo \"${COMPREPLY[@]}\""
    )
    command = ["bash", "-c", program, "bash", str(script), *line.split(" ")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.split() == completed.split()


def test_other_shells_get_their_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert completion.run(["zsh"]) == 0
    zsh = capsys.readouterr().out
    assert zsh.startswith("#compdef postagger")
    assert "--k-best-sequences" in zsh
    assert completion.run(["tcsh"]) == 0
    assert "complete postagger" in capsys.readouterr().out


def test_what_is_missing_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert completion.run(["fish"]) == 2
    assert "shell: expected one of bash zsh tcsh, got 'fish'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert completion.run(["bash"]) == 2
    assert capsys.readouterr().err == (
        "postagger completion: error: expected shtab for a script, got none; pip install 'postagger[completion]'\n"
    )
