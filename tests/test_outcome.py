import json

import pytest

from postagger.bulk.outcome import finished, outcome_of
from postagger.bulk.part import Finished
from postagger.errors import CorpusError, PostaggerError

PART = Finished("/in/a.txt", "a.txt", 0, 12, 34, 12, 2, 5, 1, 0.5)


def test_what_is_finished_arrives_as_it_was() -> None:
    assert finished(outcome_of(lambda: PART)) == PART


def test_what_the_worker_met_is_raised_where_it_can_be_seen() -> None:
    def work() -> Finished:
        raise CorpusError("a.txt: expected a file, got none; check the path")

    outcome = outcome_of(work)
    assert json.loads(outcome) == {"error": "a.txt: expected a file, got none; check the path"}
    with pytest.raises(PostaggerError, match=r"^a.txt: expected a file, got none; check the path$"):
        finished(outcome)


def test_what_nobody_foresaw_is_the_engine_s_to_try_again() -> None:
    def work() -> Finished:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outcome_of(work)
