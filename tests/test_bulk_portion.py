import pyarrow as pa
import pytest

from postagger.bulk.portion import Portion, Rejected, rejected_row

REJECTED = [
    Rejected("x:1", "no UTF-8", "caf\udce9"),
    Rejected("x:2", "null", None),
    Rejected("x:3", "null", ["a", None]),
]


def rows(*values: str) -> pa.RecordBatch:
    numbers = list(range(1, len(values) + 1))
    return pa.RecordBatch.from_pydict(
        {
            "row": pa.array(numbers, pa.int64()),
            "id": pa.array([f"x:{number}" for number in numbers], pa.string()),
            "record": pa.array(values, pa.string()),
            "value": pa.array(values, pa.string()),
        }
    )


def upper(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fails with any batch that has a bad row in it."""
    values = batch.column("value").to_pylist()
    if "bad" in values:
        raise KeyError("bad\nluck")
    return batch.drop_columns(["value"]).append_column(
        "upper", pa.array([value.upper() for value in values], pa.string())
    )


@pytest.mark.parametrize("values", [("a", "b"), ()])
def test_a_portion_travels_as_bytes(values: tuple[str, ...]) -> None:
    for rejected in (REJECTED, []):
        there = Portion(rows(*values), rejected)
        back = Portion.from_bytes(there.to_bytes())
        assert back == there
        assert back.rows.schema.metadata is None


def test_rows_with_which_a_step_fails_are_rejected_alone() -> None:
    sound: list[int] = []
    done = Portion(rows("a", "bad", "c", "bad"), REJECTED[:1]).then(upper, lambda: sound.append(1))
    assert done.rows.select(["row", "upper"]).to_pylist() == [{"row": 1, "upper": "A"}, {"row": 3, "upper": "C"}]
    reason = "KeyError: 'bad\\nluck'"
    assert done.rejected == [REJECTED[0], Rejected("x:2", reason, "bad"), Rejected("x:4", reason, "bad")]
    assert sound == [1]
    none = Portion(rows("bad"), []).then(upper, lambda: None)
    assert none.rows.schema.names == ["row", "id", "record", "upper"]
    assert (none.rows.num_rows, len(none.rejected)) == (0, 1)


def test_a_step_that_fails_with_everything_rejects_nothing() -> None:
    def broken() -> None:
        raise RuntimeError("no device")

    with pytest.raises(RuntimeError, match="no device"):
        Portion(rows("a", "bad"), []).then(upper, broken)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory")])
def test_rows_for_which_memory_is_too_small_are_not_rejected(error: Exception) -> None:
    def step(batch: pa.RecordBatch) -> pa.RecordBatch:
        if "b" in batch.column("value").to_pylist():
            raise error
        return batch

    with pytest.raises(type(error)):
        Portion(rows("a", "b"), []).then(step, lambda: None)
    failures = iter([ValueError(), error])  # with all rows for another reason

    def other(batch: pa.RecordBatch) -> pa.RecordBatch:
        if len(batch):
            raise next(failures)
        return batch

    with pytest.raises(type(error)):
        Portion(rows("a", "b"), []).then(other, lambda: None)


def test_a_rejected_row_has_its_record_or_what_there_is() -> None:
    whole = rows("a")
    assert rejected_row(whole, "why") == Rejected("x:1", "why", "a")
    tokens = pa.RecordBatch.from_pydict({"id": ["x:1"], "record": pa.nulls(1, pa.string()), "tokens": [["a", "b"]]})
    assert rejected_row(tokens, "why") == Rejected("x:1", "why", ["a", "b"])


def test_a_line_of_a_rejected_row_is_always_utf8() -> None:
    assert Rejected("é", "r", "é").to_json() == '{"id": "é", "reason": "r", "record": "é"}\n'
    assert Rejected("é", "r", "\udce9").to_json() == '{"id": "\\u00e9", "reason": "r", "record": "\\udce9"}\n'
