"""Sentences -> ids -> batches of like length, padded, with a mask that marks the real tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from postagger.data_prep.features import FeatureExtractor, WordTable
from postagger.data_prep.letter_case import is_caseless
from postagger.data_prep.vocabulary import Tagset, Vocabulary

MAX_TOKENS = 16_384
"""The budget of a batch: B * T, padding included, stays below it unless one sentence alone is longer."""

_BUCKETS_TOGETHER = 50


@dataclass(frozen=True)
class Batch:
    """B sentences padded to T tokens.

    token_ids [B, T], feature_ids [B, T, F], character_ids [B, T, C] or None, tag_ids [B, T] or None (nothing is known
    of the tags), lengths [B], mask [B, T] bool, True = a real token. Padding is 0 in all ids.
    """

    token_ids: Tensor
    feature_ids: Tensor
    character_ids: Tensor | None
    tag_ids: Tensor | None
    lengths: Tensor
    mask: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        if device.type == "cpu":
            return self
        return Batch(
            self.token_ids.to(device, non_blocking=True),
            self.feature_ids.to(device, non_blocking=True),
            None if self.character_ids is None else self.character_ids.to(device, non_blocking=True),
            None if self.tag_ids is None else self.tag_ids.to(device, non_blocking=True),
            self.lengths.to(device, non_blocking=True),
            self.mask.to(device, non_blocking=True),
        )

    def rows(self, numbers: Tensor) -> "Batch":
        """The batch of some of its sentences."""
        return Batch(
            self.token_ids[numbers],
            self.feature_ids[numbers],
            None if self.character_ids is None else self.character_ids[numbers],
            None if self.tag_ids is None else self.tag_ids[numbers],
            self.lengths[numbers],
            self.mask[numbers],
        )


@dataclass(frozen=True)
class EncodedSentences:
    """Sentences as numbers, end to end: sentence i has the tokens offsets[i] to offsets[i + 1].

    rows [tokens]: the row of each token in the table of the distinct words, whose row 0 is padding. tag_ids [tokens] or
    None.
    """

    table: WordTable
    rows: Tensor
    tag_ids: Tensor | None
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """The number of tokens of each sentence."""
        return np.diff(self.offsets)


def encode(
    sentences: Sequence[Sequence[str]],
    extractor: FeatureExtractor,
    tags: Sequence[Sequence[str]] | None = None,
    tagset: Tagset | None = None,
) -> EncodedSentences:
    """Give every distinct word one row of features, and every token the number of its row.

    tags and tagset go together: the tags of each sentence, and their ids.
    """
    if (tags is None) != (tagset is None):
        raise ValueError("expected tags together with their tagset, got one without the other")
    row_of: dict[tuple[str, bool], int] = {}
    rows = [
        row_of.setdefault((token, caseless), len(row_of) + 1)
        for sentence in sentences
        for caseless in [extractor.detect_case and is_caseless(sentence)]
        for token in sentence
    ]
    tag_ids = None
    if tags is not None and tagset is not None:
        tag_ids = torch.tensor([tagset.encode(tag) for sentence in tags for tag in sentence], dtype=torch.long)
    offsets = np.cumsum([0, *map(len, sentences)])
    table = extractor.table([token for token, _ in row_of], [caseless for _, caseless in row_of])
    return EncodedSentences(table.padded(), torch.tensor(rows, dtype=torch.long), tag_ids, offsets)


def collate(encoded: EncodedSentences, sentences: Sequence[int]) -> Batch:
    """Pad the B chosen sentences to the T tokens of the longest of them.

    >>> from postagger.data_prep.features import FeatureExtractor
    >>> texts = [["a", "b", "c"], ["b"], ["c", "a"]]
    >>> extractor = FeatureExtractor.build("aaabbc", max_affix_length=0)
    >>> batch = collate(encode(texts, extractor), [0, 1, 2])
    >>> batch.token_ids.tolist()
    [[2, 3, 4], [3, 0, 0], [4, 2, 0]]
    >>> batch.mask.tolist()
    [[True, True, True], [True, False, False], [True, True, False]]
    """
    positions, mask, lengths = _places(encoded, sentences)
    rows = encoded.rows[positions] * mask
    table = encoded.table
    return Batch(
        torch.from_numpy(table.token_ids)[rows],
        torch.from_numpy(table.feature_ids)[rows],
        None if table.character_ids is None else torch.from_numpy(table.character_ids)[rows],
        None if encoded.tag_ids is None else encoded.tag_ids[positions] * mask,
        lengths,
        mask,
    )


def _places(encoded: EncodedSentences, sentences: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Where the tokens of the chosen sentences stand, [B, T], which of them are real, and the sentences' lengths."""
    lengths = torch.from_numpy(encoded.lengths[sentences])
    steps = torch.arange(int(lengths.max()))
    mask = steps < lengths[:, None]  # [B, T]
    # Where a sentence has ended, position 0 stands in; what it brings is zeroed by the mask.
    return torch.where(mask, torch.from_numpy(encoded.offsets[sentences])[:, None] + steps, 0), mask, lengths


def bucket(lengths: np.ndarray, order: Sequence[int], batch_size: int, max_tokens: int = MAX_TOKENS) -> list[list[int]]:
    """Cut an order of sentences into batches of at most batch_size sentences and max_tokens padded tokens.

    >>> bucket(np.array([1, 2, 3, 9]), [0, 1, 2, 3], batch_size=3, max_tokens=8)
    [[0, 1], [2], [3]]
    """
    batches: list[list[int]] = []
    widest = 0
    for sentence in order:
        widest = max(widest, lengths[sentence])
        if not batches or len(batches[-1]) == batch_size or widest * (len(batches[-1]) + 1) > max_tokens:
            batches.append([])
            widest = lengths[sentence]
        batches[-1].append(sentence)
    return batches


def batches_by_length(encoded: EncodedSentences, batch_size: int) -> Iterator[tuple[list[int], Batch]]:
    """All sentences that hold a token, shortest first, for tagging: (the sentences' numbers, their batch)."""
    lengths = encoded.lengths
    order = [number for number in np.argsort(lengths, kind="stable").tolist() if lengths[number]]
    for sentences in bucket(lengths, order, batch_size):
        yield sentences, collate(encoded, sentences)


def epoch_order(encoded: EncodedSentences, batch_size: int, generator: torch.Generator) -> list[list[int]]:
    """The sentences of each batch of an epoch, all that hold a token once, in random order.

    The shuffled sentences are sorted by length within stretches of 50 batches: hardly any padding is left, and no
    epoch has the same batches as another.
    """
    lengths = encoded.lengths
    shuffled = torch.randperm(len(encoded), generator=generator).numpy()
    shuffled = shuffled[lengths[shuffled] > 0]
    stretch = batch_size * _BUCKETS_TOGETHER
    batches = []
    for start in range(0, len(shuffled), stretch):
        part = shuffled[start : start + stretch]
        batches += bucket(lengths, part[np.argsort(lengths[part], kind="stable")].tolist(), batch_size)
    return [batches[number] for number in torch.randperm(len(batches), generator=generator).tolist()]


def training_batches(
    encoded: EncodedSentences, batch_size: int, generator: torch.Generator, *, copies: int = 1
) -> Iterator[Batch]:
    """One epoch in random order, in batches of like length, which hold all their sentences so many times over."""
    for sentences in epoch_order(encoded, batch_size, generator):
        yield collate(encoded, sentences * copies)


def row_parts(values: Tensor, parts: int) -> list[Tensor]:
    """So many stretches of the rows of [B, ...], or fewer where there are not so many.

    >>> [part.tolist() for part in row_parts(torch.arange(5), 2)], len(row_parts(torch.arange(3), 4))
    ([[0, 1, 2], [3, 4]], 3)
    """
    return list(torch.tensor_split(values, min(parts, len(values))))


def split_batch(batch: Batch, parts: int, *, copies: int = 1) -> list[Batch]:
    """So many batches with a part of the sentences each, or fewer where there are not so many.

    copies: how many times over the batch holds its sentences, and so will its parts.
    """
    numbers = torch.arange(len(batch.lengths)).reshape(copies, -1)
    return [batch.rows(part.T.flatten()) for part in row_parts(numbers.T, parts)]


def unknown_probability(frequency: Tensor, rate: float) -> Tensor:
    """For each word id a / (a + n), where n is the word's frequency and a the rate; 0 for padding. [V]."""
    probability = rate / (rate + frequency.float()) if rate else torch.zeros(len(frequency))
    probability[Vocabulary.pad_id] = 0.0
    return probability


def hide_words(batch: Batch, probability: Tensor, generator: torch.Generator, *, keep_vectors: bool = False) -> Batch:
    """Hide words, each id with its own probability [V], so that the network learns what to make of new ones.

    Their ids are replaced by the unknown word's; with keep_vectors those from 2 on are moved up by V, which means the
    same words as raw text has them (see TunedEmbedding). Ids that were moved already are treated as before the move.
    Padding has probability 0.
    """
    vocab_size = len(probability)
    drawn = torch.rand(batch.token_ids.shape, generator=generator)
    hidden = drawn < probability[batch.token_ids % vocab_size]
    if keep_vectors:
        moved = hidden & (batch.token_ids > Vocabulary.unk_id)
        return replace(batch, token_ids=batch.token_ids + vocab_size * moved)
    return replace(batch, token_ids=batch.token_ids.masked_fill(hidden, Vocabulary.unk_id))
