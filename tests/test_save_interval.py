import pytest

from postagger.errors import ConfigError
from postagger.save_interval import SaveInterval


@pytest.mark.parametrize(
    ("text", "steps", "seconds"),
    [
        ("1", 1, None),
        ("500", 500, None),
        ("0", None, None),
        ("30s", None, 30),
        ("1.5h", None, 5400),
        ("0m", None, None),
    ],
)
def test_steps_or_time(text: str, steps: int | None, seconds: float | None) -> None:
    assert SaveInterval.parse(text) == SaveInterval(steps, seconds)


@pytest.mark.parametrize("text", ["", "m", "-1", "1.5", "5 m", "5d", "1e3", "٣", "9" * 30, "nan", "infs"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--checkpoint-every: expected steps \(500\) or a time \(30s, 5m, 2h\), got"):
        SaveInterval.parse(text)


def test_when_it_is_time() -> None:
    assert [SaveInterval(steps=3).is_over(steps, 0) for steps in (2, 3, 4)] == [False, True, True]
    assert [SaveInterval(seconds=2).is_over(9, seconds) for seconds in (1.9, 2.0)] == [False, True]
    assert not SaveInterval(None, None).is_over(10**9, 1e9)
