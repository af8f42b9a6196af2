"""Results that outlive a run that was cut off."""

from pathlib import Path

from postagger.evaluation.result_file import ResultFile


def test_what_is_known_is_not_computed_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    calls = []

    def compute() -> dict[str, object]:
        calls.append(1)
        return {"accuracy": 0.5}

    assert ResultFile(path).get({"seed": 1}, compute) == {"accuracy": 0.5}
    again = ResultFile(path)
    assert again.get({"seed": 1}, compute) == {"accuracy": 0.5}
    assert again.get({"seed": 2}, compute) == {"accuracy": 0.5}
    assert len(calls) == 2
    assert {"seed": 2} in again
    assert {"seed": 3} not in again


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    ResultFile(path).get({"seed": 1}, lambda: {"accuracy": 0.5})
    with path.open("a") as file:
        file.write('[]\n{"key": {"seed": 2}, "resu')
    assert {"seed": 1} in ResultFile(path)
    assert {"seed": 2} not in ResultFile(path)
    ResultFile(path).get({"seed": 3}, lambda: {"accuracy": 0.5})
    assert {"seed": 3} in ResultFile(path)
    path.write_bytes(b"\xff\xfe\n" + path.read_bytes())
    assert {"seed": 3} in ResultFile(path)


def test_without_a_path_results_live_in_memory() -> None:
    results = ResultFile(None)
    assert results.get({"a": 1}, lambda: {"b": 2}) == results.get({"a": 1}, dict)
