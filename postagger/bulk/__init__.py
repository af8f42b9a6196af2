"""python -m postagger.bulk: corpora of any size, tagged part by part by an engine of one's choice."""

from postagger.bulk.bulk_command import parser, run

__all__ = ["parser", "run"]
