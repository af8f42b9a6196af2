"""Tagger: words in, tags out."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from postagger.compact_weights import compress, expand
from postagger.config import TaggerConfig
from postagger.data_prep.batching import Batch, EncodedSentences, batches_by_length, encode, rows_by_length
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.tokenization import tokenize
from postagger.data_prep.vocabulary import Tagset, Vocabulary
from postagger.data_prep.web_tokens import certain_tag, has_only_treebank_tags
from postagger.device import autocast, select_device
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.model_folder import FORMAT_VERSION, ModelFolder, read_model_folder, write_model_folder
from postagger.models.sequence_tagger import SequenceTagger
from postagger.prediction import Prediction
from postagger.tagger_network import build_sequence_tagger

SENTENCES_TOGETHER = 1024
_BATCH_SIZE = 256
_SENTENCES_ENCODED = 4096  # at once, so that the tables of their words stay small


@dataclass(frozen=True, slots=True)
class TaggedToken:
    """A token of raw text: text[start:end] of the document, its tag, and the probability the model gives the tag."""

    text: str
    tag: str
    start: int
    end: int
    confidence: float


class Tagger:
    """A trained tagger. Tokens given are tokens returned: as many, in order, unchanged.

    network, extractor and tagset belong together; lexicon is what training knew of each word by itself; facts is
    what config.json tells beside the settings (corpus, versions, calibration).
    """

    def __init__(
        self,
        network: SequenceTagger,
        extractor: FeatureExtractor,
        tagset: Tagset,
        lexicon: Lexicon,
        config: TaggerConfig,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.network = network
        self.extractor = extractor
        self.tagset = tagset
        self.lexicon = lexicon
        self.config = config
        self.facts = dict(facts or {})
        self._knows_web_tokens = has_only_treebank_tags(tagset)

    @property
    def temperature(self) -> float:
        """What log-probabilities are divided by before they become confidences (see calibration)."""
        return float(self.facts["calibration"]["temperature"]) if "calibration" in self.facts else 1.0

    def tag(self, tokens: Sequence[str]) -> list[tuple[str, str]]:
        """One sentence: [("The", "DT"), ("dog", "NN")] for ["The", "dog"].

        Raises:
            InputError: tokens is not a sequence of strings.
        """
        return self.tag_sents([tokens])[0]

    def tag_sents(self, sentences: Iterable[Sequence[str]]) -> list[list[tuple[str, str]]]:
        """Many sentences, in order, as NLTK does it.

        Raises:
            InputError: a sentence is not a sequence of strings.
        """
        return list(self.stream(sentences))

    def stream(self, sentences: Iterable[Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
        """Many sentences, lazily, in order, in constant memory: they are read 1,024 at a time.

        Raises:
            InputError: a sentence is not a sequence of strings.
        """
        remaining = iter(sentences)
        for first in itertools.count(0, SENTENCES_TOGETHER):
            together = list(itertools.islice(remaining, SENTENCES_TOGETHER))
            if not together:
                return
            for tokens, prediction in zip(together, self.predict(together, first=first), strict=True):
                yield list(zip(tokens, prediction.tags, strict=True))

    def predict(self, sentences: Sequence[Sequence[str]], *, first: int = 0, alternatives: int = 0) -> list[Prediction]:
        """The tags and their probabilities, sentence by sentence.

        first: the number of the first sentence, for messages. alternatives: how many further tags to tell of a token.

        Raises:
            InputError: a sentence is not a sequence of strings.
        """
        for number, tokens in enumerate(sentences, start=first):
            _check_tokens(tokens, number)
        predictions = [Prediction([], []) for _ in sentences]
        for start in range(0, len(sentences), _SENTENCES_ENCODED):
            encoded = encode(sentences[start : start + _SENTENCES_ENCODED], self.extractor)
            for numbers, log_probs, lengths in self._scored(encoded):
                for number, prediction in zip(numbers, self._decoded(log_probs, lengths, alternatives), strict=True):
                    predictions[start + number] = prediction
        if self._knows_web_tokens:
            for tokens, prediction in zip(sentences, predictions, strict=True):
                self._settle(tokens, prediction)
        return predictions

    def _decoded(self, log_probs: Tensor, lengths: Tensor, alternatives: int) -> Iterator[Prediction]:
        """The predictions of a batch, from its log_probs [B, T, K]."""
        # Chosen before they are calibrated, so that no rounding can change a tag; and always by argmax, so that of
        # equally probable tags it is the same one, however many are told.
        tag_ids = log_probs.argmax(dim=-1, keepdim=True)  # [B, T, 1]
        if others := min(alternatives, len(self.tagset) - 1):
            rest = log_probs.scatter(-1, tag_ids, -math.inf)
            tag_ids = torch.cat([tag_ids, rest.topk(others, dim=-1).indices], dim=-1)
        calibrated = (log_probs / self.temperature).log_softmax(dim=-1)
        probabilities = calibrated.gather(-1, tag_ids).exp()  # [B, T, best]
        columns = zip(tag_ids.unbind(-1), probabilities.unbind(-1), strict=True)
        ranks = [(ids.tolist(), sure.tolist()) for ids, sure in columns]
        for row, length in enumerate(lengths.tolist()):
            (tags, confidences), *further = [
                ([self.tagset.decode(tag_id) for tag_id in ids[row][:length]], sure[row][:length])
                for ids, sure in ranks
            ]
            paired = [list(zip(*rank, strict=True)) for rank in further]
            yield Prediction(tags, confidences, [list(one) for one in zip(*paired, strict=True)])

    def _settle(self, tokens: Sequence[str], prediction: Prediction) -> None:
        """Give tokens that can be nothing else their tag, unless training has seen them."""
        for place, token in enumerate(tokens):
            tag = certain_tag(token)
            if tag is not None and tag in self.tagset and token not in self.lexicon:
                prediction.tags[place], prediction.confidences[place] = tag, 1.0
                if prediction.alternatives:
                    prediction.alternatives[place] = []

    @torch.inference_mode()
    def _scored(self, encoded: EncodedSentences) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """Batches of like length: the sentences' numbers, their log_probs [B, T, K], their lengths [B]."""
        device = next(self.network.parameters()).device
        self.network.eval()
        if device.type == "cpu" and self.config.training.precision != "bfloat16" and self._is_of_torch():
            table = encoded.table
            tables = self.network.tables(table.token_ids, table.feature_ids, table.character_ids)
            for numbers, rows, lengths in rows_by_length(encoded, _BATCH_SIZE):
                yield numbers, self.network.forward_rows(rows, lengths, tables), lengths
        else:
            for numbers, batch in batches_by_length(encoded, _BATCH_SIZE):
                yield numbers, self.log_probs(batch.to(device)), batch.lengths

    def _is_of_torch(self) -> bool:
        return self.config.network.implementation == "torch"

    def tag_text(self, text: str) -> list[list[TaggedToken]]:
        """Raw text: its sentences of tokens, each with its place in the text.

        Brackets and quotes are looked up under their treebank names and returned as they were written.

        Raises:
            InputError: text is not a string.
        """
        if not isinstance(text, str):
            raise InputError(f"expected text as a str, got {type(text).__name__}; for tokens use tag or tag_sents")
        sentences = tokenize(text)
        predictions = self.predict(
            [self.known_forms([token.text for token in one], [token.lookup for token in one]) for one in sentences]
        )
        return [
            [
                TaggedToken(token.text, tag, token.start, token.end, confidence)
                for token, tag, confidence in zip(sentence, prediction.tags, prediction.confidences, strict=True)
            ]
            for sentence, prediction in zip(sentences, predictions, strict=True)
        ]

    def known_forms(self, tokens: Sequence[str], lookups: Sequence[str]) -> list[str]:
        """Each token as the training text would write it: its treebank name only where training knew just that."""
        return [
            lookup if lookup in self.lexicon and token not in self.lexicon else token
            for token, lookup in zip(tokens, lookups, strict=True)
        ]

    def log_probs(self, batch: Batch) -> Tensor:
        """The network's log_probs [B, T, K] of a batch on its device."""
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
        config = {"format_version": FORMAT_VERSION, "kind": "tagger", **self.config.to_dict(), **self.facts}
        characters = self.extractor.characters
        vocabulary = {
            "words": self.extractor.words.symbols,
            "features": self.extractor.features.symbols,
            "characters": None if characters is None else characters.symbols,
            "tags": self.tagset.tags,
            "lexicon": self.lexicon.to_dict(),
        }
        weights = {name: weight.cpu() for name, weight in self.network.state_dict().items()}
        weights = compress(weights) if compact else weights
        folder = ModelFolder(config, vocabulary, weights, evaluation or {}, history, report)
        write_model_folder(Path(path), folder, force=force)

    def round_weights(self) -> None:
        """Round the weights to what a compact model folder can hold."""
        self.network.load_state_dict(expand(compress(self.network.state_dict())))

    @classmethod
    def load(cls, path: str | Path, *, device: str = "auto") -> "Tagger":
        """Read a model folder.

        Raises:
            ModelFolderError: the folder is missing, changed, or not a tagger's.
        """
        folder = read_model_folder(Path(path), "tagger")
        try:
            stored = dict(folder.config)
            config = TaggerConfig.from_dict({part: stored.pop(part) for part in TaggerConfig.parts() if part in stored})
            characters = folder.vocabulary["characters"]
            extractor = FeatureExtractor(
                Vocabulary(folder.vocabulary["words"]),
                Vocabulary(folder.vocabulary["features"]),
                None if characters is None else Vocabulary(characters),
                max_affix_length=config.features.max_affix_length,
                normalize_words=config.features.normalize_words,
                detect_case=config.features.detect_case,
            )
            tagset = Tagset(folder.vocabulary["tags"])
            network = build_sequence_tagger(config.network, extractor, len(tagset))
            network.load_state_dict(expand(folder.weights))
            lexicon = Lexicon(**folder.vocabulary["lexicon"])
            facts = {name: value for name, value in stored.items() if name not in ("format_version", "kind")}
            tagger = cls(network.to(select_device(device)), extractor, tagset, lexicon, config, facts)
            if not tagger.temperature > 0:
                raise ValueError(f"a temperature of {tagger.temperature}")
        except (KeyError, TypeError, ValueError, RuntimeError, ConfigError) as error:
            reason = " ".join(str(error).split())
            raise ModelFolderError(f"{path}: expected a tagger, got files that do not fit together: {reason}") from None
        return tagger


def _check_tokens(tokens: Sequence[str], number: int) -> None:
    if isinstance(tokens, str):
        raise InputError(f"sentence {number}: expected a list of tokens, got a str; use tag_text for raw text")
    if not isinstance(tokens, Sequence):
        raise InputError(f"sentence {number}: expected a list of tokens, got {type(tokens).__name__}; make it a list")
    if not all(isinstance(token, str) for token in tokens):
        strange = next(token for token in tokens if not isinstance(token, str))
        raise InputError(f"sentence {number}: expected tokens of type str, got {type(strange).__name__}")
