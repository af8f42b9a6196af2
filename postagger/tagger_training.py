"""From a corpus to a trained tagger: vocabularies -> batches -> network -> trainer."""

import hashlib
import json
import signal
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from postagger.calibration import calibrate
from postagger.config import TaggerConfig
from postagger.data_prep.batching import Batch, EncodedSentences, batches_by_length, split_batch
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.sentence_encoder import SentenceEncoder
from postagger.data_prep.streamed_corpus import StreamedCorpus
from postagger.data_prep.tag_counts import TagCounts
from postagger.data_prep.training_sentences import TrainingSentences
from postagger.data_prep.training_words import TrainingWords
from postagger.data_prep.vocabulary import Tagset
from postagger.device import autocast, select_device, threads
from postagger.errors import ConfigError
from postagger.model_folder import library_versions
from postagger.models.losses import masked_nll_loss, r_drop_loss
from postagger.network_weights import NetworkWeights
from postagger.pretraining import Pretrained, merge, transfer
from postagger.processes import ALONE, Processes, threads_each
from postagger.run_checkpoints import RunCheckpoints
from postagger.tagger import Tagger
from postagger.tagger_batches import TaggerBatches, hiding
from postagger.tagger_network import build_sequence_tagger
from postagger.trainer import Trainer
from postagger.training_result import TrainingResult

_DEV_BATCH_SIZE = 256


def train_tagger(
    corpus: Corpus | StreamedCorpus,
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
        CorpusError: a file of a streamed corpus is no longer what it was.
        DivergedError: the loss is no longer a finite number, already in the first epoch (see TrainingResult).
    """
    if config.training.patience and not corpus.dev:
        raise ConfigError("--patience: expected a dev set to be patient about, got none; name one with --dev")
    processes = ALONE if checkpoints is None else checkpoints.processes
    with threads(threads_each(config.training.threads)):
        torch.manual_seed(config.training.seed)
        tagger, batches = _prepared(corpus, config, pretrained, facts or {})
        settings, stage = {**config.flat(), **batches.settings}, None
        if checkpoints is not None:  # which finds out first whether all processes train the same
            stage = checkpoints.stage("training", settings, _sha256_of(corpus, pretrained))
        trainer = _trainer(tagger, batches, corpus.dev, processes, show_progress=show_progress, name=name)
        if stage is not None:
            stage.follow(trainer)
        result = trainer.fit()
        merge(tagger.network)
        try:
            if processes.is_first:  # who saves it
                calibrate(tagger, corpus.dev)
        except KeyboardInterrupt:  # which must not cost the network
            result.interrupted_by = signal.SIGINT
    tagger.facts["training_result"] = result.facts()
    return tagger, result


def _sha256_of(corpus: Corpus | StreamedCorpus, pretrained: Pretrained | None) -> str:
    """What identifies the data of a run: the sentences, how they are split, and the raw text."""
    sizes = corpus.sizes
    facts = [corpus.sha256, sizes["train"], sizes["dev"], None if pretrained is None else pretrained.sha256]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _prepared(
    corpus: Corpus | StreamedCorpus, config: TaggerConfig, pretrained: Pretrained | None, facts: Mapping[str, Any]
) -> tuple[Tagger, TaggerBatches]:
    """A tagger that has learnt nothing yet, and what it is to learn from."""
    sentences = TrainingSentences.of(corpus)
    tagset = Tagset.build(sentences.counts.tags)
    words = TrainingWords.of(sentences, config.features.augmentation, f"{config.training.seed} 0", tagset)
    tagger = _untrained(corpus, sentences.counts, words, config, pretrained, facts)
    raw_frequency = None if pretrained is None else pretrained.frequency
    hide = hiding(config.features.unknown_word_rate, words.frequency(tagger.extractor), raw_frequency)
    return tagger, TaggerBatches(sentences, config, tagger.extractor, tagset, hide)


def _untrained(
    corpus: Corpus | StreamedCorpus,
    counts: TagCounts,
    words: TrainingWords,
    config: TaggerConfig,
    pretrained: Pretrained | None,
    facts: Mapping[str, Any],
) -> Tagger:
    tagset = Tagset.build(counts.tags)
    own = _own_extractor(words, config)
    extractor = own if pretrained is None else pretrained.extractor.extended(own)
    try:
        network = build_sequence_tagger(config.network, extractor, len(tagset))
    except RuntimeError as error:
        raise ConfigError(
            f"expected sizes whose network fits into memory, got: {str(error).splitlines()[0]}; choose smaller ones"
        ) from None
    if pretrained is not None:
        transfer(pretrained, network, extractor, words.frequency(extractor) > 0)
    about = {
        "corpus": {
            "name": corpus.name,
            "sha256": corpus.sha256,
            **{f"{name}_sentences": size for name, size in corpus.sizes.items()},
            **facts,
        },
        "versions": library_versions(),
    }
    device = select_device(config.training.device)
    weights = NetworkWeights(network.to(device), config, extractor, len(tagset))
    return Tagger(weights, extractor, tagset, Lexicon.from_counts(counts), config, about)


def _own_extractor(words: TrainingWords, config: TaggerConfig) -> FeatureExtractor:
    return FeatureExtractor.build(
        words.known(config.features.min_count),
        foreign=words.copied,
        min_count=config.features.min_count,
        max_affix_length=config.features.max_affix_length,
        min_affix_count=config.features.min_affix_count,
        use_characters=config.features.use_characters,
        normalize_words=config.features.normalize_words,
        detect_case=config.features.detect_case,
    )


def _trainer(
    tagger: Tagger,
    batches: TaggerBatches,
    dev: Sequence[Sentence],
    processes: Processes = ALONE,
    *,
    show_progress: bool,
    name: str,
) -> Trainer[Batch]:
    config = tagger.config.training
    device = next(tagger.network.parameters()).device
    encoded = SentenceEncoder(tagger.extractor, tagger.tagset).encode(dev) if dev else None
    r_drop = tagger.config.features.r_drop

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
        batches=batches.after,
        steps_per_epoch=batches.number_per_epoch(),
        loss=loss,
        split=lambda batch, parts: split_batch(batch, parts, copies=2 if r_drop else 1),
        score=None if encoded is None else lambda: _accuracy(tagger, encoded, device),
        show_progress=show_progress,
        name=name,
        keep_bars=not name,
        carried=batches.carried,
        processes=processes,
    )


def _accuracy(tagger: Tagger, encoded: EncodedSentences, device: torch.device) -> float:
    """The part of the tokens whose tag is predicted right."""
    right = tokens = 0
    for _, batch in batches_by_length(encoded, _DEV_BATCH_SIZE):
        batch = batch.to(device)
        right += int(((tagger.log_probs(batch).argmax(dim=-1) == batch.tag_ids) & batch.mask).sum())
        tokens += int(batch.mask.sum())
    return right / tokens
