"""Tagging: requests -> answers, those that wait at the same time together."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from postagger.data_prep.tag_mapping import MAPPINGS, PENN
from postagger.data_prep.tokenization import each_sentence
from postagger.errors import ConfigError, InputError
from postagger.prediction import Prediction
from postagger.serving.messages import TagRequest
from postagger.serving.refusal import RefusalError
from postagger.tagged_output import record_of
from postagger.tagged_sentences import Wanted, tagged_sentence
from postagger.tagger import Tagger
from postagger.untagged_text import UntaggedSentence, untagged_sentence

_CHARACTERS_PER_TOKEN = 5


@dataclass(frozen=True)
class TaggingJob:
    """A request that is waiting."""

    request: TagRequest

    @property
    def cost(self) -> int:
        """Its tokens, or about as many, and what else takes about as long."""
        asked = self.request
        tokens = sum(map(len, asked.texts)) // _CHARACTERS_PER_TOKEN + sum(map(len, asked.sentences))
        return tokens * (1 + (asked.sequences or 0)) + len(asked.allowed)


@dataclass(frozen=True)
class TaggedJob:
    """The answer to a request, as JSON. sentences, tokens: how many it has."""

    content: bytes
    sentences: int
    tokens: int


@dataclass(frozen=True)
class _Read:
    """A job with its sentences; number: its place among the answers. texts: of each sentence the number of its text."""

    number: int
    request: TagRequest
    sentences: list[UntaggedSentence] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)

    @property
    def wanted(self) -> Wanted:
        """What is to be told beside the tags."""
        asked = self.request
        return Wanted(asked.confidence, asked.k_best or 0, asked.sequences or 0, asked.min_confidence)


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
                answers |= dict.fromkeys(
                    (one.number for one in alike), RefusalError(422, f"{error}; see /openapi.json")
                )
        return [answers[number] for number in range(len(jobs))]

    def _read(self, number: int, request: TagRequest) -> _Read:
        """The sentences of a request.

        Raises:
            RefusalError: there are too many tokens.
        """
        read, left = _Read(number, request), self._most_tokens
        for text, sentence in _sentences(request):
            left -= max(1, len(sentence.tokens))
            if left < 0:
                raise RefusalError(
                    422, f"expected at most {self._most_tokens:,} tokens, got more; send the text in parts"
                )
            read.sentences.append(sentence)
            read.texts.append(text)
        return read

    def _tagged(self, alike: Sequence[_Read]) -> dict[int, TaggedJob | Exception]:
        """The answers to requests that have tagset and allowed tags in common."""
        first = alike[0].request
        if first.tagset not in self._views:
            raise ConfigError(f"expected one of the tagsets {' '.join(self._views)}, got {first.tagset}")
        view = self._views[first.tagset]
        if first.allowed:
            view = view.with_tags(allowed=first.allowed)
        forms = [view.known_forms(one.tokens, one.lookups) for read in alike for one in read.sentences]
        further = max(read.request.k_best or 1 for read in alike) - 1
        predictions = iter(view.predict(forms, alternatives=further) if further else view.predictions(forms))
        return {
            read.number: self._answer(read, list(itertools.islice(predictions, len(read.sentences))), view)
            for read in alike
        }

    def _answer(self, read: _Read, predictions: Sequence[Prediction], view: Tagger) -> TaggedJob:
        records = []
        for sentence, text, prediction in zip(read.sentences, read.texts, predictions, strict=True):
            records.append(record_of(tagged_sentence(view, sentence, prediction, read.wanted, "xpos")))
            if isinstance(read.request.text, list):
                records[-1]["text"] = text
        answer = {"model": self._name, "tagset": read.request.tagset, "sentences": records}
        content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        return TaggedJob(content, len(records), sum(len(one.tokens) for one in read.sentences))


def _sentences(request: TagRequest) -> Iterator[tuple[int, UntaggedSentence]]:
    """The sentences of a request, with the numbers of their texts."""
    for number, text in enumerate(request.texts):
        for sentence in each_sentence(text):
            yield number, untagged_sentence(sentence)
    for tokens in request.sentences:
        yield 0, UntaggedSentence(tokens, tokens)


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
