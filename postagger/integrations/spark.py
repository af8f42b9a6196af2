"""Spark data frames, tagged: tag_dataframe for a whole frame, tag_column for select and withColumn.

frame = tag_dataframe(spark.read.text("corpus/"), column="value")
frame = frame.withColumn("tagged", tag_column("value")).select("tagged.tokens", "tagged.tags")

Every Python worker of Spark loads the model once and keeps it for its further tasks. The package must be installed
where the workers run, and a model that is a path must be there for all of them.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from postagger.errors import ConfigError
from postagger.integrations.arrow import TextKind, check_column, tagged_fields
from postagger.integrations.worker_tagger import settings_for_workers, tagged_by_rows
from postagger.pretrained import SHIPPED
from postagger.stored_files import one_line

try:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.functions import arrow_udf
    from pyspark.sql.pandas.types import from_arrow_type, to_arrow_schema
    from pyspark.sql.types import StructField, StructType
except ImportError as error:
    raise ConfigError(
        f"expected PySpark for data frames, got: {one_line(error)}; pip install 'postagger[spark]'"
    ) from None


def tag_dataframe(
    frame: DataFrame,
    column: str = "text",
    *,
    kind: TextKind = "text",
    model: str | Path = SHIPPED[0],
    tagset: str | Path = "ptb",
    confidence: bool = False,
) -> DataFrame:
    """A data frame with all columns of another one, and behind them what is told of one of these.

    column: strings, or arrays of strings, each the tokens of one sentence. kind: what a string is, raw text, or tokens
    between spaces. model: a folder, or the name of a shipped model. tagset: "ptb", "universal", "ud", or a file that
    maps tags. confidence: tell the probability of each tag, too.

    Added: tokens, tags, starts and ends (places in raw text, in characters; otherwise null), sentence_lengths (how many
    tokens each sentence has) and, if asked for, confidences. A null in the column becomes null in all of these: every
    row comes out. Nothing is done before the frame is asked for its rows; what fails in a worker then is an error of
    Spark's, which names ours: a folder without a model, a null among the tokens of a sentence.

    Raises:
        ConfigError: there is no such column, it holds something else, or one of the added names is taken; or the tagset
            cannot be used.
        ModelFolderError: no shipped model has this name.
    """
    schema = frame.schema
    check_column(to_arrow_schema(schema), column, confidence=confidence)
    added = _spark_fields(confidence=confidence)
    names = {field.name for field in added}
    kept = [field for field in schema.fields if field.name not in names]  # as the column itself may be "tokens"
    settings = settings_for_workers(model, tagset, confidence=confidence)
    return frame.mapInArrow(
        partial(_tagged, column=column, kind=kind, settings=settings), schema=StructType([*kept, *added])
    )


def tag_column(
    column: str | Column,
    *,
    kind: TextKind = "text",
    model: str | Path = SHIPPED[0],
    tagset: str | Path = "ptb",
    confidence: bool = False,
) -> Column:
    """A column of structs with what is told of another one: tokens, tags ...; null where that is null.

    The arguments, the fields and the errors are those of tag_dataframe; what the column holds is found out by Spark.
    """
    settings = settings_for_workers(model, tagset, confidence=confidence)
    fields = tagged_fields(confidence=confidence)

    def tagged(texts: pa.Array) -> pa.Array:
        batches = tagged_by_rows(
            pa.RecordBatch.from_arrays([texts], ["text"]), column="text", kind=kind, settings=settings
        )
        return pa.concat_arrays([_structs(batch, fields) for batch in batches])

    return arrow_udf(tagged, StructType(_spark_fields(confidence=confidence)))(column)


def _tagged(batches: Iterable[Any], **arguments: Any) -> Iterator[Any]:
    for batch in batches:
        yield from tagged_by_rows(batch, **arguments)


def _structs(batch: Any, fields: Iterable[Any]) -> Any:
    """The columns of these fields as one; null where there are no tokens at all."""
    columns = [batch.column(field.name) for field in fields]
    return pa.StructArray.from_arrays(columns, fields=list(fields), mask=columns[0].is_null())


def _spark_fields(*, confidence: bool) -> list[StructField]:
    return [StructField(field.name, from_arrow_type(field.type)) for field in tagged_fields(confidence=confidence)]
