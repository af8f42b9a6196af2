"""From raw text to the lower layers of a tagger: vocabularies, word vectors, and a network that predicts words."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from postagger.config import TaggerConfig, TrainingConfig
from postagger.data_prep.batching import (
    Batch,
    EncodedSentences,
    encode,
    epoch_order,
    hide_words,
    row_parts,
    split_batch,
    training_batches,
    unknown_probability,
)
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.raw_sentences import RawSentence, load_raw_sentences
from postagger.data_prep.streamed_corpus import StreamedCorpus
from postagger.data_prep.vocabulary import Vocabulary
from postagger.data_prep.word_vectors import word_classes, word_vectors
from postagger.device import autocast, has_fast_bfloat16, select_device
from postagger.models.neighbour_predictor import NeighbourPredictor
from postagger.models.sequence_tagger import SequenceTagger
from postagger.models.tuned_embedding import TunedEmbedding
from postagger.processes import ALONE, Processes
from postagger.run_checkpoints import RunCheckpoints
from postagger.seeds import epoch_generator
from postagger.tagger_network import build_recurrent, build_word_encoder
from postagger.trainer import Trainer, after_steps

_FREQUENT_CLASSES, _CLUSTERS = 1000, 300
_VECTOR_LENGTH = 0.3
_SHARED = ("word_encoder", "recurrent")


@dataclass(frozen=True)
class Pretrained:
    """What raw text has taught.

    weights: by the names they have in a SequenceTagger. frequency [U]: how often the text has the word of each id.
    sha256: of the text.
    """

    extractor: FeatureExtractor
    weights: Mapping[str, Tensor]
    frequency: Tensor
    sha256: str


@dataclass(frozen=True)
class ClozeBatch:
    """A batch with some words hidden. classes [B, T]: of the true words. hidden_words [B, T] bool."""

    batch: Batch
    classes: Tensor
    hidden_words: Tensor


def pretrain_for(
    corpus: Corpus | StreamedCorpus,
    raw_text: Sequence[str],
    config: TaggerConfig,
    *,
    show_progress: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    checkpoints: RunCheckpoints | None = None,
) -> Pretrained | None:
    """What raw text and the words of the training part teach, but nothing that the model will be judged by.

    Of a streamed corpus, whose training part may be larger than memory, only the raw text teaches. raw_text: its
    sources; None is what none teach. tell: told how much text there is. checkpoints: see pretrain.

    Raises:
        CorpusError: a source is missing or damaged. And as pretrain.
    """
    if not raw_text:
        return None
    processes = ALONE if checkpoints is None else checkpoints.processes
    with processes.in_turn():
        sentences = load_raw_sentences(raw_text, without=(*corpus.dev, *corpus.test))
    tell(f"raw text: {len(sentences):,} sentences, {sum(map(len, sentences)):,} tokens")
    train = corpus.train if isinstance(corpus, Corpus) else ()
    all_sentences = [*sentences, *(sentence.tokens for sentence in train)]
    return pretrain(all_sentences, config, show_progress=show_progress, checkpoints=checkpoints)


def pretrain(
    sentences: Sequence[RawSentence],
    config: TaggerConfig,
    *,
    show_progress: bool = False,
    checkpoints: RunCheckpoints | None = None,
) -> Pretrained:
    """Learn from untagged sentences what their words have in common, and how they follow each other.

    Words become classes: frequent ones their own, the others clusters of like vectors. A recurrent network learns to
    predict the class of each word's neighbours, and of hidden words. Equal settings give equal weights, to the bit on
    a CPU. checkpoints: where the states of the run are kept; this is its stage raw-text.

    Raises:
        CheckpointError: what shall be resumed is not whole, or of another run.
        DivergedError: the loss is no longer a finite number.
        Interrupted: a signal came; the step at hand is finished, and the state saved.
    """
    processes = ALONE if checkpoints is None else checkpoints.processes
    extractor = _extractor(sentences, config)
    sha256 = _sha256_of(sentences)
    stage = None if checkpoints is None else checkpoints.stage("raw-text", config.flat(), sha256)
    encoded = encode(sentences, extractor)
    token_ids = torch.from_numpy(encoded.table.token_ids)[encoded.rows]
    vocab_size = len(extractor.words)
    frequency = torch.bincount(token_ids, minlength=vocab_size)
    vector_dim = min(config.network.embedding_dim, config.pretraining.vector_dim)
    if stage is None or stage.saved is None:
        by_sentence = np.split(token_ids.numpy(), encoded.offsets[1:-1])
        vectors = word_vectors(by_sentence, vocab_size, vector_dim)
        classes = word_classes(vectors, _FREQUENT_CLASSES, _CLUSTERS)
        classes = processes.first_tensors({"classes": classes})["classes"]
    else:  # another machine might round other vectors, and so make other classes
        vectors, classes = torch.zeros(vocab_size, vector_dim), stage.saved.tensors["carried.classes"]
    network = _network(config, extractor, vectors, num_classes=int(classes.max()) + 1)
    network.to(select_device(config.training.device))
    trainer = _trainer(network, encoded, classes, frequency, config, processes, show_progress=show_progress)
    if stage is not None:
        stage.follow(trainer)
    trainer.fit().check()  # there is no tagger yet that could be kept
    weights = {name: weight for name, weight in network.state_dict().items() if name.split(".")[0] in _SHARED}
    return Pretrained(extractor, weights, frequency, sha256)


def _sha256_of(sentences: Sequence[RawSentence]) -> str:
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update("\n".join([*sentence, "", ""]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _extractor(sentences: Sequence[RawSentence], config: TaggerConfig) -> FeatureExtractor:
    features = config.features
    return FeatureExtractor.build(
        (token for sentence in sentences for token in sentence),
        min_count=config.pretraining.min_raw_count,
        max_affix_length=features.max_affix_length,
        min_affix_count=config.pretraining.min_raw_affix_count,
        use_characters=features.use_characters,
        normalize_words=features.normalize_words,
        detect_case=features.detect_case,
    )


def _network(
    config: TaggerConfig, extractor: FeatureExtractor, vectors: Tensor, *, num_classes: int
) -> NeighbourPredictor:
    torch.manual_seed(config.training.seed)
    encoder = build_word_encoder(config.network, extractor)
    with torch.no_grad():
        encoder.get_parameter("words.weight")[:, : vectors.shape[1]] = _VECTOR_LENGTH * vectors
    # One layer: see NeighbourPredictor. A second one learns from the tags alone.
    recurrent = build_recurrent(config.network, encoder.output_size, num_layers=1)
    return NeighbourPredictor(encoder, recurrent, num_classes, dropout=config.pretraining.pretraining_dropout)


def _trainer(
    network: NeighbourPredictor,
    encoded: EncodedSentences,
    classes: Tensor,
    frequency: Tensor,
    config: TaggerConfig,
    processes: Processes,
    *,
    show_progress: bool,
) -> Trainer[ClozeBatch]:
    training = _training_config(config)
    rare = unknown_probability(frequency, config.features.unknown_word_rate)

    def batches(epoch: int) -> Iterator[ClozeBatch]:
        generator = epoch_generator(training.seed, epoch)
        for batch in training_batches(encoded, training.batch_size, generator):
            yield cloze(batch, classes, rare, config.pretraining.cloze_rate, generator)

    return Trainer(
        network=network,
        config=training,
        batches=after_steps(batches),
        steps_per_epoch=len(epoch_order(encoded, training.batch_size, torch.Generator())),
        loss=_loss(network, training),
        show_progress=show_progress,
        name="raw text",
        carried={"classes": classes},
        split=split_cloze,
        processes=processes,
    )


def _loss(network: NeighbourPredictor, training: TrainingConfig) -> Callable[[ClozeBatch], tuple[Tensor, Tensor]]:
    device = next(network.parameters()).device
    precision = "bfloat16" if training.precision == "auto" and has_fast_bfloat16(device) else training.precision

    def loss(cloze_batch: ClozeBatch) -> tuple[Tensor, Tensor]:
        batch = cloze_batch.batch.to(device)
        with autocast(device, precision):
            total, count = network(
                batch.token_ids,
                batch.feature_ids,
                batch.character_ids,
                batch.lengths,
                cloze_batch.classes.to(device),
                cloze_batch.hidden_words.to(device),
            )
        return total, count

    return loss


def _training_config(config: TaggerConfig) -> TrainingConfig:
    own = config.pretraining
    return replace(
        config.training,
        optimizer="adamw",
        learning_rate=own.pretraining_rate,
        schedule="one-cycle",
        warmup_fraction=0.1,
        batch_size=own.pretraining_batch_size,
        num_epochs=own.pretraining_epochs,
        minutes=None,
        patience=0,
    )


def split_cloze(cloze_batch: ClozeBatch, parts: int) -> list[ClozeBatch]:
    """So many batches of a part of the sentences each, or fewer where there are not so many."""
    return [
        ClozeBatch(batch, classes, hidden)
        for batch, classes, hidden in zip(
            split_batch(cloze_batch.batch, parts),
            row_parts(cloze_batch.classes, parts),
            row_parts(cloze_batch.hidden_words, parts),
            strict=True,
        )
    ]


def cloze(batch: Batch, classes: Tensor, rare: Tensor, rate: float, generator: torch.Generator) -> ClozeBatch:
    """Hide rare words as in a tagger's training, and of all words a further part: half of these keep their affixes.

    classes, rare [V]: the class of each id, and how often it is hidden as a rare word.
    """
    true_classes = classes[batch.token_ids]
    batch = hide_words(batch, rare, generator)
    shape = batch.token_ids.shape
    chosen = (torch.rand(shape, generator=generator) < rate) & batch.mask
    bare = chosen & (torch.rand(shape, generator=generator) < 0.5)
    batch = replace(
        batch,
        token_ids=batch.token_ids.masked_fill(chosen, Vocabulary.unk_id),
        feature_ids=batch.feature_ids.masked_fill(bare[..., None], Vocabulary.unk_id),
    )
    return ClozeBatch(batch, true_classes, batch.mask & (batch.token_ids == Vocabulary.unk_id))


def transfer(pretrained: Pretrained, network: SequenceTagger, extractor: FeatureExtractor, is_tuned: Tensor) -> None:
    """Give a fresh tagger what was learnt from raw text; what the text has not keeps its fresh weights.

    extractor: the pretrained one, extended. is_tuned [V] bool: the words of the training split.
    """
    fresh = network.state_dict()
    for name, weight in pretrained.weights.items():
        # Tables of words, features and characters may have grown at their ends.
        fresh[name][: len(weight)] = weight
    network.load_state_dict(fresh)
    num_vectors = len(pretrained.extractor.words)
    rows = torch.arange(len(extractor.words))
    rows[num_vectors:] = Vocabulary.unk_id
    vectors = pretrained.weights["word_encoder.words.weight"].cpu()
    tuned = TunedEmbedding(vectors, rows, is_tuned).to(next(network.parameters()).device)
    network.word_encoder.words = tuned


def merge(network: SequenceTagger) -> None:
    """Make the tagger one like any other again: one table of words."""
    words = network.word_encoder.words
    if isinstance(words, TunedEmbedding):
        network.word_encoder.words = words.merged()
