"""The scores as pandas tables, for who has pandas."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from postagger.errors import ConfigError
from postagger.evaluation.mistakes import TokenError

if TYPE_CHECKING:
    from pandas import DataFrame

_TABLES = ("per_tag", "confusion", "errors", "groups")


def dataframe(scores: Mapping[str, Any], table: str) -> "DataFrame":
    """One of the tables per_tag, confusion (gold in rows, predicted in columns), errors, groups.

    scores: what evaluation.json holds.

    Raises:
        ConfigError: pandas is not installed, or there is no such table.
    """
    try:
        import pandas as pd
    except ImportError:
        raise ConfigError("expected pandas for a data frame, got none; pip install 'postagger[pandas]'") from None
    if table not in _TABLES:
        raise ConfigError(f"expected a table ({', '.join(_TABLES)}), got {table!r}")
    rows = scores[table]
    if table == "per_tag":
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("tag")
    if table == "confusion":
        gold, predicted = (pd.Index(rows["tags"], name=name) for name in ("gold", "predicted"))
        return pd.DataFrame(rows["matrix"], gold, predicted)
    if table == "groups":
        rows = [{"kind": kind, **one} for kind, groups in rows.items() for one in groups]
    if table == "errors":
        return pd.DataFrame(rows, columns=[field.name for field in fields(TokenError)])
    return pd.DataFrame(rows)
