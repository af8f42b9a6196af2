"""Evaluation: all that is known of one tagger on one corpus."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from postagger.evaluation.comparison import Comparison
from postagger.evaluation.experiments import Experiment
from postagger.evaluation.groups import GroupScore
from postagger.evaluation.intervals import Interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.mistakes import TokenError, WordErrors, errors_of, told_errors
from postagger.evaluation.quotes import Quoting
from postagger.evaluation.reliability import Reliability
from postagger.evaluation.tag_scores import Confusion, TagScore
from postagger.evaluation.variations import Variation
from postagger.model_folder import json_text

if TYPE_CHECKING:
    from pandas import DataFrame


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
    many there are. caution: why the scores are too good, where they are. comparisons, experiments, history (a record an
    epoch) and provenance are there where the caller adds them. judged: the tokens themselves, which evaluation.json
    leaves out but for the errors it quotes.
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
    caution: str = ""
    comparisons: list[Comparison] = field(default_factory=list)
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> list[TokenError]:
        """Every token whose tag is wrong, in the order of the text."""
        return errors_of(self.judged, self.quoting)

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

        return dataframe(self.to_dict() | {"errors": [dataclasses.asdict(error) for error in self.errors]}, table)

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
