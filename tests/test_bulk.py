import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_corpora import bulk, check, lines, rejected_in, rows_in, stamps, write_lines

from postagger.bulk import run
from postagger.bulk.ledger import LEDGER
from postagger.data_prep.formats import read_conllu
from postagger.folder_lock import locked
from postagger.tagger import Tagger

POISON = {"x.jsonl": ['{"text": null}', "[]"], "b/y.txt": ["caf\udce9"]}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | list[str]]:
    """Texts or tokens by id, and the files they come from in the folder "in"."""
    folder = tmp_path_factory.mktemp("corpus")
    texts: dict[str, Any] = {"": folder}
    for seed, name in enumerate(["a.txt", "b/y.txt", "x.jsonl", "z.parquet", "t.conllu"]):
        rows = lines(seed, 40)
        texts |= {f"{name}:{number}": row for number, row in enumerate(rows, start=1)}
        path = folder / "in" / name
        if name == "z.parquet":
            path.parent.mkdir(exist_ok=True)
            pq.write_table(pa.table({"text": rows, "other": [1] * 40}), path, row_group_size=9)
            continue
        if name == "t.conllu":
            sentences = [row.split() or ["Run"] for row in rows]
            texts |= {f"{name}:{number}": words for number, words in enumerate(sentences, start=1)}
            rows = ["".join(f"{n}\t{one}" + "\t_" * 8 + "\n" for n, one in enumerate(words, 1)) for words in sentences]
        if name == "x.jsonl":
            rows = [json.dumps({"text": row}) for row in rows]
        write_lines(path, rows + POISON.get(name, []))
    return texts


@pytest.mark.parametrize("part_size", ["8", "0.0005"])
def test_every_row_comes_out_once_as_the_tagger_has_it(
    corpus: dict[str, Any],
    small_model: Path,
    small_tagger: Tagger,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    part_size: str,
) -> None:
    output = tmp_path / "out"
    arguments = bulk(corpus, output, "--model", str(small_model), "--part-size", part_size, "--workers", "2")
    assert run(arguments) == 0
    check(corpus, output, small_tagger)
    assert sorted((row["id"], row["record"]) for row in rejected_in(output).values()) == [
        ("b/y.txt:41", "caf\udce9"),
        ("x.jsonl:41", '{"text": null}'),
        ("x.jsonl:42", "[]"),
    ]
    said = capsys.readouterr().out.splitlines()
    num_parts = len((output / LEDGER).read_text().splitlines())
    assert num_parts == (5 if part_size == "8" else len(list(output.rglob("*.parquet"))))
    tokens = sum(len(row["tokens"]) for row in rows_in(output).values())
    assert said[0] == f"{tokens:,} tokens of 203 rows in {num_parts} parts: {output}"
    assert said[2] == f"rows that could not be tagged: 3, see {output}/rejected"
    assert not list(output.rglob(".postagger*"))


@pytest.fixture(scope="module")
def done(corpus: dict[str, Any], small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a whole run."""
    output = tmp_path_factory.mktemp("done") / "out"
    assert run(bulk(corpus, output, "--model", str(small_model), "--workers", "1")) == 0
    return output


def test_what_is_finished_is_not_done_again(
    corpus: dict[str, Any], small_model: Path, done: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stamps(done)
    assert run(bulk(corpus, done, "--model", str(small_model))) == 0
    assert stamps(done) == before
    out = capsys.readouterr().out.splitlines()
    assert out[1:] == [
        "5 of these parts were finished before",
        f"rows that could not be tagged: 3, see {done}/rejected",
    ]


def test_what_has_changed_or_is_gone_is_done_again_and_nothing_else(
    small_model: Path, small_tagger: Tagger, tmp_path: Path
) -> None:
    source, output = tmp_path / "in", tmp_path / "out"
    for number in range(5):
        write_lines(source / f"{number}.txt", lines(number, 30))
    arguments = [
        "--input",
        f"{source}/*",
        "--output",
        str(output),
        "--model",
        str(small_model),
        "--part-size",
        "0.0003",
    ]
    assert run([*arguments, "--workers", "1"]) == 0
    before = stamps(output)
    assert len(list(output.glob("1.txt-*"))) > 2
    (output / "0.txt-00001.parquet").unlink()  # and one that is gone
    write_lines(source / "1.txt", ["Dogs bark", "caf\udce9"])  # has fewer parts now
    write_lines(source / "5.txt", ["The dog"])
    (output / ".postagger-0123456789abcdef").write_bytes(b"torn")
    with (output / LEDGER).open("a") as ledger:
        ledger.write('{"name": "2.txt", "numb')
    assert run([*arguments, "--workers", "1"]) == 0
    changed = {Path(path).name for path, stamp in stamps(output).items() if before.get(path) != stamp}
    expected = {"0.txt-00001.parquet", "1.txt-00000.parquet", "1.txt-00000.jsonl", "5.txt-00000.parquet", LEDGER}
    assert changed == expected
    assert [path.name for path in output.glob("1.txt-*")] == ["1.txt-00000.parquet"]
    texts: dict[str, Any] = {"": source, "1.txt:1": "Dogs bark", "5.txt:1": "The dog"}
    for number in (0, 2, 3, 4):
        texts |= {f"{number}.txt:{row}": text for row, text in enumerate(lines(number, 30), start=1)}
    check(texts, output, small_tagger)
    assert list(rejected_in(output)) == ["1.txt:2"]
    write_lines(source / "1.txt", ["Dogs bark", "at"])
    assert run(arguments) == 0
    assert rejected_in(output) == {}


def test_json_lines_have_what_parquet_has(corpus: dict[str, Any], small_model: Path, tmp_path: Path) -> None:
    options = ["--model", str(small_model), "--confidence", "--workers", "1", "--tagset", "universal"]
    assert run(bulk(corpus, tmp_path / "json", *options, "--output-format", "jsonl")) == 0
    assert run(bulk(corpus, tmp_path / "parquet", *options)) == 0
    paths = [path for path in (tmp_path / "json").rglob("*-*.jsonl") if "rejected" not in path.parts]
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    right = rows_in(tmp_path / "parquet")
    assert {row["id"] for row in rows} == right.keys()
    for row in rows:
        known = right[row["id"]]
        assert list(row) == list(known)
        assert row.pop("confidences") == pytest.approx(known["confidences"], abs=5.1e-5)
        assert row == {name: value for name, value in known.items() if name != "confidences"}
        assert set(row["tags"]) <= {"DET", "NOUN", "VERB", "ADJ", "ADP", "."}


def test_conllu_has_a_sentence_for_each_and_what_has_none_is_rejected(
    corpus: dict[str, Any], small_model: Path, small_tagger: Tagger, tmp_path: Path
) -> None:
    extra = ['{"text": ["a\\tb"]}', '{"text": [""]}', '{"text": ["a b"]}']
    write_lines(tmp_path / "strange.jsonl", extra)
    arguments = bulk(
        corpus, tmp_path / "out", "--model", str(small_model), "--workers", "1", "--output-format", "conllu"
    )
    arguments.insert(1, str(tmp_path / "strange.jsonl"))
    assert run(arguments) == 0
    sentences: dict[str, list[list[tuple[str, str]]]] = {}
    for path in sorted((tmp_path / "out").rglob("*.conllu")):
        for sentence in read_conllu(path):
            name = sentence.comments[0].removeprefix("# id = ")
            sentences.setdefault(name, []).append([(row[1], row[4]) for row in sentence.rows])
    assert sentences.pop("strange.jsonl:3") == [small_tagger.tag(["a b"])]
    rejected = rejected_in(tmp_path / "out")
    assert rejected["strange.jsonl:1"]["reason"] == "expected tokens that CoNLL-U has a place for, got 'a\\tb'"
    assert rejected["strange.jsonl:2"]["reason"] == "expected tokens that CoNLL-U has a place for, got ''"
    for name, known in corpus.items():
        if not name:
            continue
        if isinstance(known, list):
            assert sentences.pop(name) == [small_tagger.tag(known)]
        elif right := small_tagger.tag_text(known):
            assert sentences.pop(name) == [[(one.text, one.tag) for one in sentence] for sentence in right]
        else:
            assert rejected[name]["reason"].startswith("expected a token at least, got none; CoNLL-U has no place")
    assert sentences == {}


def test_what_came_as_conllu_keeps_what_it_came_with(small_model: Path, tmp_path: Path) -> None:
    rows = [
        "# sent_id = 7",
        "#id=old",
        "1-2\tDogs\t_\t_\t_\t_\t_\t_\t_\t_",
        "1\tThe\tthe\tDET\tXX\t_\t0\troot\t_\tSpaceAfter=No",
    ]
    write_lines(tmp_path / "x.conllu", [*rows, "2\tdog\t_\t_\t_\t_\t1\tx\t_\tConfidence=0.1|Gloss=Hund", "", "# only"])
    arguments = ["--input", f"{tmp_path}/x.conllu", "--output", f"{tmp_path}/out", "--model", str(small_model)]
    assert run([*arguments, "--output-format", "conllu", "--id", "sent_id"]) == 0
    assert (tmp_path / "out" / "x.conllu-00000.conllu").read_text().splitlines() == [
        "# id = 7",
        rows[0],
        rows[2],
        "1\tThe\tthe\tDET\tDT\t_\t0\troot\t_\tSpaceAfter=No",
        "2\tdog\t_\t_\tNN\t_\t1\tx\t_\tGloss=Hund",
        "",
    ]


def test_tokens_for_which_conllu_has_no_place_are_not_counted(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "x.jsonl", ['{"text": ["a\\tb", "c"]}', '{"text": ["The", "dog", "barks"]}'])
    arguments = ["--input", f"{tmp_path}/x.jsonl", "--output", f"{tmp_path}/out", "--model", str(small_model)]
    assert run([*arguments, "--workers", "1", "--output-format", "conllu"]) == 0
    assert capsys.readouterr().out.startswith("3 tokens of 2 rows in 1 parts")


def test_empty_files_give_empty_files(small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("e.txt", "e.jsonl", "e.conllu"):
        write_lines(tmp_path / name, [])
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "e.parquet")
    arguments = ["--input", f"{tmp_path}/e.*", "--output", f"{tmp_path}/out", "--model", str(small_model)]
    assert run([*arguments, "--confidence", "--workers", "2"]) == 0
    assert capsys.readouterr().out.startswith("0 tokens of 0 rows in 4 parts")
    tables = [pq.read_table(path) for path in sorted((tmp_path / "out").glob("*.parquet"))]
    names = ["id", "tokens", "tags", "starts", "ends", "sentence_lengths", "confidences"]
    assert [(table.num_rows, table.schema.names) for table in tables] == [(0, names)] * 4


def test_other_settings_are_refused_and_force_begins_anew(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "x.txt", ["The dog"])
    write_lines(tmp_path / "y.txt", ["barks"])
    output = tmp_path / "out"
    arguments = ["--input", f"{tmp_path}/x.txt", "--output", str(output), "--model", str(small_model)]
    assert run([*arguments, "--workers", "1"]) == 0
    for changed, message in [
        (["--confidence"], "expected --confidence as in the run before, False, got True; take the same, choose"),
        (["--part-size", "9"], "expected --part-size as in the run before, 8, got 9.0; take the same, choose"),
        (["--tagset", "ud"], "expected --tagset as in the run before, 'ptb', got 'ud'; take the same, choose"),
        (["--model", "english-news"], "expected --model as in the run before, '"),
        (["--output-format", "jsonl"], "expected --output-format as in the run before, 'parquet', got 'jsonl'; take"),
    ]:
        before = stamps(output)
        assert run([*arguments, *changed]) == 2
        assert f"postagger bulk: error: {output}: {message}" in capsys.readouterr().err
        assert stamps(output) == before
    (output / "mine.txt").write_text("do not lose me")
    again = [*arguments[:1], f"{tmp_path}/y.txt", *arguments[2:], "--tokenized", "--force", "--workers", "1"]
    assert run(again) == 2
    assert "expected only files that this command writes, got 'mine.txt'; take that out" in capsys.readouterr().err
    assert list(rows_in(output)) == ["x.txt:1"]
    (output / "mine.txt").unlink()
    assert run(again) == 0
    assert list(rows_in(output)) == ["y.txt:1"]


def test_a_folder_of_somebody_else_is_not_touched(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "x.txt", ["The dog"])
    write_lines(tmp_path / "out" / "notes.txt", ["mine"])
    arguments = ["--input", f"{tmp_path}/x.txt", "--output", f"{tmp_path}/out", "--model", str(small_model)]
    for more in ([], ["--force"]):
        assert run([*arguments, *more]) == 2
        assert "expected an empty folder, or one of an earlier run, got 'notes.txt' in it" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["notes.txt"]


def test_one_run_at_a_time(
    corpus: dict[str, Any], small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with locked(tmp_path):
        assert run(bulk(corpus, tmp_path, "--model", str(small_model))) == 2
    assert f"{tmp_path}: expected to be alone here, got another run at work; wait for it" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_example_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parent.parent / "docs" / "bulk.md").read_text(encoding="utf-8")
    shown = page.partition("```console\n")[2].partition("```")[0]
    commands = [block.partition("\n")[::2] for block in shown.split("$ ")[1:]]
    (_, source), (command, summary), *results = commands
    for block in f"\n{source}".split("\n==> ")[1:]:
        name, content = block.split(" <==\n")
        write_lines(tmp_path / name, content.rstrip("\n").split("\n"))
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(command)[2:]) == 0
    out = capsys.readouterr().out.replace(str(tmp_path), "/home/me").splitlines()
    told = summary.splitlines()
    assert [out[0], out[2]] == [told[0], told[2]]
    for line, content in results:
        assert (tmp_path / line.split()[1]).read_text() == content


def test_without_pyarrow_the_command_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from postagger.bulk import run; sys.exit(run(sys.argv[1:]))"
    arguments = ["--input", "x.txt", "--output", "out"]
    ran = subprocess.run([sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr == (
        b"postagger bulk: error: expected pyarrow for tables of text, got no module pyarrow; "
        b"pip install 'postagger[bulk]'\n"
    )
