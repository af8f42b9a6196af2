"""The parts of a tagger, read from a model folder or from an ONNX file."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from postagger.compact_weights import expand
from postagger.config import TaggerConfig
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.vocabulary import Tagset, Vocabulary
from postagger.errors import ConfigError, ModelFolderError
from postagger.model_folder import FORMAT_VERSION, check_kind, read_model_folder
from postagger.network_weights import NetworkWeights, check_device
from postagger.scoring.numpy_scorer import Precision

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
        return _parts(path, exported.config, exported.vocabulary, lambda *_: exported)
    folder = read_model_folder(path, "tagger")
    check_device(device)
    if precision == "bfloat16":
        from postagger.scoring.bfloat16 import check_bfloat16

        check_bfloat16()
    weights_of = partial(NetworkWeights, expand(folder.weights), device=device, precision=precision)
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
    vocabulary: Mapping[str, Any],
    weights_of: "Callable[[TaggerConfig, FeatureExtractor, int], NetworkWeights | OnnxScorer]",
) -> TaggerParts:
    """What config.json and vocabulary.json say, around the weights of such a config, extractor and tagset size."""
    try:
        stored = dict(stored_config)
        config = TaggerConfig.from_dict({part: stored.pop(part) for part in TaggerConfig.parts() if part in stored})
        extractor = _extractor(config, vocabulary)
        tagset = Tagset(vocabulary["tags"])
        weights = weights_of(config, extractor, len(tagset))
        lexicon = Lexicon(**vocabulary["lexicon"])
        facts = {name: value for name, value in stored.items() if name not in ("format_version", "kind")}
        if not temperature_of(facts) > 0:
            raise ValueError(f"a temperature of {temperature_of(facts)}")
    except (KeyError, TypeError, ValueError, RuntimeError, ConfigError) as error:
        reason = " ".join(str(error).split())
        raise ModelFolderError(f"{path}: expected a tagger, got files that do not fit together: {reason}") from None
    return TaggerParts(weights, extractor, tagset, lexicon, config, facts)


def _extractor(config: TaggerConfig, vocabulary: Mapping[str, Any]) -> FeatureExtractor:
    characters = vocabulary["characters"]
    return FeatureExtractor(
        Vocabulary(vocabulary["words"]),
        Vocabulary(vocabulary["features"]),
        None if characters is None else Vocabulary(characters),
        max_affix_length=config.features.max_affix_length,
        normalize_words=config.features.normalize_words,
        detect_case=config.features.detect_case,
    )
