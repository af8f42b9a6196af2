"""From a corpus to a trained tagger: vocabularies -> batches -> network -> trainer."""

import hashlib
import json
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from postagger.calibration import calibrate
from postagger.config import TaggerConfig
from postagger.data_prep.augmentation import SIGNS, augment
from postagger.data_prep.batching import (
    Batch,
    EncodedSentences,
    batches_by_length,
    encode,
    epoch_order,
    hide_words,
    split_batch,
    training_batches,
    unknown_probability,
)
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.vocabulary import Tagset
from postagger.device import autocast, select_device, threads
from postagger.errors import ConfigError
from postagger.model_folder import library_versions
from postagger.models.losses import masked_nll_loss, r_drop_loss
from postagger.network_weights import NetworkWeights
from postagger.pretraining import Pretrained, merge, transfer
from postagger.run_checkpoints import RunCheckpoints
from postagger.tagger import Tagger
from postagger.tagger_network import build_sequence_tagger
from postagger.trainer import Trainer, after_steps, epoch_generator
from postagger.training_result import TrainingResult

_DEV_BATCH_SIZE = 256
_LONGEST = 2000  # tokens that are read in one pass


def train_tagger(
    corpus: Corpus,
    config: TaggerConfig,
    *,
    pretrained: Pretrained | None = None,
    facts: Mapping[str, Any] | None = None,
    show_progress: bool = False,
    name: str = "",
    checkpoints: RunCheckpoints | None = None,
) -> tuple[Tagger, TrainingResult]:
    """Train a tagger on the corpus's train part; its dev part, if there is one, chooses the epoch.

    Equal settings give equal weights, to the bit on a CPU, also where the run was cut off and resumed. pretrained: what
    raw text has taught, with the same settings. facts: more to be stored with the model. name: of one run among
    several, for its progress bars, which then do not stay. checkpoints: where the states of the run are kept.

    Raises:
        ConfigError: the settings do not fit the machine or the corpus.
        CheckpointError: what shall be resumed is not whole, or of another run.
        DivergedError: the loss is no longer a finite number, already in the first epoch (see TrainingResult).
    """
    if config.training.patience and not corpus.dev:
        raise ConfigError("--patience: expected a dev set to be patient about, got none; name one with --dev")
    with threads(config.training.threads):
        torch.manual_seed(config.training.seed)
        tagger = _untrained(corpus, config, pretrained, facts or {})
        trainer = _trainer(tagger, corpus, pretrained, show_progress=show_progress, name=name)
        if checkpoints is not None:
            checkpoints.stage("training", config.flat(), _sha256_of(corpus, pretrained)).follow(trainer)
        result = trainer.fit()
        merge(tagger.network)
        try:
            calibrate(tagger, corpus.dev)
        except KeyboardInterrupt:  # which must not cost the network
            result.interrupted_by = signal.SIGINT
    tagger.facts["training_result"] = result.facts()
    return tagger, result


def _sha256_of(corpus: Corpus, pretrained: Pretrained | None) -> str:
    """What identifies the data of a run: the sentences, how they are split, and the raw text."""
    facts = [corpus.sha256, len(corpus.train), len(corpus.dev), None if pretrained is None else pretrained.sha256]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _untrained(corpus: Corpus, config: TaggerConfig, pretrained: Pretrained | None, facts: Mapping[str, Any]) -> Tagger:
    tagset = Tagset.build(tag for sentence in corpus.train for tag in sentence.tags)
    own = _own_extractor(corpus.train, config, tagset)
    extractor = own if pretrained is None else pretrained.extractor.extended(own)
    try:
        network = build_sequence_tagger(config.network, extractor, len(tagset))
    except RuntimeError as error:
        raise ConfigError(
            f"expected sizes whose network fits into memory, got: {str(error).splitlines()[0]}; choose smaller ones"
        ) from None
    if pretrained is not None:
        seen = _frequency(extractor, _augmented(corpus.train, config, tagset, 0))
        transfer(pretrained, network, extractor, seen > 0)
    about = {
        "corpus": {
            "name": corpus.name,
            "sha256": corpus.sha256,
            **{f"{name}_sentences": len(corpus.part(name)) for name in ("train", "dev", "test")},
            **facts,
        },
        "versions": library_versions(),
    }
    device = select_device(config.training.device)
    weights = NetworkWeights(network.to(device), config, extractor, len(tagset))
    return Tagger(weights, extractor, tagset, Lexicon.build(corpus.train), config, about)


def _own_extractor(sentences: Sequence[Sentence], config: TaggerConfig, tagset: Tagset) -> FeatureExtractor:
    tokens = [token for sentence in sentences for token in sentence.tokens]
    augmented = _augmented(sentences, config, tagset, 0)[len(sentences) :]
    signs = SIGNS * config.features.min_count if augmented else ()
    return FeatureExtractor.build(
        [*tokens, *signs],
        foreign=[token for sentence in augmented for token in sentence.tokens],
        min_count=config.features.min_count,
        max_affix_length=config.features.max_affix_length,
        min_affix_count=config.features.min_affix_count,
        use_characters=config.features.use_characters,
        normalize_words=config.features.normalize_words,
        detect_case=config.features.detect_case,
    )


def _trainer(
    tagger: Tagger, corpus: Corpus, pretrained: Pretrained | None, *, show_progress: bool, name: str
) -> Trainer[Batch]:
    config = tagger.config.training
    device = next(tagger.network.parameters()).device
    train = _encode(corpus.train, tagger)
    dev = _encode(corpus.dev, tagger) if corpus.dev else None
    augmented, r_drop = tagger.config.features.augmentation > 0, tagger.config.features.r_drop
    hide = _hiding(tagger, corpus.train, pretrained)

    def epoch_sentences(epoch: int) -> EncodedSentences:
        if not augmented:
            return train
        return _encode(_augmented(corpus.train, tagger.config, tagger.tagset, epoch), tagger)

    def batches(epoch: int) -> Iterator[Batch]:
        generator = epoch_generator(config.seed, epoch)
        copies = 2 if r_drop else 1
        for batch in training_batches(epoch_sentences(epoch), config.batch_size, generator, copies=copies):
            yield hide(batch, generator)

    def loss(batch: Batch) -> tuple[Tensor, Tensor]:
        batch = batch.to(device)
        if batch.tag_ids is None:
            raise ValueError("expected a batch with tags to train on, got one without")
        with autocast(device, config.precision):
            log_probs = tagger.network(batch.token_ids, batch.feature_ids, batch.character_ids, batch.lengths)
        if r_drop:
            return r_drop_loss(log_probs.float(), batch.tag_ids, batch.mask, r_drop)
        return masked_nll_loss(log_probs.float(), batch.tag_ids, batch.mask)

    return Trainer(
        network=tagger.network,
        config=config,
        batches=after_steps(batches),
        steps_per_epoch=len(epoch_order(epoch_sentences(0), config.batch_size, torch.Generator())),
        loss=loss,
        split=lambda batch, parts: split_batch(batch, parts, copies=2 if r_drop else 1),
        score=None if dev is None else lambda: _accuracy(tagger, dev, device),
        show_progress=show_progress,
        name=name,
        keep_bars=not name,
    )


def _augmented(sentences: Sequence[Sentence], config: TaggerConfig, tagset: Tagset, epoch: int) -> list[Sentence]:
    """The sentences of an epoch, counted from 1; epoch 0 stands for all of them."""
    seed = f"{config.training.seed} {epoch}"
    return augment(sentences, config.features.augmentation, seed, tagset)


def _encode(sentences: Sequence[Sentence], tagger: Tagger) -> EncodedSentences:
    """As ids; what is longer than any sentence, such as a file without blank lines, in pieces that memory can hold."""
    tokens = [piece for sentence in sentences for piece in _pieces(sentence.tokens)]
    tags = [piece for sentence in sentences for piece in _pieces(sentence.tags)]
    return encode(tokens, tagger.extractor, tags, tagger.tagset)


def _pieces(symbols: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [symbols[start : start + _LONGEST] for start in range(0, max(1, len(symbols)), _LONGEST)]


def _hiding(
    tagger: Tagger, sentences: Sequence[Sentence], pretrained: Pretrained | None
) -> Callable[[Batch, torch.Generator], Batch]:
    """How the words of a training batch are hidden, so that the network learns what to make of new ones.

    With raw text there are two kinds of these: words that it has, which only lack what the tags would have taught, and
    words that it has not either.
    """
    rate = tagger.config.features.unknown_word_rate
    seen = _frequency(tagger.extractor, _augmented(sentences, tagger.config, tagger.tagset, 0))
    untagged = unknown_probability(seen, rate)
    if pretrained is None:
        return lambda batch, generator: hide_words(batch, untagged, generator) if rate else batch
    seen[: len(pretrained.frequency)] += pretrained.frequency
    unknown = unknown_probability(seen, min(rate, 1.0))
    return lambda batch, generator: hide_words(
        hide_words(batch, untagged, generator, keep_vectors=True), unknown, generator
    )


def _frequency(extractor: FeatureExtractor, sentences: Sequence[Sentence]) -> Tensor:
    """How often the sentences have the word of each id. [V]."""
    ids = [extractor.token_id(token) for sentence in sentences for token in sentence.tokens]
    return torch.bincount(torch.tensor(ids), minlength=len(extractor.words))


def _accuracy(tagger: Tagger, encoded: EncodedSentences, device: torch.device) -> float:
    """The part of the tokens whose tag is predicted right."""
    right = tokens = 0
    for _, batch in batches_by_length(encoded, _DEV_BATCH_SIZE):
        batch = batch.to(device)
        right += int(((tagger.log_probs(batch).argmax(dim=-1) == batch.tag_ids) & batch.mask).sum())
        tokens += int(batch.mask.sum())
    return right / tokens
