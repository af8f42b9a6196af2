"""Datasets of Ray, tagged.

dataset = tag_dataset(ray.data.read_parquet("s3://bucket/corpus"), column="text")
dataset.write_parquet("s3://bucket/tagged")

Tokenising is done by tasks, wherever there is a free CPU; tagging by actors, each of which loads the model once. The
package must be installed where they run, and a model that is a path must be there for all of them.
"""

from functools import partial
from pathlib import Path
from typing import Any

from postagger.errors import ConfigError
from postagger.integrations.arrow import ArrowTagger, TextKind, check_column
from postagger.integrations.worker_tagger import settings_for_workers, tokenized_by_rows
from postagger.pretrained import SHIPPED
from postagger.stored_files import one_line

try:
    import pyarrow as pa
    import ray.data
except ImportError as error:
    raise ConfigError(f"expected Ray Data for datasets, got: {one_line(error)}; pip install 'postagger[ray]'") from None

_ROWS_TOGETHER = 4096


def tag_dataset(
    dataset: ray.data.Dataset,
    column: str = "text",
    *,
    kind: TextKind = "text",
    model: str | Path = SHIPPED[0],
    tagset: str | Path = "ptb",
    confidence: bool = False,
    workers: int | None = None,
    num_gpus: float = 0,
) -> ray.data.Dataset:
    """A dataset with all columns of another one, and behind them what is told of one of these.

    column: strings, or lists of strings, each the tokens of one sentence. kind: what a string is, raw text, or tokens
    between spaces. model: a folder, or the name of a shipped model. tagset: "ptb", "universal", "ud", or a file that
    maps tags. confidence: tell the probability of each tag, too. workers: the most actors that tag; None for as many as
    the cluster has room for. num_gpus: what an actor needs of them; with any it tags on a GPU, else on a CPU.

    Added: tokens, tags, starts and ends (places in raw text, in characters; otherwise null), sentence_lengths (how many
    tokens each sentence has) and, if asked for, confidences. A null in the column becomes null in all of these: every
    row comes out. Nothing is done before the dataset is asked for its rows; what fails in a worker then is an error of
    Ray's, which names ours: a folder without a model, a null among the tokens of a sentence.

    Raises:
        ConfigError: there is no such column, it holds something else, or one of the added names is taken, as far as
            that is known without reading; or the tagset cannot be used.
        ModelFolderError: no shipped model has this name.
    """
    known = dataset.schema(fetch_if_missing=False)
    if known is not None and isinstance(known.base_schema, pa.Schema):
        check_column(known.base_schema, column, confidence=confidence)
    settings = settings_for_workers(model, tagset, confidence=confidence)
    rows = dataset.map_batches(
        partial(_tokenized, column=column, kind=kind, confidence=confidence),
        batch_format="pyarrow",
        batch_size=_ROWS_TOGETHER,
    )
    return rows.map_batches(
        TaggerActor,
        fn_constructor_kwargs={**settings, "device": "cuda" if num_gpus else "cpu"},
        batch_format="pyarrow",
        batch_size=_ROWS_TOGETHER,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
        num_gpus=num_gpus or None,
    )


class TaggerActor:
    """ArrowTagger for the tables that Ray hands to an actor."""

    def __init__(self, **settings: Any) -> None:
        """settings: see ArrowTagger."""
        self._tagger = ArrowTagger(**settings)

    def __call__(self, table: Any) -> Any:
        """A tokenized table with its tags."""
        return pa.Table.from_batches(map(self._tagger, _batches(table)))


def _tokenized(table: Any, *, column: str, kind: TextKind, confidence: bool) -> Any:
    check_column(table.schema, column, confidence=confidence)
    found = [one for batch in _batches(table) for one in tokenized_by_rows(batch, column=column, kind=kind)]
    return pa.Table.from_batches(found)


def _batches(table: Any) -> list[Any]:
    """The batches of a table; one for an empty one."""
    return table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
