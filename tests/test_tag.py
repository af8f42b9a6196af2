"""The tag command, as a program: what goes in, what comes out, what it says of bad input."""

import json
import math
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postagger import tag
from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER


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


Here = Callable[..., str]
"""The command without a process of its own: arguments, and a text that is given as a file -> output."""


@pytest.fixture
def here(small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Here:
    def run_here(*arguments: str, text: str = "The dog barks. Run!") -> str:
        (tmp_path / "text").write_text(text)
        assert tag.run(["--model", str(small_model), *arguments, str(tmp_path / "text")]) == 0
        return capsys.readouterr().out

    return run_here


def records(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


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
    for kind in ("text", "lines", "tokens", "conllu"):
        assert output(small_model, "--input", kind) == ""


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["She can swim."], b"", "expected files, got 'She can swim.'; to tag a text: echo TEXT | postagger tag"),
        (["--output", "tags.txt"], b"", "an option that exists, got '--output'; did you mean --output-format?"),
        (["nowhere.txt"], b"", "nowhere.txt: expected a file that can be read, got: No such file or directory"),
        ([], b"caf\xe9", "standard input, line 1: expected UTF-8 text, got the byte 0xe9 at byte offset 3"),
        (["--input", "conllu"], b"dog\n", "standard input, line 1: expected 10 fields separated by single tabs"),
        (["--input", "xml"], b"", "--input: expected one of text lines tokens conllu, got 'xml'"),
        (["--workers", "0"], b"", "--workers: expected a whole number of at least 1, got '0'"),
        (["--confidence"], b"", "--confidence: expected --output-format tsv, json or conllu, got tagged"),
        (["--tagset", "xyz"], b"", "expected one of ptb universal ud, or a file that maps tags, got 'xyz'"),
        (["--lexicon", "nowhere.txt"], b"", "nowhere.txt: expected a file that can be read"),
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
    said = "expected output that can be written, got: No space left on device; make room, or send it elsewhere"
    assert result.stderr.decode() == f"postagger tag: error: {said}\n"
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


def test_lines_stay_lines(here: Here) -> None:
    text = "The dog barks. Run!\n\nDogs bark\nat the old dog."
    assert here("--input", "lines", text=text) == (
        "The/DT dog/NN barks/VBZ ./. Run/VB !/.\n\nDogs/NNS bark/VBP\nat/IN the/DT old/JJ dog/NN ./.\n"
    )
    told = records(here("--input", "lines", "--output-format", "json", text=text))
    assert [(one["line"], len(one["tokens"])) for one in told] == [(1, 4), (1, 2), (2, 0), (3, 2), (4, 5)]
    assert here("--input", "lines", "--output-format", "tsv", text="\nRun !\n") == "Run\tVB\t2\n!\t.\t2\n\n"


def test_uncertain_tags_are_marked_and_counted(here: Here, small_model: Path, tmp_path: Path) -> None:
    (sentence,) = records(here("--output-format", "json", "--confidence", text="The zebra barks."))
    limit = sorted(sentence["confidences"])[1]  # so that one tag is below
    odd = sentence["confidences"].index(min(sentence["confidences"]))
    (marked,) = records(here("--output-format", "json", "--min-confidence", str(limit - 1e-4), text="The zebra barks."))
    assert marked["uncertain"] == [odd]
    result = run(small_model, "--min-confidence", str(limit - 1e-4), text="The zebra barks.")
    assert [item[-1] for item in result.stdout.decode().split()].index("?") == odd
    assert result.stderr.decode() == f"1 of 4 tokens below {limit - 1e-4:g}\n"


def test_several_tags_and_sequences(here: Here) -> None:
    arguments = ("--output-format", "json", "--confidence", "--k-best", "3", "--k-best-sequences", "2")
    (first, second) = records(here(*arguments))
    for sentence in (first, second):
        assert [best[0][0] for best in sentence["k_best"]] == sentence["tags"] == sentence["sequences"][0]["tags"]
        assert [best[0][1] for best in sentence["k_best"]] == sentence["confidences"]
        assert all(len(best) == 3 and best[0][1] >= best[1][1] >= best[2][1] for best in sentence["k_best"])
        product = math.prod(sentence["confidences"])
        assert sentence["sequences"][0]["probability"] == pytest.approx(product, rel=1e-3)
    rows = here("--output-format", "tsv", "--k-best", "99").split("\n\n")[0].split("\n")
    assert {len(row.split("\t")) for row in rows} == {2 + 2 * 99}
    assert rows[0].endswith("\t-\t-")


def test_tags_are_the_same_whatever_else_is_wanted(here: Here) -> None:
    text = "The old zebra barks at dogs. Run at the dog! Bark, dog."
    plain = [one["tags"] for one in records(here("--output-format", "json", text=text))]
    for more in (["--confidence"], ["--k-best", "2"], ["--k-best-sequences", "1"], ["--min-confidence", "0.5"]):
        assert [one["tags"] for one in records(here("--output-format", "json", *more, text=text))] == plain


def test_a_lexicon_and_a_mapping_of_ones_own(
    here: Here, small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lexicon, mapping = tmp_path / "lexicon", tmp_path / "mapping"
    lexicon.write_text("dog VB\n")
    assert here("--lexicon", str(lexicon)) == "The/DT dog/VB barks/VBZ ./.\nRun/VB !/.\n"
    mapping.write_text("DT D\nNN N\nNNS N\nVB V\nVBP V\nVBZ V\nIN I\nJJ J\n. .\n")
    assert here("--tagset", str(mapping)) == "The/D dog/N barks/V ./.\nRun/V !/.\n"
    lexicon.write_text("dog V\n")
    assert here("--tagset", str(mapping), "--lexicon", str(lexicon)).startswith("The/D dog/V")
    assert tag.run(["--model", str(small_model), "--lexicon", str(lexicon), str(mapping)]) == 2
    assert f"--lexicon {lexicon}: expected some of " in capsys.readouterr().err


def test_tags_of_universal_dependencies_go_to_upos(here: Here, tmp_path: Path) -> None:
    arguments = ("--input", "tokens", "--output-format", "conllu")
    assert here(*arguments, "--tagset", "ud", text="Run !\n").split("\t")[3:5] == ["VERB", "_"]
    mapping = tmp_path / "mapping"
    for own, fields in (("NOUN", ["NOUN", "_"]), ("Noun", ["_", "Noun"])):
        mapping.write_text("".join(f"{penn} {own}\n" for penn in "DT NN NNS VB VBP VBZ IN JJ .".split()))
        assert here(*arguments, "--tagset", str(mapping), text="Run !\n").split("\t")[3:5] == fields


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--k-best 2", "--k-best: expected --output-format tsv, json or conllu, got tagged; choose such a one"),
        ("--k-best-sequences 2 --output-format tsv", "--k-best-sequences: expected --output-format json, got tsv"),
        ("--k-best 2 --output-format tsv --workers 2", "--k-best: expected --workers 1, got 2; leave one of them out"),
        ("--k-best 0", "--k-best: expected a whole number of at least 1, got '0'"),
        ("--min-confidence 1.5", "--min-confidence: expected a number from 0 to 1, got '1.5'"),
        ("--min-confidence nan", "--min-confidence: expected a number from 0 to 1, got 'nan'"),
        ("--color always --output-format json", "--color always: expected --output-format tagged, got json"),
    ],
)
def test_options_that_do_not_fit(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tag.run(arguments.split()) == 2
    assert message in capsys.readouterr().err


def test_colors_where_they_are_wanted(here: Here) -> None:
    assert "\x1b" not in here()
    assert "\x1b" not in here("--color", "never")
    assert here("--color", "always", text="Run!") == "Run/\x1b[31mVB\x1b[0m !/.\n"


class Live:
    """The command with pipes at both ends."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "postagger.tag", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def answer(self, text: str, lines: int) -> str:
        """So many lines that come after a text was written, which does not end yet."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()
        found = b""
        while found.count(b"\n") < lines and select.select([self.process.stdout], [], [], 30)[0]:
            found += os.read(self.process.stdout.fileno(), 1000)
        return found.decode()

    def end(self) -> str:
        return self.process.communicate(timeout=30)[0].decode()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_has_arrived_is_tagged_before_more_is_waited_for(small_model: Path, workers: str) -> None:
    live = Live("--model", str(small_model), "--input", "lines", "--workers", workers)
    assert live.answer("The dog\nRun", 1) == "The/DT dog/NN\n"
    assert live.answer("!\n\n", 2) == "Run/VB !/.\n\n"
    many = SENTENCES_TOGETHER + 1
    assert live.answer("Run!\n" * many, many) == "Run/VB !/.\n" * many
    assert live.answer("Dogs", 0) == ""
    assert live.end() == "Dogs/NNS\n"


def test_a_paragraph_or_a_conllu_sentence_is_tagged_when_it_ends(small_model: Path) -> None:
    live = Live("--model", str(small_model))
    assert live.answer("The dog.\n\nThe old\n", 1) == "The/DT dog/NN ./.\n"
    assert live.answer("dog.\n\n", 1) == "The/DT old/JJ dog/NN ./.\n"
    assert live.end() == ""
    live = Live("--model", str(small_model), "--input", "conllu")
    row = "1\tdog" + "\t_" * 8 + "\n\n"
    assert live.answer(row + "\n# of the next\n", 1) == "dog/NN\n"
    assert live.answer(row, 1) == "dog/NN\n"
    assert live.end() == ""
