"""Tagging: requests -> answers, those that wait at the same time together."""

import itertools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from postagger.data_prep.tag_mapping import MAPPINGS, PENN
from postagger.data_prep.tokenization import each_sentence
from postagger.errors import ConfigError, InputError
from postagger.prediction import Prediction
from postagger.serving.messages import TagRequest
from postagger.serving.refusal import RefusalError
from postagger.tagger import Tagger

_CHARACTERS_PER_TOKEN = 5
_DIGITS = 4


@dataclass(frozen=True)
class TaggingJob:
    """A request that is waiting."""

    request: TagRequest

    @property
    def cost(self) -> int:
        """Its tokens, or about as many."""
        characters = sum(map(len, self.request.texts))
        return characters // _CHARACTERS_PER_TOKEN + sum(map(len, self.request.sentences))


@dataclass(frozen=True)
class TaggedJob:
    """The answer to a request, as JSON. sentences, tokens: how many it has."""

    content: bytes
    sentences: int
    tokens: int


@dataclass(frozen=True)
class _Sentence:
    """tokens: as they were sent. forms: as the tagger sees them. places: where each begins and ends, in raw text."""

    tokens: list[str]
    forms: list[str]
    places: list[tuple[int, int]] | None = None
    text: int | None = None


@dataclass(frozen=True)
class _Read:
    """A job with its sentences; number: its place among the answers."""

    number: int
    request: TagRequest
    sentences: list[_Sentence] = field(default_factory=list)


class Tagging:
    """What does the work of a batcher; used by one thread."""

    def __init__(self, tagger: Tagger, name: str, most_tokens: int) -> None:
        self._name = name
        self._most_tokens = most_tokens
        self._views = {PENN: tagger} | _views(tagger)

    @property
    def tagsets(self) -> dict[str, list[str]]:
        """The tagsets that tags can be told in, with their tags."""
        return {name: list(view.output_tagset) for name, view in self._views.items()}

    def work(self, jobs: Sequence[TaggingJob]) -> list[TaggedJob | Exception]:
        """The answer to each, or why it is refused."""
        answers: dict[int, TaggedJob | Exception] = {}
        together: defaultdict[str, list[_Read]] = defaultdict(list)
        for number, job in enumerate(jobs):
            try:
                read = self._read(number, job.request)
            except RefusalError as refusal:
                answers[number] = refusal
            else:
                together[_kind(job.request)].append(read)
        for alike in together.values():
            try:
                answers |= self._tagged(alike)
            except (InputError, ConfigError) as error:
                answers |= dict.fromkeys((one.number for one in alike), RefusalError(422, str(error)))
        return [answers[number] for number in range(len(jobs))]

    def _read(self, number: int, request: TagRequest) -> _Read:
        """The sentences of a request.

        Raises:
            RefusalError: there are too many tokens.
        """
        read, left = _Read(number, request), self._most_tokens
        for sentence in itertools.chain(self._of_texts(request), (_Sentence(one, one) for one in request.sentences)):
            left -= max(1, len(sentence.tokens))
            if left < 0:
                raise RefusalError(
                    422, f"expected at most {self._most_tokens:,} tokens, got more; send the text in parts"
                )
            read.sentences.append(sentence)
        return read

    def _of_texts(self, request: TagRequest) -> Any:
        tagger, several = self._views[PENN], not isinstance(request.text, str)
        for number, text in enumerate(request.texts):
            for sentence in each_sentence(text):
                tokens = [token.text for token in sentence]
                forms = tagger.known_forms(tokens, [token.lookup for token in sentence])
                places = [(token.start, token.end) for token in sentence]
                yield _Sentence(tokens, forms, places, number if several else None)

    def _tagged(self, alike: Sequence[_Read]) -> dict[int, TaggedJob | Exception]:
        """The answers to requests that have tagset and allowed tags in common."""
        first = alike[0].request
        if first.tagset not in self._views:
            raise ConfigError(f"expected one of the tagsets {' '.join(self._views)}, got {first.tagset}")
        view = self._views[first.tagset]
        if first.allowed:
            view = view.with_tags(allowed=first.allowed)
        forms = [sentence.forms for read in alike for sentence in read.sentences]
        further = max(read.request.k_best or 1 for read in alike) - 1
        predictions = iter(view.predict(forms, alternatives=further) if further else view.predictions(forms))
        return {
            read.number: self._answer(read, list(itertools.islice(predictions, len(read.sentences))), view)
            for read in alike
        }

    def _answer(self, read: _Read, predictions: Sequence[Prediction], view: Tagger) -> TaggedJob:
        pairs = zip(read.sentences, predictions, strict=True)
        records = [_record(read.request, sentence, prediction, view) for sentence, prediction in pairs]
        answer = {"model": self._name, "tagset": read.request.tagset, "sentences": records}
        content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        return TaggedJob(content, len(records), sum(len(one.tokens) for one in read.sentences))


def _views(tagger: Tagger) -> dict[str, Tagger]:
    """The tagger in each named tagset that it can tell."""
    views = {}
    for name in MAPPINGS:
        try:
            views[name] = tagger.with_tags(tagset=name)
        except ConfigError:  # it has other tags than the Penn Treebank
            continue
    return views


def _kind(request: TagRequest) -> str:
    """What requests have in common that are tagged together."""
    return json.dumps([request.tagset, request.allowed])


def _record(request: TagRequest, sentence: _Sentence, prediction: Prediction, view: Tagger) -> dict[str, Any]:
    """A sentence, with just what was asked for."""
    record: dict[str, Any] = {"tokens": sentence.tokens, "tags": prediction.tags}
    if sentence.places is not None:
        record |= {"starts": [start for start, _ in sentence.places], "ends": [end for _, end in sentence.places]}
    if sentence.text is not None:
        record["text"] = sentence.text
    confidences = prediction.confidences
    if request.confidence:
        record["confidences"] = _rounded(confidences)
    if request.min_confidence is not None:
        record["uncertain"] = [number for number, sure in enumerate(confidences) if sure < request.min_confidence]
    if request.k_best is not None:
        record["k_best"] = _k_best(prediction, request.k_best)
    if request.sequences is not None:
        best = view.best_sequences(sentence.forms, request.sequences)
        record["sequences"] = [{"tags": one.tags, "probability": round(one.probability, _DIGITS)} for one in best]
    return record


def _k_best(prediction: Prediction, number: int) -> list[list[list[Any]]]:
    others = prediction.alternatives or [[] for _ in prediction.tags]
    best = zip(prediction.tags, prediction.confidences, others, strict=True)
    return [
        [[one, round(probability, _DIGITS)] for one, probability in [(tag, sure), *further][:number]]
        for tag, sure, further in best
    ]


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, _DIGITS) for value in values]
