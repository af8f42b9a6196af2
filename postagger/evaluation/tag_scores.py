"""The scores of each tag, and what it was mistaken for."""

import warnings
from dataclasses import dataclass

import numpy as np

from postagger.evaluation.intervals import Floats, Interval, bootstrap_interval
from postagger.evaluation.judged_tokens import JudgedTokens


@dataclass(frozen=True)
class TagScore:
    """How one tag fared: fractions from 0 to 1, and the number of gold tokens that have it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Confusion:
    """matrix[i][j]: how many tokens of gold tag tags[i] were predicted as tags[j]. [K, K]."""

    tags: list[str]
    matrix: list[list[int]]

    def errors(self) -> list[tuple[int, str, str]]:
        """(count, gold, predicted) of each pair that was confused, most frequent first."""
        cells = [
            (count, gold, predicted)
            for gold, row in zip(self.tags, self.matrix, strict=True)
            for predicted, count in zip(self.tags, row, strict=True)
            if count and gold != predicted
        ]
        return sorted(cells, key=lambda cell: (-cell[0], cell[1], cell[2]))


def score_tags(judged: JudgedTokens) -> tuple[dict[str, TagScore], Confusion]:
    """The scores of every tag that occurs in gold or prediction, by the alphabet, and their confusions."""
    per_tag = _per_tag(judged.gold, judged.predicted)
    return per_tag, Confusion(list(per_tag), _confusion_matrix(judged.gold, judged.predicted, list(per_tag)))


def _per_tag(gold_tags: list[str], predicted_tags: list[str]) -> dict[str, TagScore]:
    """The scores of every tag that occurs in either, by the alphabet."""
    from sklearn.metrics import precision_recall_fscore_support

    tags = sorted({*gold_tags, *predicted_tags})
    columns = precision_recall_fscore_support(gold_tags, predicted_tags, labels=tags, zero_division=0.0)
    return {
        tag: TagScore(float(precision), float(recall), float(f1), int(support))
        for tag, precision, recall, f1, support in zip(tags, *columns, strict=True)
    }


def _confusion_matrix(gold_tags: list[str], predicted_tags: list[str], tags: list[str]) -> list[list[int]]:
    from sklearn.metrics import confusion_matrix

    with warnings.catch_warnings():
        # scikit-learn warns where there is but one tag; a small text may well have but one.
        warnings.simplefilter("ignore", UserWarning)
        matrix: list[list[int]] = confusion_matrix(gold_tags, predicted_tags, labels=tags).tolist()
    return matrix


def macro_f1_interval(judged: JudgedTokens) -> Interval | None:
    """The interval of the mean of the tags' f1, by the bootstrap over sentences; None of too few.

    A tag that no drawn sentence has keeps the f1 it has in all of them: if it counted as 0, or not at all, rare tags
    would move every draw to one side.
    """
    from scipy.sparse import csr_array

    tags = {tag: number for number, tag in enumerate(sorted({*judged.gold, *judged.predicted}))}
    size = len(tags)
    gold, predicted = (np.array([tags[tag] for tag in column]) for column in (judged.gold, judged.predicted))
    columns = np.concatenate([gold, predicted + size, gold[judged.right] + 2 * size])
    sentences = np.repeat(np.arange(len(judged.sentences)), np.diff(judged.offsets))
    rows = np.concatenate([sentences, sentences, sentences[judged.right]])
    counts = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(judged.sentences), 3 * size))
    in_all = _f1(np.asarray(counts.sum(axis=0)).ravel(), np.zeros(size))

    def mean_f1(sums: Floats) -> Floats:
        means: Floats = _f1(sums, in_all).mean(axis=-1)
        return means

    return bootstrap_interval(counts[np.diff(judged.offsets) > 0], mean_f1)


def _f1(sums: Floats, otherwise: Floats) -> Floats:
    """The f1 of each tag, from the sums [..., 3K] of its gold, its predicted and its right tokens."""
    gold, predicted, right = np.split(sums, 3, axis=-1)
    occurs = gold + predicted > 0
    f1: Floats = np.where(occurs, 2 * right / np.maximum(gold + predicted, 1), otherwise)
    return f1
