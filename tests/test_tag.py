"""The tag command, as a program: what goes in, what comes out, what it says of bad input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from postagger import tag


def run(model: Path, *arguments: str, text: str | bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "postagger.tag", "--model", str(model), *arguments],
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
    )


def output(model: Path, *arguments: str, text: str = "") -> str:
    result = run(model, *arguments, text=text)
    assert result.returncode == 0, result.stderr
    assert result.stderr == b""
    return result.stdout.decode()


def test_text_from_a_pipe(small_model: Path) -> None:
    assert output(small_model, text="The dog barks. Run!") == "The/DT dog/NN barks/VBZ ./.\nRun/VB !/.\n"


def test_files_tokens_and_formats(small_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The dog\n\nRun !\n")
    arguments = (str(path), "-", "--input", "tokens")
    assert output(small_model, *arguments, text="dog\n") == "The/DT dog/NN\n\nRun/VB !/.\ndog/NN\n"
    lines = output(small_model, *arguments, "--output-format", "json", "--confidence").splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["tags"] for record in records] == [["DT", "NN"], [], ["VB", "."]]
    assert all(0 < sure <= 1 for sure in records[0]["confidences"])
    assert output(small_model, str(path), "--input", "tokens", "--output-format", "tsv") == (
        "The\tDT\ndog\tNN\n\n\nRun\tVB\n!\t.\n\n"
    )


def test_conllu_to_conllu(small_model: Path) -> None:
    source = "# id = 1\n1\tdog\tdog\tNOUN\t_\t_\t0\troot\t_\t_\n\n"
    arguments = ("--input", "conllu", "--output-format", "conllu")
    assert output(small_model, *arguments, text=source) == source.replace("NOUN\t_", "NOUN\tNN")
    assert "\tNOUN\t" in output(small_model, *arguments, "--tagset", "universal", text=source)


def test_universal_tags(small_model: Path) -> None:
    assert output(small_model, "--tagset", "universal", text="The dog barks.") == "The/DET dog/NOUN barks/VERB ./.\n"


def test_no_text_gives_no_text(small_model: Path) -> None:
    for kind in ("text", "tokens", "conllu"):
        assert output(small_model, "--input", kind) == ""


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["nowhere.txt"], b"", "nowhere.txt: expected a file that can be read, got: No such file or directory"),
        ([], b"caf\xe9", "standard input, line 1: expected UTF-8 text, got the byte 0xe9 at byte offset 3"),
        (["--input", "conllu"], b"dog\n", "standard input, line 1: expected 10 fields separated by single tabs"),
        (["--input", "xml"], b"", "argument --input: invalid choice: 'xml'"),
        (["--workers", "0"], b"", "argument --workers: expected a whole number of at least 1, got '0'"),
        (["--confidence"], b"", "--confidence: expected --output-format tsv, json or conllu, got tagged"),
    ],
)
def test_bad_input_is_one_clear_line(small_model: Path, arguments: list[str], text: bytes, message: str) -> None:
    result = run(small_model, *arguments, text=text)
    error = result.stderr.decode()
    assert result.returncode == 2
    assert error.startswith("postagger tag: error: ")
    assert message in error
    assert error.count("\n") == 1
    assert result.stdout == b""


def test_good_sentences_before_a_bad_line_are_not_lost(small_model: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.conllu", tmp_path / "bad.conllu"
    good.write_text("1\tdog" + "\t_" * 8 + "\n\n")
    bad.write_text(good.read_text() + "broken\n")
    result = run(small_model, "--input", "conllu", str(good), str(bad))
    assert result.stdout == b"dog/NN\ndog/NN\n"
    assert result.returncode == 2
    assert b"line 3: expected 10 fields" in result.stderr
    result = run(small_model, "--input", "conllu", str(good), "nowhere")
    assert (result.stdout, result.returncode) == (b"", 2)


def test_a_full_disk_is_one_clear_line(small_model: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "postagger.tag", "--model", str(small_model)],
            input=b"The dog barks.",
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (
        result.stderr.decode()
        == "postagger tag: error: expected output that can be written, got: No space left on device\n"
    )
    assert result.returncode == 2


def test_a_missing_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert tag.run(["--model", "nowhere"]) == 2
    assert (
        "nowhere/manifest.json: expected a file of a model folder, got: No such file or directory"
        in capsys.readouterr().err
    )


def test_a_reader_that_stops_early_is_no_error(small_model: Path) -> None:
    command = f"yes 'The dog barks .' | head -50000 | {sys.executable} -m postagger.tag --model {small_model} "
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} --input tokens | head -1"], capture_output=True, check=False
    )
    assert result.stdout == b"The/DT dog/NN barks/VBZ ./.\n"
    assert (result.stderr, result.returncode) == (b"", 141)  # 141 is yes, killed by its closed pipe
