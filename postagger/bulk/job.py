"""Job: what is done with each part, the same in all processes."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postagger.bulk.part import REJECTED, OutputFormat, Part
from postagger.data_prep.formats import TagField
from postagger.scoring.numpy_scorer import Precision

if TYPE_CHECKING:
    from postagger.integrations.arrow import ArrowTagger, TextKind


@dataclass(frozen=True)
class Job:
    """Plain values, as the flags of the command have them. output, model: absolute paths, or the name of a model.

    tag_field: the field of CoNLL-U that tags are written to. workers: how many processes tag, a core or device each.
    """

    output: str
    model: str
    tagset: str = "ptb"
    confidence: bool = False
    device: str = "cpu"
    precision: Precision = "float32"
    column: str = "text"
    id_column: str | None = None
    tokenized: bool = False
    output_format: OutputFormat = "parquet"
    tag_field: TagField = "xpos"
    workers: int = 1

    @property
    def kind(self) -> "TextKind":
        """What a string of the input is."""
        return "tokens" if self.tokenized else "text"

    def output_file(self, part: Part) -> Path:
        """Where the tagged rows of a part go."""
        return Path(self.output, f"{part.stem}.{self.output_format}")

    def rejected_file(self, part: Part) -> Path:
        """Where the rows of a part go that could not be tagged."""
        return Path(self.output, REJECTED, f"{part.stem}.jsonl")

    def tagger(self) -> "ArrowTagger":
        """The tagger, which is loaded once in each process.

        Raises:
            ModelFolderError, ConfigError, CorpusError: see ArrowTagger.
        """
        from postagger.integrations.arrow import arrow_tagger

        return arrow_tagger(
            self.model, tagset=self.tagset, confidence=self.confidence, device=self.device, precision=self.precision
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what the constructor takes."""
        return dataclasses.asdict(self)
