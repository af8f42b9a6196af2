"""Rows of words -> padded batches of ids, for scorers that read sentences side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from postagger.data_prep.features import MAX_CHARACTERS, WordTable


@dataclass(frozen=True)
class PaddedIds:
    """B sentences padded to T tokens with zeros.

    token_ids [B, T], feature_ids [B, T, F], character_ids [B, T, C] or None, lengths [B]; mask [B, T] bool: the real
    tokens; places [N]: where these stand among all tokens, sentence by sentence.
    """

    token_ids: np.ndarray
    feature_ids: np.ndarray
    character_ids: np.ndarray | None
    lengths: np.ndarray
    mask: np.ndarray
    places: np.ndarray


def id_columns(table: WordTable) -> list[np.ndarray]:
    """The ids of N words in half of the memory, all characters in rows of one width: columns for padded_batches."""
    columns = [table.token_ids.astype(np.int32), table.feature_ids.astype(np.int32)]
    if table.character_ids is not None:
        missing = MAX_CHARACTERS - table.character_ids.shape[1]
        columns.append(np.pad(table.character_ids, ((0, 0), (0, missing))).astype(np.int32))
    return columns


def padded_batches(
    columns: list[np.ndarray], rows: np.ndarray, lengths: np.ndarray, *, most_sentences: int, most_tokens: int
) -> Iterator[PaddedIds]:
    """All sentences that hold a token, in batches of like length, longest first.

    A batch has at most so many sentences, and so many tokens, padding included, unless one sentence alone has more.
    """
    offsets = lengths.cumsum() - lengths
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    start = 0
    while start < len(order):
        widest = int(lengths[order[start]])
        sentences = order[start : start + max(1, min(most_sentences, most_tokens // widest))]
        start += len(sentences)
        steps = np.arange(widest)
        mask = steps < lengths[sentences, None]
        places = (offsets[sentences, None] + steps)[mask]
        tokens, features, *characters = (_padded(column, rows[places], mask) for column in columns)
        yield PaddedIds(tokens, features, characters[0] if characters else None, lengths[sentences], mask, places)


def _padded(column: np.ndarray, rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
    padded = np.zeros((*mask.shape, *column.shape[1:]), np.int64)
    padded[mask] = column[rows]
    return padded
