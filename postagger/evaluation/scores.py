"""Gold and predicted tags -> the scores that evaluation.json holds."""

import json
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from postagger.data_prep.corpus import TRACE_TAG
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError

if TYPE_CHECKING:
    from postagger.tagger import Tagger


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


@dataclass(frozen=True)
class Evaluation:
    """The scores of one tagger on one corpus. Scores are fractions from 0 to 1.

    accuracy_known, accuracy_unknown: of the tokens whose word, as it is spelt, was or was not in the training split;
    None where there are none, or where nothing is known of the training. accuracy_interval: 95 %, by E. B. Wilson,
    1927, "Probable Inference", tokens taken as independent. macro_f1: the mean of the tags' f1.
    baseline_accuracy: of the most frequent tag of each word. unseen_tags: gold tags that the tagger has never seen,
    with their counts; each of these tokens counts as an error.
    """

    corpus: str
    split: str
    sentences: int
    tokens: int
    unknown_tokens: int
    traces: bool
    accuracy: float
    accuracy_known: float | None
    accuracy_unknown: float | None
    sentence_accuracy: float
    macro_f1: float
    accuracy_interval: tuple[float, float]
    baseline_accuracy: float | None
    per_tag: dict[str, TagScore]
    confusion: Confusion
    unseen_tags: dict[str, int]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as evaluation.json has them."""
        return asdict(self)

    def to_json(self) -> str:
        """The text of evaluation.json."""
        return json.dumps(self.to_dict(), indent=1) + "\n"


def evaluate(
    tagger: "Tagger",
    tagged_sentences: Iterable[Sentence | Sequence[tuple[str, str]]],
    *,
    corpus: str = "",
    split: str = "",
) -> Evaluation:
    """Tag the sentences and compare with the tags they have.

    tagged_sentences: Sentences, or lists of (token, tag) pairs as NLTK has them.

    Raises:
        CorpusError: there is no token to judge.
        InputError: a sentence is not a sequence of strings.
    """
    gold = [item if isinstance(item, Sentence) else Sentence.from_pairs(item) for item in tagged_sentences]
    start = time.perf_counter()
    predictions = tagger.predict([sentence.tokens for sentence in gold])
    seconds = time.perf_counter() - start
    predicted = [prediction.tags for prediction in predictions]
    return score(
        gold,
        predicted,
        lexicon=tagger.lexicon,
        tagset=tagger.tagset.tags,
        corpus=corpus,
        split=split,
        seconds=seconds,
    )


def score(
    gold: Sequence[Sentence],
    predicted: Sequence[Sequence[str]],
    *,
    lexicon: Lexicon | None = None,
    tagset: Sequence[str] | None = None,
    corpus: str = "",
    split: str = "",
    seconds: float = 0.0,
) -> Evaluation:
    """Compare gold sentences with predicted tags, whoever predicted them.

    lexicon: the words of the training split, for known, unknown and the baseline. tagset: the tags that could have been
    predicted. seconds: what the tagging took.

    Raises:
        CorpusError: there is no token to judge.
        ValueError: the two differ in length.
    """
    _check_pairs(gold, predicted, corpus)
    tokens = [token for sentence in gold for token in sentence.tokens]
    gold_tags = [tag for sentence in gold for tag in sentence.tags]
    predicted_tags = [tag for sentence in predicted for tag in sentence]
    right = np.array(gold_tags, dtype=object) == np.array(predicted_tags, dtype=object)
    known = np.array([lexicon is None or token in lexicon for token in tokens])
    per_tag = _per_tag(gold_tags, predicted_tags)
    gold_counts = {tag: tag_score.support for tag, tag_score in per_tag.items() if tag_score.support}
    return Evaluation(
        corpus=corpus,
        split=split,
        sentences=len(gold),
        tokens=len(tokens),
        unknown_tokens=int((~known).sum()),
        traces=TRACE_TAG in gold_counts,
        accuracy=float(right.mean()),
        accuracy_known=None if lexicon is None else _mean(right[known]),
        accuracy_unknown=None if lexicon is None else _mean(right[~known]),
        sentence_accuracy=_sentence_accuracy(gold, predicted),
        macro_f1=float(np.mean([tag_score.f1 for tag_score in per_tag.values()])),
        accuracy_interval=wilson_interval(int(right.sum()), len(tokens)),
        baseline_accuracy=None if lexicon is None else _baseline_accuracy(lexicon, tokens, gold_tags),
        per_tag=per_tag,
        confusion=Confusion(list(per_tag), _confusion_matrix(gold_tags, predicted_tags, list(per_tag))),
        unseen_tags={tag: count for tag, count in gold_counts.items() if tagset is not None and tag not in tagset},
        seconds=seconds,
    )


def _check_pairs(gold: Sequence[Sentence], predicted: Sequence[Sequence[str]], corpus: str) -> None:
    lengths, predicted_lengths = list(map(len, gold)), list(map(len, predicted))
    if not sum(lengths):
        raise CorpusError(f"{corpus or 'corpus'}: expected tagged sentences to judge, got none; choose another part")
    if lengths != predicted_lengths:
        raise ValueError(f"expected a predicted tag for each of {sum(lengths)} tokens, got {sum(predicted_lengths)}")


def _per_tag(gold_tags: list[str], predicted_tags: list[str]) -> dict[str, TagScore]:
    """The scores of every tag that occurs in either, by the alphabet."""
    from sklearn.metrics import precision_recall_fscore_support

    tags = sorted({*gold_tags, *predicted_tags})
    columns = precision_recall_fscore_support(gold_tags, predicted_tags, labels=tags, zero_division=0.0)
    return {
        tag: TagScore(float(precision), float(recall), float(f1), int(support))
        for tag, precision, recall, f1, support in zip(tags, *columns, strict=True)
    }


def wilson_interval(right: int, tokens: int) -> tuple[float, float]:
    """The 95 % interval of a fraction, low and high."""
    from scipy.stats import binomtest

    interval = binomtest(right, tokens).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def _confusion_matrix(gold_tags: list[str], predicted_tags: list[str], tags: list[str]) -> list[list[int]]:
    from sklearn.metrics import confusion_matrix

    with warnings.catch_warnings():
        # scikit-learn warns where there is but one tag; a small text may well have but one.
        warnings.simplefilter("ignore", UserWarning)
        matrix: list[list[int]] = confusion_matrix(gold_tags, predicted_tags, labels=tags).tolist()
    return matrix


def _mean(right: "np.ndarray[Any, Any]") -> float | None:
    return float(right.mean()) if right.size else None


def _sentence_accuracy(gold: Sequence[Sentence], predicted: Sequence[Sequence[str]]) -> float:
    pairs = [(sentence.tags, tuple(tags)) for sentence, tags in zip(gold, predicted, strict=True) if sentence.tokens]
    return sum(one == other for one, other in pairs) / len(pairs)


def _baseline_accuracy(lexicon: Lexicon, tokens: Sequence[str], gold_tags: Sequence[str]) -> float:
    return sum(lexicon.tag(token) == tag for token, tag in zip(tokens, gold_tags, strict=True)) / len(tokens)
