"""Gold and predicted tags -> the scores that evaluation.json holds."""

import dataclasses
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from postagger.data_prep.corpus import TRACE_TAG
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation.comparison import Comparison, compare
from postagger.evaluation.groups import GroupScore, grouped
from postagger.evaluation.intervals import Interval, wilson_interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.mistakes import (
    TokenError,
    WordErrors,
    doubted_gold,
    errors_of,
    told_errors,
    words_most_often_wrong,
)
from postagger.evaluation.quotes import Quoting
from postagger.evaluation.reliability import Reliability, reliability
from postagger.evaluation.tag_scores import Confusion, TagScore, macro_f1_interval, score_tags
from postagger.evaluation.variations import Variation, variations
from postagger.model_folder import json_text
from postagger.prediction import Prediction

if TYPE_CHECKING:
    from pandas import DataFrame

    from postagger.evaluation.experiments import Experiment
    from postagger.tagger import Tagger

Part = dict[str, Any]


@dataclass(frozen=True)
class Evaluation:
    """The scores of one tagger on one corpus. Scores are fractions from 0 to 1.

    accuracy_known, accuracy_unknown: of the tokens whose word, as it is spelt, was or was not in the training split;
    None where there are none, or where nothing is known of the training. macro_f1: the mean of the tags' f1.
    intervals: 95 %, by E. B. Wilson, 1927, "Probable Inference", tokens taken as independent; of macro_f1 by the
    bootstrap over sentences. baseline_accuracy: of the most frequent tag of each word; frequent_tag_accuracy: of the
    most frequent tag for every word. unseen_tags: gold tags that the tagger has never seen, with their counts; each of
    these tokens counts as an error. seconds: of the tagging.

    groups: accuracy by word and sentence. reliability: of the confidences. words: those most often wrong. doubted:
    errors in which gold may be wrong. variations: gold tags that differ between equal neighbours; num_variations: how
    many there are. comparisons, experiments, history (a record an epoch) and provenance are there where the caller adds
    them. judged: the tokens themselves, which evaluation.json leaves out but for the errors it quotes.
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
    accuracy_interval: Interval
    intervals: dict[str, Interval]
    baseline_accuracy: float | None
    frequent_tag_accuracy: float | None
    per_tag: dict[str, TagScore]
    confusion: Confusion
    unseen_tags: dict[str, int]
    seconds: float
    groups: dict[str, list[GroupScore]]
    reliability: Reliability | None
    words: list[WordErrors]
    doubted: list[TokenError]
    num_variations: int
    variations: list[Variation]
    judged: JudgedTokens = field(repr=False, compare=False)
    quoting: Quoting = field(default_factory=Quoting, repr=False)
    tagger: str = ""
    comparisons: list[Comparison] = field(default_factory=list)
    experiments: "Mapping[str, Experiment]" = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> list[TokenError]:
        """Every token whose tag is wrong, in the order of the text."""
        return errors_of(self.judged, self.quoting)

    def compare(self, other: "Evaluation") -> Comparison:
        """This tagger beside another one that was judged on the same sentences.

        Raises:
            InputError: they judge different sentences.
        """
        return compare(self, other, self.quoting)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as evaluation.json has them; of the errors those told_errors chooses."""
        names = [one.name for one in dataclasses.fields(self) if one.name not in ("judged", "quoting")]
        scores = {name: _plain(getattr(self, name)) for name in names}
        errors = [dataclasses.asdict(error) for error in told_errors(self.judged, self.quoting)]
        return {**scores, "num_errors": len(self.judged.wrong), "errors": errors}

    def to_json(self) -> str:
        """The text of evaluation.json."""
        return json_text(self.to_dict())

    def to_html(self) -> str:
        """The page of report.html."""
        from postagger.evaluation.html_report import html_report

        return html_report(self.to_dict())

    def to_dataframe(self, table: Literal["per_tag", "confusion", "errors", "groups"] = "per_tag") -> "DataFrame":
        """A table for pandas: a row for each tag, for each gold tag, for each error, or for each group of tokens.

        Raises:
            ConfigError: pandas is not installed, or there is no such table.
        """
        from postagger.evaluation.dataframes import dataframe

        return dataframe(self, table)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from postagger.evaluation.html_report import notebook_view

        return notebook_view(self.to_dict())


def _plain(value: Any) -> Any:
    """Dataclasses, however deep, as dictionaries."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def evaluate(
    tagger: "Tagger",
    tagged_sentences: Iterable[Sentence | Sequence[tuple[str, str]]],
    *,
    corpus: str = "",
    split: str = "",
    name: str = "",
    train: Sequence[Sentence] = (),
    quoting: Quoting | None = None,
) -> Evaluation:
    """Tag the sentences and compare with the tags they have.

    tagged_sentences: Sentences, or lists of (token, tag) pairs as NLTK has them. name: of the tagger. train: the
    sentences it has learnt from, for the words whose gold tags differ between the two. quoting: of the errors.

    Raises:
        CorpusError: there is no token to judge.
        InputError: a sentence is not a sequence of strings.
    """
    gold = [item if isinstance(item, Sentence) else Sentence.from_pairs(item) for item in tagged_sentences]
    start = time.perf_counter()
    predictions = tagger.predict([sentence.tokens for sentence in gold], alternatives=1)
    seconds = time.perf_counter() - start
    return score(
        gold,
        predictions,
        lexicon=tagger.lexicon,
        tagset=tagger.tagset.tags,
        temperature=tagger.temperature,
        corpus=corpus,
        split=split,
        seconds=seconds,
        name=name,
        train=train,
        quoting=quoting,
    )


def score(
    gold: Sequence[Sentence],
    predicted: Sequence[Sequence[str] | Prediction],
    *,
    lexicon: Lexicon | None = None,
    tagset: Sequence[str] | None = None,
    temperature: float | None = None,
    corpus: str = "",
    split: str = "",
    seconds: float = 0.0,
    name: str = "",
    train: Sequence[Sentence] = (),
    quoting: Quoting | None = None,
) -> Evaluation:
    """Compare gold sentences with predicted tags, whoever predicted them.

    predicted: the tags of each sentence, or a Prediction with confidences. lexicon: the words of the training split,
    for known, unknown and the baselines. tagset: the tags that could have been predicted. temperature: what confidences
    were made with. seconds: what the tagging took. name, train, quoting: as for evaluate.

    Raises:
        CorpusError: there is no token to judge.
        ValueError: the two differ in length.
    """
    quoting = quoting or Quoting()
    predictions = [one if isinstance(one, Prediction) else Prediction(list(one)) for one in predicted]
    judged = JudgedTokens.of(gold, predictions, lexicon, corpus)
    if lexicon is not None and lexicon.counts is None and train:
        lexicon = Lexicon.build(train)
    per_tag, confusion = score_tags(judged)
    headline, baselines = _headline(judged), _baselines(judged, lexicon)
    count, found = variations({"judged": gold, **({"training": train} if train else {})}, quoting)
    return Evaluation(
        corpus=corpus,
        split=split,
        sentences=len(gold),
        tokens=len(judged),
        traces=TRACE_TAG in judged.gold,
        **headline | baselines | {"intervals": headline["intervals"] | baselines["intervals"]},
        macro_f1=float(np.mean([tag_score.f1 for tag_score in per_tag.values()])),
        per_tag=per_tag,
        confusion=confusion,
        unseen_tags=_unseen(per_tag, tagset),
        seconds=seconds,
        groups=grouped(judged, None if lexicon is None else lexicon.counts),
        reliability=reliability(judged, temperature),
        words=words_most_often_wrong(judged),
        doubted=doubted_gold(judged, lexicon, quoting),
        num_variations=count,
        variations=found,
        judged=judged,
        quoting=quoting,
        tagger=name,
    )


def _headline(judged: JudgedTokens) -> Part:
    right, known = judged.right, judged.known
    unknown = np.zeros(len(judged), dtype=bool) if known is None else ~known
    whole = [list(sentence.tags) == one.tags for sentence, one in judged.by_sentence() if sentence.tokens]
    parts = {
        "accuracy_known": right[~unknown] if known is not None else right[:0],
        "accuracy_unknown": right[unknown],
        "sentence_accuracy": np.array(whole),
    }
    intervals = {name: wilson_interval(int(part.sum()), part.size) for name, part in parts.items() if part.size}
    return {
        "unknown_tokens": int(unknown.sum()),
        "accuracy": float(right.mean()),
        "accuracy_interval": wilson_interval(int(right.sum()), right.size),
        "accuracy_known": judged.accuracy_known,
        "accuracy_unknown": judged.accuracy_unknown,
        "sentence_accuracy": float(np.mean(whole)),
        "intervals": intervals | {"macro_f1": macro_f1_interval(judged)},
    }


def _baselines(judged: JudgedTokens, lexicon: Lexicon | None) -> Part:
    if lexicon is None:
        return {"baseline_accuracy": None, "frequent_tag_accuracy": None, "intervals": {}}
    by_word = sum(lexicon.tag(word) == tag for word, tag in zip(judged.words, judged.gold, strict=True))
    by_tag = judged.gold.count(lexicon.default_tag)
    return {
        "baseline_accuracy": by_word / len(judged),
        "frequent_tag_accuracy": by_tag / len(judged),
        "intervals": {
            "baseline_accuracy": wilson_interval(by_word, len(judged)),
            "frequent_tag_accuracy": wilson_interval(by_tag, len(judged)),
        },
    }


def _unseen(per_tag: Mapping[str, TagScore], tagset: Sequence[str] | None) -> dict[str, int]:
    """The gold tags that could not have been predicted, with their counts."""
    if tagset is None:
        return {}
    return {tag: one.support for tag, one in per_tag.items() if one.support and tag not in tagset}
