"""How worker processes, on whatever machine, come to the tagger that the program has asked for."""

from pathlib import Path
from typing import Any

from postagger.data_prep.tag_mapping import TAGSETS, TagMapping
from postagger.integrations.arrow import TextKind, arrow_tagger, tokenized
from postagger.pretrained import SHIPPED, model_path

# Rows that are tokenised and tagged together: a row may be a page, whose tokens take a hundred times its memory.
_ROWS_TOGETHER = 1024


def settings_for_workers(model: str | Path, tagset: str | Path, *, confidence: bool) -> dict[str, Any]:
    """The keywords of arrow_tagger, with paths that do not depend on the folder in which a process runs.

    Raises:
        ModelFolderError, ConfigError, CorpusError: there is no such shipped model, or no such tagset.
    """
    model_path(model)
    TagMapping.find(tagset)
    return {
        "model": model if model in SHIPPED else str(Path(model).absolute()),
        "tagset": tagset if tagset in TAGSETS else str(Path(tagset).absolute()),
        "confidence": confidence,
    }


def tokenized_by_rows(batch: Any, *, column: str, kind: TextKind) -> list[Any]:
    """The tokenized batches of a batch, one for an empty one."""
    starts = range(0, max(len(batch), 1), _ROWS_TOGETHER)
    return [tokenized(batch.slice(start, _ROWS_TOGETHER), column=column, kind=kind) for start in starts]


def tagged_by_rows(batch: Any, *, column: str, kind: TextKind, settings: dict[str, Any]) -> list[Any]:
    """The tagged batches of a batch, by the tagger of this process; one for an empty one."""
    tagger = arrow_tagger(**settings)
    return [tagger(one) for one in tokenized_by_rows(batch, column=column, kind=kind)]
