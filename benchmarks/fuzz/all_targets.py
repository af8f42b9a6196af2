"""All targets there are, by name."""

from pathlib import Path

from postagger.tagger import Tagger

from .reader_targets import reader_targets
from .request_targets import request_targets
from .target import Target
from .text_targets import text_targets


def all_targets(tagger: Tagger, folder: Path) -> dict[str, Target]:
    """By name; files are written to this folder."""
    targets = [*text_targets(tagger), *reader_targets(folder), *request_targets(tagger)]
    return {one.name: one for one in targets}
