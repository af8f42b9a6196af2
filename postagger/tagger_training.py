"""From a corpus to a trained tagger: vocabularies -> batches -> network -> trainer."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from postagger.config import TaggerConfig
from postagger.data_prep.batching import (
    Batch,
    EncodedSentences,
    batches_by_length,
    encode,
    epoch_order,
    training_batches,
)
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.vocabulary import Tagset, Vocabulary
from postagger.device import autocast, select_device, threads
from postagger.errors import ConfigError
from postagger.model_folder import library_versions
from postagger.models.losses import masked_nll_loss
from postagger.tagger import Tagger, build_sequence_tagger
from postagger.trainer import Trainer, TrainingResult, epoch_generator

_DEV_BATCH_SIZE = 256


def train_tagger(
    corpus: Corpus,
    config: TaggerConfig,
    *,
    facts: Mapping[str, Any] | None = None,
    show_progress: bool = False,
) -> tuple[Tagger, TrainingResult]:
    """Train a tagger on the corpus's train part; its dev part, if there is one, chooses the epoch.

    Equal settings give equal weights, to the bit on a CPU. facts: more to be stored with the model.

    Raises:
        ConfigError: the settings do not fit the machine or the corpus.
        PostaggerError: the loss is no longer a finite number.
    """
    if config.training.patience and not corpus.dev:
        raise ConfigError("--patience: expected a dev set to be patient about, got none; name one with --dev")
    with threads(config.training.threads):
        torch.manual_seed(config.training.seed)
        tagger = _untrained(corpus, config, facts or {})
        trainer = _trainer(tagger, corpus, show_progress=show_progress)
        result = trainer.fit()
    tagger.facts["training_result"] = result.facts()
    return tagger, result


def _untrained(corpus: Corpus, config: TaggerConfig, facts: Mapping[str, Any]) -> Tagger:
    extractor = FeatureExtractor.build(
        (token for sentence in corpus.train for token in sentence.tokens),
        min_count=config.features.min_count,
        max_affix_length=config.features.max_affix_length,
        min_affix_count=config.features.min_affix_count,
        use_characters=config.features.use_characters,
        normalize_words=config.features.normalize_words,
    )
    tagset = Tagset.build(tag for sentence in corpus.train for tag in sentence.tags)
    try:
        network = build_sequence_tagger(config.network, extractor, len(tagset))
    except RuntimeError as error:
        raise ConfigError(
            f"expected sizes whose network fits into memory, got: {str(error).splitlines()[0]}; choose smaller ones"
        ) from None
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
    return Tagger(network.to(device), extractor, tagset, Lexicon.build(corpus.train), config, about)


def _trainer(tagger: Tagger, corpus: Corpus, *, show_progress: bool) -> Trainer[Batch]:
    config = tagger.config.training
    device = next(tagger.network.parameters()).device
    train = _encode(corpus.train, tagger)
    dev = _encode(corpus.dev, tagger) if corpus.dev else None
    hiding = _unknown_probability(tagger.extractor, corpus.train, tagger.config.features.unknown_word_rate)

    def batches(epoch: int) -> Iterator[Batch]:
        return training_batches(train, config.batch_size, epoch_generator(config.seed, epoch), hiding)

    def loss(batch: Batch) -> tuple[Tensor, Tensor]:
        batch = batch.to(device)
        if batch.tag_ids is None:
            raise ValueError("expected a batch with tags to train on, got one without")
        with autocast(device, config.precision):
            log_probs = tagger.network(batch.token_ids, batch.feature_ids, batch.character_ids, batch.lengths)
        return masked_nll_loss(log_probs.float(), batch.tag_ids, batch.mask)

    return Trainer(
        network=tagger.network,
        config=config,
        batches=batches,
        steps_per_epoch=len(epoch_order(train, config.batch_size, torch.Generator())),
        loss=loss,
        score=None if dev is None else lambda: _accuracy(tagger, dev, device),
        show_progress=show_progress,
    )


def _encode(sentences: Sequence[Sentence], tagger: Tagger) -> EncodedSentences:
    tokens = [sentence.tokens for sentence in sentences]
    tags = [sentence.tags for sentence in sentences]
    return encode(tokens, tagger.extractor, tags, tagger.tagset)


def _unknown_probability(extractor: FeatureExtractor, sentences: Sequence[Sentence], rate: float) -> Tensor | None:
    """For each word id a / (a + n), where n is the word's frequency and a the rate; 0 for padding. [V]."""
    if rate == 0:
        return None
    counts = Counter(extractor.token_id(token) for sentence in sentences for token in sentence.tokens)
    frequency = torch.tensor([counts[number] for number in range(len(extractor.words))], dtype=torch.float32)
    probability = rate / (rate + frequency)
    probability[Vocabulary.pad_id] = 0.0
    return probability


def _accuracy(tagger: Tagger, encoded: EncodedSentences, device: torch.device) -> float:
    """The part of the tokens whose tag is predicted right."""
    right = tokens = 0
    for _, batch in batches_by_length(encoded, _DEV_BATCH_SIZE):
        batch = batch.to(device)
        right += int(((tagger.log_probs(batch).argmax(dim=-1) == batch.tag_ids) & batch.mask).sum())
        tokens += int(batch.mask.sum())
    return right / tokens
