"""Outcome: what a worker of Ray or Spark tells of a part, as JSON: that it is finished, or why it cannot be.

What is wrong with a file or a folder is told, and not raised: an engine would try the part again, and wrap the reason
into its own.
"""

import json
from collections.abc import Callable

from postagger.bulk.part import Finished
from postagger.errors import PostaggerError


def outcome_of(work: Callable[[], Finished]) -> str:
    """Do it, and tell."""
    try:
        return json.dumps({"finished": work().to_dict()})
    except PostaggerError as error:
        return failure(error)


def failure(error: PostaggerError) -> str:
    """The outcome of what could not be done."""
    return json.dumps({"error": str(error)})


def finished(outcome: str) -> Finished:
    """What was done.

    Raises:
        PostaggerError: it was not; says what the worker met.
    """
    told = json.loads(outcome)
    if "error" in told:
        raise PostaggerError(told["error"])
    return Finished.from_dict(told["finished"])
