"""The scores as pandas tables, for who has pandas."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from postagger.errors import ConfigError

if TYPE_CHECKING:
    from pandas import DataFrame

    from postagger.evaluation.scores import Evaluation

_TABLES = ("per_tag", "confusion", "errors", "groups")


def dataframe(evaluation: "Evaluation", table: str) -> "DataFrame":
    """One of the tables per_tag, confusion (gold in rows, predicted in columns), errors, groups.

    Raises:
        ConfigError: pandas is not installed, or there is no such table.
    """
    try:
        import pandas as pd
    except ImportError:
        raise ConfigError("expected pandas for a data frame, got none; pip install 'postagger[pandas]'") from None
    if table == "per_tag":
        rows = {tag: asdict(score) for tag, score in evaluation.per_tag.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("tag")
    if table == "confusion":
        tags = evaluation.confusion.tags
        return pd.DataFrame(evaluation.confusion.matrix, pd.Index(tags, name="gold"), pd.Index(tags, name="predicted"))
    if table == "errors":
        return pd.DataFrame([asdict(error) for error in evaluation.errors])
    if table == "groups":
        return pd.DataFrame(
            [{"kind": kind, **asdict(score)} for kind, scores in evaluation.groups.items() for score in scores]
        )
    raise ConfigError(f"expected a table ({', '.join(_TABLES)}), got {table!r}")
