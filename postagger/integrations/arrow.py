"""Arrow batches of text in, Arrow batches of tags out: what the engines of bulk tagging have in common.

Two steps, so that an engine can do them in different processes: tokenized, which knows no model, and ArrowTagger. Both
keep all other columns, and every row in its place. A row without a text (null) has no tokens and no tags either (null).
"""

import functools
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from postagger.data_prep.formats import split_blanks
from postagger.data_prep.quoting import quoted
from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER
from postagger.data_prep.sentence_parts import TOKENS_TOGETHER
from postagger.data_prep.tokenization import TextToken, each_sentence
from postagger.errors import ConfigError, InputError
from postagger.pretrained import SHIPPED, model_path
from postagger.scoring.numpy_scorer import Precision
from postagger.tagger import Tagger

try:
    import pyarrow as pa
    import pyarrow.compute as pc
except ModuleNotFoundError as error:
    raise ConfigError(
        f"expected pyarrow for tables of text, got no module {error.name}; pip install 'postagger[bulk]'"
    ) from None

TextKind = Literal["text", "tokens"]
"""What a string is: raw text, or the tokens of one sentence between spaces."""

_STRINGS, _NUMBERS = pa.list_(pa.string()), pa.list_(pa.int64())
TOKENIZED_FIELDS = (
    pa.field("tokens", _STRINGS),
    pa.field("lookups", _STRINGS),
    pa.field("starts", _NUMBERS),
    pa.field("ends", _NUMBERS),
    pa.field("sentence_lengths", pa.list_(pa.int32())),
)
"""What tokenized adds: tokens as they were written; how the treebank writes each, or null where that is the same; their
places in the text, in characters, for raw text; how many tokens each sentence has."""


def tagged_fields(*, confidence: bool) -> tuple[Any, ...]:
    """The columns that a tagged batch has in place of the tokenized ones, in their order."""
    tokens, _, starts, ends, sentence_lengths = TOKENIZED_FIELDS
    sure = (pa.field("confidences", pa.list_(pa.float32())),) if confidence else ()
    return (tokens, pa.field("tags", _STRINGS), starts, ends, sentence_lengths, *sure)


def check_column(schema: Any, column: str, *, confidence: bool = True, advice: str = "name another column") -> None:
    """Find out before any work is done whether tokenized and ArrowTagger can use a table of such a schema.

    advice: what to do about a column that cannot be used.

    Raises:
        ConfigError: there is no such column, it holds something else, or one of another meaning is in the way.
    """
    if column not in schema.names:
        known = " ".join(schema.names)
        raise ConfigError(f"expected a column {quoted(column)}, got {known or 'none at all'}; {advice}")
    if (number := schema.names.count(column)) > 1:
        raise ConfigError(f"expected one column {quoted(column)}, got {number}; {advice}")
    kind = schema.field(column).type
    if not (is_text(kind) or _is_tokens(kind)):
        raise ConfigError(f"column {quoted(column)}: expected strings or lists of strings, got {kind}; {advice}")
    ours = {field.name for field in (*TOKENIZED_FIELDS, *tagged_fields(confidence=confidence))} - {column}
    if taken := [name for name in schema.names if name in ours]:
        raise ConfigError(
            f"column {quoted(taken[0])}: expected its name to be free for what is added, got a table that has it; "
            "rename it"
        )


def tokenized(batch: Any, *, column: str, kind: TextKind = "text") -> Any:
    """A batch with the columns of TOKENIZED_FIELDS beside its own; a column that has such a name itself is replaced.

    column: holds strings, or lists of strings, each the tokens of one sentence. kind: what a string is.

    Raises:
        ConfigError: see check_column.
        InputError: a list of tokens has a null in it; names the row of the batch, from 0.
    """
    check_column(batch.schema, column, confidence=False)  # of which ArrowTagger knows
    values = batch.column(column)
    if _is_tokens(values.type):
        added = _of_lists(values)
    else:
        added = _of_text(_plain(values)) if kind == "text" else _of_spaced(_plain(values))
    return _with_columns(batch, TOKENIZED_FIELDS, added, drop=())


class ArrowTagger:
    """Tokenized batches in, tagged batches out: loads the tagger once, when it is made."""

    def __init__(
        self,
        model: str | Path = SHIPPED[0],
        *,
        tagset: str | Path = "ptb",
        confidence: bool = False,
        device: str = "cpu",
        precision: Precision = "float32",
    ) -> None:
        """model: a folder, or the name of a shipped model. confidence: tell the probability of each tag, too.

        tagset, device, precision: see Tagger.

        Raises:
            ModelFolderError, ConfigError, CorpusError: as Tagger.load and Tagger.with_tags.
        """
        tagger = Tagger.load(model_path(model), device=device, precision=precision)
        self.tagger = tagger.with_tags(tagset=tagset)
        self._tags = pa.array(self.tagger.output_tagset.tags, pa.string())
        self._temperature = self.tagger.temperature if confidence else None

    def __call__(self, batch: Any) -> Any:
        """The batch with the columns of tagged_fields in place of those of TOKENIZED_FIELDS.

        Raises:
            ConfigError: it is no tokenized batch, or has a column that is called as one that is added.
        """
        if missing := [field.name for field in TOKENIZED_FIELDS if field.name not in batch.schema.names]:
            raise ConfigError(
                f"expected a batch that tokenized has made, got one without {missing[0]}; call that before"
            )
        if self._temperature is not None and "confidences" in batch.schema.names:
            check_column(batch.schema, "tokens")
        tokens, lookups, starts, ends, lengths = (batch.column(field.name) for field in TOKENIZED_FIELDS)
        tag_ids, confidences = self._judged(tokens.flatten(), lookups.flatten(), lengths.flatten())
        tags = _lists_like(tokens, self._tags.take(pa.array(tag_ids)))
        told = [tokens, tags, starts, ends, lengths]
        if self._temperature is not None:
            told.append(_lists_like(tokens, pa.array(confidences, pa.float32())))
        fields = tagged_fields(confidence=self._temperature is not None)
        return _with_columns(batch, fields, told, drop=[field.name for field in TOKENIZED_FIELDS])

    def _judged(self, tokens: Any, lookups: Any, lengths: Any) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the best tags [N], and with a temperature the probabilities of these [N]."""
        counts = lengths.to_numpy(zero_copy_only=False).astype(np.int64)
        ends = counts.cumsum()
        tag_ids, confidences = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for first, last in _groups(ends):
            start = ends[first] - counts[first]
            own = (start, ends[last - 1] - start)
            forms = self._forms(tokens.slice(*own), lookups.slice(*own))
            cuts = zip((ends - counts - start)[first:last].tolist(), (ends - start)[first:last].tolist(), strict=True)
            answer = self.tagger.answer([forms[one:other] for one, other in cuts], self._temperature)
            tag_ids.append(answer.tag_ids)
            confidences.append(answer.confidences)
        return np.concatenate(tag_ids).astype(np.int64), np.concatenate(confidences).astype(np.float32)

    def _forms(self, tokens: Any, lookups: Any) -> list[str]:
        """Each token as the training text would write it."""
        forms = _strings(tokens)
        places = np.flatnonzero(pc.is_valid(lookups).to_numpy(zero_copy_only=False)).tolist()
        names = _strings(lookups.drop_null())
        known = self.tagger.known_forms([forms[place] for place in places], names)
        for place, form in zip(places, known, strict=True):
            forms[place] = form
        return forms


@functools.cache
def arrow_tagger(
    model: str | Path = SHIPPED[0],
    *,
    tagset: str | Path = "ptb",
    confidence: bool = False,
    device: str = "cpu",
    precision: Precision = "float32",
) -> ArrowTagger:
    """An ArrowTagger, made once in each process: for engines that call a function again and again."""
    return ArrowTagger(model, tagset=tagset, confidence=confidence, device=device, precision=precision)


def _of_text(texts: Any) -> list[Any]:
    """The tokenized columns of raw text."""
    counts: list[int] = []
    numbers: list[int] = []
    lengths: list[int] = []
    held: list[TextToken] = []
    chunks: list[list[Any]] = []
    for text in texts.to_pylist():
        before = len(lengths)
        for sentence in each_sentence(text or ""):
            lengths.append(len(sentence))
            held += sentence
            if len(held) >= TOKENS_TOGETHER:  # as Python they are many times as large
                chunks.append(_flat(held))
                held = []
        counts.append(sum(lengths[before:]))
        numbers.append(len(lengths) - before)
    chunks.append(_flat(held))
    columns = [_lists(counts, pa.concat_arrays(parts), texts) for parts in zip(*chunks, strict=True)]
    return [*columns, _lists(numbers, pa.array(lengths, pa.int32()), texts)]


def _flat(tokens: Sequence[TextToken]) -> list[Any]:
    """The columns of tokens, without the lists."""
    return [
        pa.array([token.text for token in tokens], pa.string()),
        pa.array([None if token.lookup == token.text else token.lookup for token in tokens], pa.string()),
        pa.array([token.start for token in tokens], pa.int64()),
        pa.array([token.end for token in tokens], pa.int64()),
    ]


def _of_spaced(texts: Any) -> list[Any]:
    """The tokenized columns of tokens between spaces."""
    rows = [[] if text is None else split_blanks(text) for text in texts.to_pylist()]
    flat = pa.array(list(itertools.chain.from_iterable(rows)), pa.string())
    return _of_lists(_lists(list(map(len, rows)), flat, texts))


def _of_lists(values: Any) -> list[Any]:
    """The tokenized columns of lists of tokens."""
    counts = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)
    flat = _plain(values.flatten())
    if flat.null_count:
        place = int(np.flatnonzero(pc.is_null(flat).to_numpy(zero_copy_only=False))[0])
        row = int(np.searchsorted(np.cumsum(counts), place, side="right"))
        raise InputError(f"row {row}: expected tokens of type str, got null; fill it, or take it out")
    tokens = _lists(counts, flat, values)
    nowhere = pa.nulls(len(values), _NUMBERS)
    lengths = _lists(counts > 0, pa.array(counts[counts > 0], pa.int32()), values)
    return [tokens, _lists(counts, pa.nulls(len(flat), pa.string()), values), nowhere, nowhere, lengths]


def _with_columns(batch: Any, fields: Sequence[Any], columns: Sequence[Any], drop: Sequence[str]) -> Any:
    """A batch with other columns behind its own, but for those of the same name, and those to drop."""
    gone = {*drop, *(field.name for field in fields)}
    kept = [number for number, name in enumerate(batch.schema.names) if name not in gone]
    schema = pa.schema([*(batch.schema.field(number) for number in kept), *fields], batch.schema.metadata)
    return pa.RecordBatch.from_arrays([*(batch.column(number) for number in kept), *columns], schema=schema)


def _lists(counts: Any, flat: Any, like: Any) -> Any:
    """Flat values as lists of so many each; null where the array like is."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    mask = pc.is_null(like) if like.null_count else None
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=mask)


def _lists_like(lists: Any, flat: Any) -> Any:
    return _lists(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False), flat, lists)


def _groups(ends: np.ndarray) -> Iterator[tuple[int, int]]:
    """Sentences that are tagged together, as sentence_groups has them; ends: of each, in tokens."""
    first = 0
    while first < len(ends):
        before = ends[first - 1] if first else 0
        full = int(np.searchsorted(ends, before + TOKENS_TOGETHER)) + 1
        last = min(first + SENTENCES_TOGETHER, full, len(ends))
        yield first, last
        first = last


def _strings(values: Any) -> list[str]:
    """As Python strings, more quickly than by to_pylist."""
    strings: list[str] = values.to_numpy(zero_copy_only=False).tolist()
    return strings


def _plain(values: Any) -> Any:
    """Strings of whatever kind as strings."""
    return values if pa.types.is_string(values.type) else values.cast(pa.string())


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is one of strings, in whatever way they are stored, or of nulls alone."""
    if pa.types.is_null(kind):  # as a column is that has nothing else
        return True
    is_one = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return is_one or (pa.types.is_dictionary(kind) and is_text(kind.value_type))


def _is_tokens(kind: Any) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and is_text(kind.value_type)
