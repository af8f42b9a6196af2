"""What becomes of a part: read, tokenised, tagged, written. Each stage can be done by another process.

    written(part, job, (tagged(portion, job.tagger()) for portion in tokenised(part, job)))

A part may be done twice, by anyone, after any kill: what it leaves behind is the same.
"""

import time
from collections.abc import Iterable, Iterator

from postagger.bulk.job import Job
from postagger.bulk.part import Finished, Part
from postagger.bulk.portion import Portion
from postagger.bulk.reading import read_rows
from postagger.bulk.writing import PartWriter
from postagger.data_prep.tokenization import tokenize
from postagger.integrations.arrow import ArrowTagger, tokenized

_SOUND = ["."]


def tokenised(part: Part, job: Job) -> Iterator[Portion]:
    """The rows of a part with their tokens, a few thousand at a time.

    Raises:
        CorpusError: the file cannot be read, or is not the one that was planned.
    """
    return (tokenised_portion(portion, job) for portion in read_rows(part, job))


def tokenised_portion(portion: Portion, job: Job) -> Portion:
    """Rows as they were read -> with their tokens."""
    return portion.then(
        lambda rows: tokenized(rows, column="value", kind=job.kind).drop_columns(["value"]), lambda: tokenize(_SOUND[0])
    )


def tagged(portion: Portion, tagger: ArrowTagger) -> Portion:
    """Rows with their tokens -> with their tags."""
    return portion.then(tagger, lambda: tagger.tagger.tag(_SOUND))


def written(part: Part, job: Job, portions: Iterable[Portion]) -> Finished:
    """The tagged rows of a part -> its files. They appear whole, that of rejected rows first.

    Raises:
        OutputError: the files cannot be written.
    """
    begun = time.monotonic()
    with PartWriter(part, job) as writer:
        for portion in portions:
            writer.write(portion)
    return Finished(
        part.path,
        part.name,
        part.number,
        part.size,
        part.modified,
        part.num_bytes,
        writer.rows,
        writer.tokens,
        writer.rejected,
        round(time.monotonic() - begun, 3),
    )


def tag_part(part: Part, job: Job) -> Finished:
    """All stages, in this process.

    Raises:
        CorpusError, OutputError, ModelFolderError, ConfigError: see the stages, and Job.tagger.
    """
    tagger = job.tagger()
    return written(part, job, (tagged(portion, tagger) for portion in tokenised(part, job)))
