import sys
from pathlib import Path

import pytest

from postagger.tagger import Tagger

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from fuzz.all_targets import all_targets
from fuzz.running import Outcome, run
from fuzz.scaling import MOST, PATTERNS, SINGLES, file_readers, growths
from fuzz.target import BrokenPromiseError, Target, check_message, check_places, promise


@pytest.fixture(scope="module")
def targets(small_tagger: Tagger, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return all_targets(small_tagger, tmp_path_factory.mktemp("fuzz"))


def test_no_input_breaks_anything(targets: dict[str, Target]) -> None:
    for target in targets.values():
        outcome = run(target, 8, 0, max(10, round(20 * target.share)))
        assert [f"{one.kind}: {one.message}: {one.data[:200]!r}" for one in outcome.findings] == []
        assert outcome.accepted > 0  # some inputs get through, or nothing is tried


def test_sixteen_times_as_much_takes_no_more_than_its_time(tmp_path: Path) -> None:
    for growth in growths(PATTERNS | file_readers(tmp_path), SINGLES, 400):
        assert growth.times <= MOST, growth


def test_what_is_wrong_is_found() -> None:
    def check(data: bytes) -> bool:
        promise(data[0] % 2 == 0, "odd")
        return data[0] % 4 == 0

    outcome = run(Target("numbers", 1, lambda random: random.randbytes(1), check), 1, 0, 200)
    (kind,) = outcome.kinds
    assert kind.startswith("BrokenPromiseError at ")
    assert (outcome.inputs, outcome.num_bytes) == (200, 200)
    assert outcome.kinds[kind] + outcome.accepted < 200
    assert len(outcome.findings) == 3
    both = Outcome()
    both.add(outcome)
    both.add(outcome)
    assert (both.inputs, both.kinds[kind], len(both.findings)) == (400, 2 * outcome.kinds[kind], 3)


def test_what_hangs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: bytes) -> bool:
        while True:
            pass

    monkeypatch.setattr("fuzz.running.PATIENCE", 0.05)
    (finding,) = run(Target("endless", 1, lambda _: b"", check), 1, 0, 1).findings
    assert finding.kind.startswith("TooSlowError")


def test_an_input_depends_on_its_number_alone(targets: dict[str, Target]) -> None:
    seen: list[bytes] = []

    def check(data: bytes) -> bool:
        seen.append(data)
        return True

    target = Target("seen", 1, targets["conllu"].make, check)
    run(target, 1, 0, 20)
    run(target, 1, 10, 10)
    assert seen[10:20] == seen[20:]
    assert len(set(seen)) > 10


def test_lost_tokens_are_noticed() -> None:
    check_places(" a b\n", [("a", 1, 2), ("b", 3, 4)])
    for tokens in ([("a", 1, 2)], [("b", 3, 4), ("a", 1, 2)], [("a", 1, 2), ("B", 3, 4)], []):
        with pytest.raises(BrokenPromiseError):
            check_places(" a b\n", tokens)


@pytest.mark.parametrize("message", ["", "a\nb", "a\u2028b", "\x1b[2J", "x" * 1000])
def test_messages_that_are_no_line_are_noticed(message: str) -> None:
    with pytest.raises(BrokenPromiseError):
        check_message(message)


def test_a_finding_is_stored(tmp_path: Path) -> None:
    def check(data: bytes) -> bool:
        raise ValueError("no\nline")

    (finding,) = run(Target("word/TAG again", 1, lambda _: b"x", check), 1, 7, 1).findings
    assert finding.message == "no\\nline"
    path = finding.store(tmp_path / "findings")
    assert (path.name, path.read_bytes()) == ("word-TAG-again-7", b"x")
