import pytest

from postagger.config import TrainingConfig
from postagger.optimization import learning_rate


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1.0, 1.0, 1.0, 1.0, 1.0]),
        ("linear", [1.0, 0.75, 0.5, 0.25, 0.0]),
        ("one-cycle", [0.04, 0.52, 1.0, 0.5, 0.0]),
    ],
)
def test_schedules(schedule: str, expected: list[float]) -> None:
    settings = TrainingConfig(learning_rate=1.0, schedule=schedule, warmup_fraction=0.5)  # type: ignore[arg-type]
    assert [learning_rate(settings, done, 4) for done in range(5)] == pytest.approx(expected)


def test_a_schedule_may_follow_the_clock() -> None:
    settings = TrainingConfig(learning_rate=2.0, schedule="one-cycle", warmup_fraction=0.1)
    seconds = (0.0, 3.0, 6.0, 33.0, 60.0, 61.0)
    rates = [learning_rate(settings, 1000 * passed, 60_000) for passed in seconds]
    assert rates == pytest.approx([0.08, 1.04, 2.0, 1.0, 0.0, 0.0])
