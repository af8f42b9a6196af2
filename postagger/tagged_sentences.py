"""Untagged sentences -> tagged ones, with what else was asked for."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postagger.data_prep.formats import TagField
from postagger.data_prep.sentence_groups import sentence_groups
from postagger.data_prep.tag_mapping import PENN
from postagger.data_prep.tag_meanings import UD_TAGS
from postagger.data_prep.universal_tags import UD_NAMES
from postagger.prediction import Prediction
from postagger.tagged_output import TaggedSentence
from postagger.untagged_text import UntaggedSentence

if TYPE_CHECKING:
    from postagger.tagger import Tagger
    from postagger.workers import Workers


@dataclass(frozen=True)
class Wanted:
    """What is to be told beside the tags.

    num_best, num_sequences: how many tags of each token, and how many sequences of tags; 0 for none.
    min_confidence: below this probability a tag is uncertain; None to call none so.
    """

    confidences: bool = False
    num_best: int = 0
    num_sequences: int = 0
    min_confidence: float | None = None


class SentenceTagger:
    """Sentences in, tagged sentences out, in order; the tags are the same whatever else is wanted."""

    def __init__(self, tagger: "Tagger", tag_field: TagField, wanted: Wanted, workers: "Workers | None" = None) -> None:
        """workers: who tag, if it is not the tagger alone; they cannot tell several tags of a token."""
        self._tagger, self._tag_field, self._wanted = tagger, tag_field, wanted
        self._predictor = tagger if workers is None else workers

    def tagged(self, sentences: Iterable[UntaggedSentence]) -> Iterator[TaggedSentence]:
        """As many as are read, which are some more than are told: they are tagged together."""
        sentences, read = itertools.tee(sentences)
        forms = (self._tagger.known_forms(one.tokens, one.lookups) for one in read)
        for prediction in self._predictions(forms):
            yield tagged_sentence(self._tagger, next(sentences), prediction, self._wanted, self._tag_field)

    def _predictions(self, forms: Iterator[list[str]]) -> Iterator[Prediction]:
        if not self._wanted.num_best:
            return self._predictor.predictions(forms)
        further = self._wanted.num_best - 1
        groups = (self._tagger.predict(group, alternatives=further) for group in sentence_groups(forms))
        return itertools.chain.from_iterable(groups)


def tagged_sentence(
    tagger: "Tagger", sentence: UntaggedSentence, prediction: Prediction, wanted: Wanted, tag_field: TagField
) -> TaggedSentence:
    """A sentence with what the tagger says of it, and nothing that is not wanted.

    prediction: with as many alternatives as are wanted, or more.
    """
    best = sequences = uncertain = None
    if wanted.num_best:
        firsts = zip(prediction.tags, prediction.confidences, strict=True)
        others = prediction.alternatives or [[] for _ in prediction.tags]
        best = [[first, *further][: wanted.num_best] for first, further in zip(firsts, others, strict=True)]
    if wanted.num_sequences:
        sequences = tagger.best_sequences(tagger.known_forms(sentence.tokens, sentence.lookups), wanted.num_sequences)
    if wanted.min_confidence is not None:
        uncertain = [confidence < wanted.min_confidence for confidence in prediction.confidences]
    confidences = prediction.confidences if wanted.confidences else None
    return TaggedSentence(sentence, prediction.tags, confidences, tag_field, best, sequences, uncertain)


def tag_field_of(tagger: "Tagger", tagset: str) -> TagField:
    """The CoNLL-U field for the tags that a tagger tells in a tagset: UPOS for those of Universal Dependencies."""
    if tagset == PENN:
        return "upos" if tagger.facts.get("corpus", {}).get("tag_field") == "upos" else "xpos"
    return "upos" if {UD_NAMES.get(tag, tag) for tag in tagger.output_tagset} <= set(UD_TAGS) else "xpos"
