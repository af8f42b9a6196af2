"""The parts of a tagger, read from a model folder or from an ONNX file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from postagger.compact_weights import expand, expanded_shapes
from postagger.config import TaggerConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.vocabulary import Tagset
from postagger.errors import ModelFolderError
from postagger.model_folder import FORMAT_VERSION, check_kind, open_model_folder
from postagger.network_weights import NetworkWeights, check_device
from postagger.scoring.numpy_scorer import Precision
from postagger.scoring.weight_shapes import weight_shapes
from postagger.stored_files import one_line
from postagger.stored_model import config_and_facts, naming, stored_extractor, stored_lexicon, stored_tagset
from postagger.stored_tensors import check_shapes

if TYPE_CHECKING:
    from postagger.scoring.onnx_scorer import OnnxScorer


class TaggerParts(NamedTuple):
    """What a Tagger is made of, in this order."""

    weights: "NetworkWeights | OnnxScorer"
    extractor: FeatureExtractor
    tagset: Tagset
    lexicon: Lexicon
    config: TaggerConfig
    facts: dict[str, Any]


def read_parts(path: Path, *, device: str, precision: Precision) -> TaggerParts:
    """From files; see Tagger.load.

    Raises:
        ModelFolderError: the folder or file is missing, changed, or not a tagger's.
        ConfigError: the machine has no such device or number format; or onnxruntime is not installed.
    """
    if path.suffix == ".onnx":
        from postagger.scoring.onnx_scorer import OnnxScorer

        exported = OnnxScorer(path)
        check_kind(path, exported.config, "tagger")
        return _parts(
            path,
            exported.config,
            exported.vocabulary,
            lambda config, extractor, num_tags: exported.fitting(weight_shapes(config.network, extractor, num_tags)),
        )
    folder = open_model_folder(path, "tagger")
    check_device(device)
    if precision == "bfloat16":
        from postagger.scoring.bfloat16 import check_bfloat16

        check_bfloat16()

    def weights_of(config: TaggerConfig, extractor: FeatureExtractor, num_tags: int) -> NetworkWeights:
        with naming("weights.safetensors"):  # before any memory is taken for them
            check_shapes(expanded_shapes(folder.tensors), weight_shapes(config.network, extractor, num_tags))
        weights = expand(folder.weights())
        return NetworkWeights(weights, config, extractor, num_tags, device=device, precision=precision)

    return _parts(path, folder.config, folder.vocabulary, weights_of)


def stored_parts(
    extractor: FeatureExtractor, tagset: Tagset, lexicon: Lexicon, config: TaggerConfig, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What config.json and vocabulary.json say of a tagger: the reverse of reading its parts."""
    characters = extractor.characters
    vocabulary = {
        "words": extractor.words.symbols,
        "features": extractor.features.symbols,
        "characters": None if characters is None else characters.symbols,
        "tags": tagset.tags,
        "lexicon": lexicon.to_dict(),
    }
    return {"format_version": FORMAT_VERSION, "kind": "tagger", **config.to_dict(), **facts}, vocabulary


def temperature_of(facts: Mapping[str, Any]) -> float:
    """What log-probabilities are divided by before they become confidences (see calibration)."""
    return float(facts["calibration"]["temperature"]) if "calibration" in facts else 1.0


def _parts(
    path: Path,
    stored_config: Mapping[str, Any],
    stored_vocabulary: Mapping[str, Any],
    weights_of: "Callable[[TaggerConfig, FeatureExtractor, int], NetworkWeights | OnnxScorer]",
) -> TaggerParts:
    """What config.json and vocabulary.json say, around the weights of such a config, extractor and tagset size."""
    try:
        with naming("config.json"):
            config, facts = config_and_facts(TaggerConfig, stored_config)
        with naming("vocabulary.json"):
            extractor = stored_extractor(config.features, stored_vocabulary)
            tagset = stored_tagset(stored_vocabulary)
            lexicon = stored_lexicon(stored_vocabulary)
        weights = weights_of(config, extractor, len(tagset))
    except (ValueError, RuntimeError) as error:
        reason = f"files that do not fit together: {one_line(error)}"
        raise ModelFolderError(f"{path}: expected a tagger, got {reason}; copy it again") from None
    return TaggerParts(weights, extractor, tagset, lexicon, config, facts)
