import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import postagger
from postagger.config import NetworkConfig
from postagger.data_prep.batching import batches_by_length, encode
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.device import has_fast_bfloat16
from postagger.errors import ConfigError
from postagger.models.cells import Cell, Implementation
from postagger.models.sequence_tagger import SequenceTagger
from postagger.scoring.numpy_scorer import NumpyScorer
from postagger.scoring.scorer import Scorer
from postagger.scoring.torch_scorer import TorchScorer
from postagger.scoring.weight_shapes import check_weights, weight_shapes
from postagger.tagger import Tagger
from postagger.tagger_network import build_sequence_tagger

WORDS = ["the", "dog", "The", "barks", "unbelievable", "x", ""]
LENGTHS = [3, 0, 9, 1, 5, 9, 4]
SENTENCES = [[WORDS[(first + step) % 7] for step in range(length)] for first, length in enumerate(LENGTHS)]
NUM_TAGS = 5
KINDS = list(itertools.product(["rnn", "gru", "lstm"], [1, 2], [True, False], ["affixes", "characters", "neither"]))


def network_of(kind: str, config: NetworkConfig) -> tuple[FeatureExtractor, SequenceTagger]:
    extractor = FeatureExtractor.build(
        WORDS[:4], max_affix_length=0 if kind == "neither" else 2, use_characters=kind == "characters"
    )
    network = build_sequence_tagger(config, extractor, NUM_TAGS)
    network.eval()
    return extractor, network


def config_of(
    cell: Cell, num_layers: int, bidirectional: bool, implementation: Implementation = "torch"
) -> NetworkConfig:
    return NetworkConfig(
        embedding_dim=6,
        feature_dim=3,
        character_dim=4,
        cell=cell,
        hidden_size=7,
        num_layers=num_layers,
        bidirectional=bidirectional,
        implementation=implementation,
    )


def arrays(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {name: weight.numpy().copy() for name, weight in network.state_dict().items()}


def scored(scorer: Scorer, extractor: FeatureExtractor) -> torch.Tensor:
    """log_probs of all tokens, sentence after sentence."""
    words = sorted({token for tokens in SENTENCES for token in tokens})
    rows = np.array([words.index(token) for tokens in SENTENCES for token in tokens])
    columns = scorer.describe(extractor.table(words))
    logits = scorer.logits(columns, rows, np.array(list(map(len, SENTENCES))))
    return torch.from_numpy(logits).log_softmax(dim=-1)


def expected(network: torch.nn.Module, extractor: FeatureExtractor) -> torch.Tensor:
    """The same by the network itself, a sentence at a time."""
    rows = []
    with torch.inference_mode():
        for tokens in filter(None, SENTENCES):
            ((_, batch),) = batches_by_length(encode([tokens], extractor), 1)
            rows.append(network(batch.token_ids, batch.feature_ids, batch.character_ids, batch.lengths)[0])
    return torch.cat(rows)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "kind"), KINDS)
def test_the_scores_are_those_of_the_network(cell: Cell, num_layers: int, bidirectional: bool, kind: str) -> None:
    config = config_of(cell, num_layers, bidirectional)
    extractor, network = network_of(kind, config)
    right = expected(network, extractor)
    torch.testing.assert_close(scored(NumpyScorer(arrays(network), config), extractor), right, atol=2e-6, rtol=1e-5)
    torch.testing.assert_close(scored(TorchScorer(network, "float32"), extractor), right, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_our_own_equations_have_the_same_weights(cell: Cell) -> None:
    config = config_of(cell, 2, True, "from-scratch")
    extractor, network = network_of("affixes", config)
    ours = scored(NumpyScorer(arrays(network), config), extractor)
    torch.testing.assert_close(ours, expected(network, extractor), atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize(("cell", "num_layers", "bidirectional", "kind"), KINDS)
def test_the_shapes_are_those_of_the_network(cell: Cell, num_layers: int, bidirectional: bool, kind: str) -> None:
    config = config_of(cell, num_layers, bidirectional)
    extractor, network = network_of(kind, config)
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    assert weight_shapes(config, extractor, NUM_TAGS) == shapes


def test_other_weights_are_refused() -> None:
    config = config_of("lstm", 1, True)
    extractor, network = network_of("affixes", config)
    weights = arrays(network)
    check_weights(weights, config, extractor, NUM_TAGS)
    with pytest.raises(ValueError, match=r"output.bias'?: expected the shape \(6,\), got \(5,\)"):
        check_weights(weights, config, extractor, NUM_TAGS + 1)
    with pytest.raises(ValueError, match=r"more'?: expected the shape None, got \(1,\)"):
        check_weights({**weights, "more": np.zeros(1)}, config, extractor, NUM_TAGS)
    with pytest.raises(ValueError, match=r"output.bias'?: expected the shape \(5,\), got None"):
        check_weights({name: weights[name] for name in weights if name != "output.bias"}, config, extractor, NUM_TAGS)


@given(st.lists(st.lists(st.text(max_size=9) | st.sampled_from(WORDS), max_size=30), max_size=9))
def test_any_text_gets_the_tags_of_the_plain_network(small_tagger: Tagger, sentences: list[list[str]]) -> None:
    for tokens, tagged in zip(sentences, small_tagger.tag_sents(sentences), strict=True):
        with torch.inference_mode():
            batches = list(batches_by_length(encode([tokens], small_tagger.extractor), 1))
            log_probs = [small_tagger.log_probs(batch)[0] for _, batch in batches]
        plain = [small_tagger.tagset.decode(int(tag_id)) for rows in log_probs for tag_id in rows.argmax(dim=-1)]
        assert [tag for _, tag in tagged] == plain


@pytest.mark.treebank
@pytest.mark.slow
def test_the_whole_treebank_gets_the_tags_of_the_plain_network(treebank: Corpus, treebank_model: object) -> None:
    tagger = Tagger.load(str(treebank_model), device="cpu")
    sentences = [sentence.tokens for sentence in treebank.part("all")]
    encoded = encode(sentences, tagger.extractor)
    plain: list[list[str]] = [[] for _ in sentences]
    with torch.inference_mode():
        for numbers, batch in batches_by_length(encoded, 64):
            tag_ids = tagger.log_probs(batch).argmax(dim=-1).tolist()
            for number, ids in zip(numbers, tag_ids, strict=True):
                plain[number] = [tagger.tagset.decode(tag_id) for tag_id in ids[: len(sentences[number])]]
    fast = Tagger.load(str(treebank_model), device="cpu").tag_sents(sentences)
    assert [[tag for _, tag in tagged] for tagged in fast] == plain


@pytest.mark.treebank
@pytest.mark.slow
def test_bfloat16_changes_hardly_a_tag(treebank: Corpus) -> None:
    if not has_fast_bfloat16(torch.device("cpu")):
        with pytest.raises(ConfigError, match="--precision: expected float32 on this processor, got bfloat16"):
            postagger.load(precision="bfloat16")
        return
    sentences = [sentence.tokens for sentence in treebank.part("all")]
    exact = postagger.load(device="cpu").tag_sents(sentences)
    rounded = postagger.load(device="cpu", precision="bfloat16")
    tagged = rounded.tag_sents(sentences)
    pairs = [pair for both in zip(exact, tagged, strict=True) for pair in zip(*both, strict=True)]
    assert sum(one != other for one, other in pairs) / len(pairs) < 0.0002
    assert list(rounded.stream(sentences[:20], workers=2)) == tagged[:20]
