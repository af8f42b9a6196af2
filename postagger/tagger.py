"""Tagger: words in, tags out."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from postagger.answer import Answer
from postagger.best_sequences import best_sequences
from postagger.compact_weights import compress, expand
from postagger.config import TaggerConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER, check_sentences, sentence_groups
from postagger.data_prep.sentence_parts import Part, by_parts
from postagger.data_prep.tag_mapping import TagMapping, TagsetName
from postagger.data_prep.vocabulary import UNKNOWN_TAG_ID, Tagset
from postagger.decoding import decode
from postagger.errors import InputError
from postagger.forks import LOCK
from postagger.met_words import MetWords
from postagger.model_folder import ModelFolder, write_model_folder
from postagger.network_weights import NetworkWeights
from postagger.prediction import Prediction, TagSequence
from postagger.scoring.best_tags import best_tags, confidences_of, probabilities_of
from postagger.scoring.numpy_scorer import Precision
from postagger.tag_choice import Allowed, TagChoice
from postagger.tagger_parts import read_parts, stored_parts, temperature_of

if TYPE_CHECKING:
    from torch import Tensor

    from postagger.data_prep.batching import Batch
    from postagger.models.sequence_tagger import SequenceTagger
    from postagger.scoring.onnx_scorer import OnnxScorer
    from postagger.tagged_text import TaggedToken
    from postagger.workers import Workers


class Tagger:
    """A trained tagger. Tokens given are tokens returned: as many, in order, unchanged.

    Threads may share an instance, and processes that are forked or spawned may have it.

    weights, extractor and tagset belong together; lexicon is what training knew of each word by itself; facts is
    what config.json tells beside the settings (corpus, versions, calibration).
    """

    def __init__(
        self,
        weights: "NetworkWeights | OnnxScorer",
        extractor: FeatureExtractor,
        tagset: Tagset,
        lexicon: Lexicon,
        config: TaggerConfig,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.weights = weights
        self.extractor = extractor
        self.tagset = tagset
        self.lexicon = lexicon
        self.config = config
        self.facts = dict(facts or {})
        self.choice: TagChoice | None = None
        self._met: MetWords | None = None

    def __repr__(self) -> str:
        corpus = self.facts.get("corpus", {}).get("name")
        return f"<Tagger: {len(self.output_tagset)} tags{f', trained on {corpus}' if corpus else ''}>"

    def __getstate__(self) -> dict[str, Any]:
        """Without what it has learnt of words since, for other processes."""
        return {**self.__dict__, "_met": None}

    @property
    def network(self) -> "SequenceTagger":
        """The network in torch, to be trained or looked into."""
        return self.weights.network

    @property
    def temperature(self) -> float:
        """What log-probabilities are divided by before they become confidences (see calibration)."""
        return temperature_of(self.facts)

    @property
    def output_tagset(self) -> Tagset:
        """The tags that it tells; tagset has those that the network knows."""
        return self.tagset if self.choice is None else self.choice.tagset

    def with_tags(self, *, allowed: Allowed | None = None, tagset: TagsetName | None = None) -> "Tagger":
        """This tagger, but telling other tags; all its methods then do.

        allowed: words with the only tags they may have: {"Python": {"NNP"}}. tagset: "ptb", the network's own tags,
        "universal", "ud", or a file or TagMapping that maps them. Words are taken as they are spelt; allowed
        tags are those of the tagset that is told. What is None stays as it is.

        Raises:
            ConfigError: the mapping lacks a tag, or there is none of this name.
            InputError: an allowed tag is not one that can be told.
        """
        before = self.choice or TagChoice(self.tagset, None, {})
        mapping = before.mapping if tagset is None else TagMapping.find(tagset)
        allowed = before.allowed if allowed is None else allowed
        self._met_words()  # to be shared
        other = copy.copy(self)
        with LOCK:  # so that no fork has half of a module that this imports
            other.choice = TagChoice(self.tagset, mapping, allowed) if mapping or allowed else None
        return other

    def tag(
        self, tokens: Sequence[str], *, allowed: Allowed | None = None, tagset: TagsetName | None = None
    ) -> list[tuple[str, str]]:
        """One sentence: [("The", "DT"), ("dog", "NN")] for ["The", "dog"].

        allowed, tagset: see with_tags.

        Raises:
            InputError: tokens is not a sequence of strings; or an allowed tag is not one that can be told.
        """
        return self.tag_sents([tokens], allowed=allowed, tagset=tagset)[0]

    def tag_sents(
        self,
        sentences: Iterable[Sequence[str]],
        *,
        allowed: Allowed | None = None,
        tagset: TagsetName | None = None,
    ) -> list[list[tuple[str, str]]]:
        """Many sentences, in order, as NLTK does it; allowed, tagset: see with_tags.

        Raises:
            InputError: a sentence is not a sequence of strings; or an allowed tag is not one that can be told.
        """
        return list(self._for(allowed, tagset).stream(sentences))

    def stream(self, sentences: Iterable[Sequence[str]], *, workers: int = 1) -> Iterator[list[tuple[str, str]]]:
        """Many sentences, lazily, in order, in constant memory: they are read 2,048 at a time, or fewer long ones.

        workers: how many processes tag them, this one among them, each on a core of its own.

        Raises:
            InputError: a sentence is not a sequence of strings; or several workers shall share a GPU.
            PostaggerError: a worker has died.
        """
        for answer in self._answers(sentences, workers, None):
            yield from answer.tagged(self.output_tagset)

    def predictions(self, sentences: Iterable[Sequence[str]], *, workers: int = 1) -> Iterator[Prediction]:
        """As stream, but of each sentence the tags and their probabilities.

        Raises:
            InputError: a sentence is not a sequence of strings.
            PostaggerError: a worker has died.
        """
        for answer in self._answers(sentences, workers, self.temperature):
            yield from answer.predictions(self.output_tagset)

    def workers(self, number: int) -> "Workers":
        """As many processes, this one among them, for several streams: with tagger.workers(4) as workers: ...

        Raises:
            InputError: there are none; or the tagger is on a device that they could not share.
        """
        from postagger.workers import Workers

        return Workers(self, number)

    def predict(self, sentences: Sequence[Sequence[str]], *, first: int = 0, alternatives: int = 0) -> list[Prediction]:
        """The tags and their probabilities, sentence by sentence.

        first: the number of the first sentence, for messages. alternatives: how many further tags to tell of a token.

        Raises:
            InputError: a sentence is not a sequence of strings; or alternatives is negative.
        """
        if alternatives < 0:
            raise InputError(f"expected a number of alternatives of at least 0, got {alternatives}")
        predictions = []
        for start in range(0, len(sentences), SENTENCES_TOGETHER):
            together = sentences[start : start + SENTENCES_TOGETHER]
            check_sentences(together, first + start)
            scores = by_parts(together, self._scored)
            predictions += decode(scores, list(map(len, together)), self.output_tagset, self.temperature, alternatives)
        return predictions

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Of each sentence the probabilities of all tags [T, K], in the order of output_tagset.

        Raises:
            InputError: a sentence is not a sequence of strings.
        """
        check_sentences(sentences)
        found: list[np.ndarray] = []
        for start in range(0, len(sentences), SENTENCES_TOGETHER):
            together = sentences[start : start + SENTENCES_TOGETHER]
            parts = by_parts(together, lambda part: probabilities_of(self._scored(part), self.temperature))
            probabilities = np.concatenate(list(parts))
            found += np.split(probabilities, np.cumsum(list(map(len, together)))[:-1])
        return found

    def best_sequences(self, tokens: Sequence[str], number: int) -> list[TagSequence]:
        """The most probable sequences of tags for a sentence, the best one first; fewer if there are not so many.

        Raises:
            InputError: tokens is not a sequence of strings; or the number is less than 1.
        """
        check_sentences([tokens])
        if not isinstance(number, int) or number < 1:
            raise InputError(f"expected a number of sequences of at least 1, got {number}")
        return best_sequences(by_parts([tokens], self._scored), self.output_tagset, self.temperature, number)

    def answer(self, sentences: Sequence[Sequence[str]], temperature: float | None) -> Answer:
        """The best tags of sentences, which are known to be such; with a temperature also their probabilities."""
        parts = list(by_parts(sentences, lambda part: self._best(part, temperature)))
        tag_ids, confidences = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
        return Answer(sentences, tag_ids, confidences)

    def _answers(self, sentences: Iterable[Sequence[str]], workers: int, temperature: float | None) -> Iterator[Answer]:
        """What is said of one group of sentences after the other; with a temperature also how sure it is."""
        groups = sentence_groups(sentences)
        if workers == 1:
            for group in groups:
                yield self.answer(group, temperature)
            return
        with self.workers(workers) as pool:
            yield from pool.answers(groups, temperature)

    def _best(self, part: Part, temperature: float | None) -> tuple[np.ndarray, np.ndarray]:
        """Of a part's own tokens the ids of the best tags [N]; with a temperature also their probabilities [N]."""
        if self.choice is not None:
            scores = self._scored(part)
            best = scores.argmax(axis=1)
            return best, np.empty(0, np.float32) if temperature is None else confidences_of(scores, best, temperature)
        met = self._met_words()
        with met.look_up(part.sentences, part.caseless) as found:
            tag_ids, confidences = best_tags(met.scorer, found.columns, found.rows, found.lengths, temperature)
        is_certain = found.certain != UNKNOWN_TAG_ID
        tag_ids[is_certain] = found.certain[is_certain]
        if len(confidences):
            confidences[is_certain] = 1
        return part.of_own(tag_ids), part.of_own(confidences) if len(confidences) else confidences

    def _scored(self, part: Part) -> np.ndarray:
        """Of a part's own tokens the scores of all tags [N, K], -inf where a tag is impossible."""
        met = self._met_words()
        with met.look_up(part.sentences, part.caseless) as found:
            scores = met.scorer.logits(found.columns, found.rows, found.lengths)
        is_certain = found.certain != UNKNOWN_TAG_ID
        if self.choice is not None:
            is_certain &= ~self.choice.restricts(part.sentences)  # whoever allows some tags knows better
        if is_certain.any():
            scores[is_certain] = -np.inf
            scores[is_certain, found.certain[is_certain]] = 0
        if self.choice is not None:
            scores = self.choice.told(scores, part.sentences, self.temperature)
        return part.of_own(scores)

    def _for(self, allowed: Allowed | None, tagset: TagsetName | None) -> "Tagger":
        return self if allowed is None and tagset is None else self.with_tags(allowed=allowed, tagset=tagset)

    def _met_words(self) -> MetWords:
        """What is known of words with the weights as they are now."""
        scorer, met = self.weights.scorer(), self._met
        if met is None or met.scorer is not scorer:
            with LOCK:
                met = self._met
                if met is None or met.scorer is not scorer:
                    met = self._met = MetWords(scorer, self.extractor, self.tagset, self.lexicon)
        return met

    def tag_text(
        self, text: str, *, allowed: Allowed | None = None, tagset: TagsetName | None = None
    ) -> "list[list[TaggedToken]]":
        """Raw text: its sentences of tokens, each with its place in the text; allowed, tagset: see with_tags.

        Brackets and quotes are looked up under their treebank names and returned as they were written.

        Raises:
            InputError: text is not a string; or an allowed tag is not one that can be told.
        """
        with LOCK:  # so that no fork has half of a module
            from postagger.tagged_text import tag_text
        return tag_text(self._for(allowed, tagset), text)

    def known_forms(self, tokens: Sequence[str], lookups: Sequence[str]) -> list[str]:
        """Each token as the training text would write it: its treebank name only where training knew just that.

        A straight quotation mark that opens is written as training has it, although it knows one that closes.
        """
        return [
            lookup if lookup in self.lexicon and (token not in self.lexicon or lookup == "`") else token
            for token, lookup in zip(tokens, lookups, strict=True)
        ]

    def log_probs(self, batch: "Batch") -> "Tensor":
        """The network's log_probs [B, T, K] of a batch on its device."""
        from postagger.device import autocast

        with autocast(batch.token_ids.device, self.config.training.precision):
            scores: Tensor = self.network(batch.token_ids, batch.feature_ids, batch.character_ids, batch.lengths)
        return scores.float()

    def save(
        self,
        path: str | Path,
        *,
        evaluation: Mapping[str, Any] | None = None,
        history: Sequence[Mapping[str, Any]] = (),
        report: str = "",
        compact: bool = False,
        force: bool = False,
    ) -> None:
        """Write a model folder (see model_folder). history: a record an epoch; report: the page of the scores.

        compact: store the weights in a third of the size, rounded (see compact_weights); round_weights first, so that
        what is stored is what was judged.

        Raises:
            OutputError: the path exists (without force) or cannot be written; then nothing is left behind.
        """
        weights = compress(self.weights.arrays()) if compact else self.weights.arrays()
        config, vocabulary = stored_parts(self.extractor, self.tagset, self.lexicon, self.config, self.facts)
        folder = ModelFolder(config, vocabulary, weights, evaluation or {}, history, report)
        write_model_folder(Path(path), folder, force=force)

    def round_weights(self) -> None:
        """Round the weights to what a compact model folder can hold."""
        import torch

        rounded = expand(compress(self.weights.arrays()))
        self.network.load_state_dict({name: torch.from_numpy(weight) for name, weight in rounded.items()})

    @classmethod
    def load(cls, path: str | Path, *, device: str = "auto", precision: Precision = "float32") -> "Tagger":
        """Read a model folder, or an ONNX file that was exported from one.

        device: "auto" (a GPU if there is one), "cpu", "cuda" or "mps"; an ONNX file runs on the CPU, in float32.
        precision: of the recurrent products on a CPU; in bfloat16, where it has that, wide networks are faster.

        Raises:
            ModelFolderError: the folder or file is missing, changed, or not a tagger's.
            ConfigError: the machine has no such device or number format; or onnxruntime is not installed.
        """
        return cls(*read_parts(Path(path), device=device, precision=precision))
