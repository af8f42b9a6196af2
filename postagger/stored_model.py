"""What config.json and vocabulary.json of a model tell, checked value by value, since nobody vouches for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from postagger.config import CorpusConfig, FeatureConfig
from postagger.data_prep.characters import Alphabet
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.quoting import has_controls
from postagger.data_prep.vocabulary import Tagset, Vocabulary
from postagger.settings import Config, part_from
from postagger.stored_files import shown

AnyConfig = TypeVar("AnyConfig", bound=Config)
_LOWEST, _HIGHEST = 0.01, 100.0
_LARGEST_COUNT = 1 << 53


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let what goes wrong with the content of a file say which it is.

    Raises:
        ValueError: it went wrong.
    """
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{name}: no {error}") from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None


def config_and_facts(kind: type[AnyConfig], stored: Mapping[str, Any]) -> tuple[AnyConfig, dict[str, Any]]:
    """The settings of a model, and what its config.json tells beside them.

    Raises:
        KeyError: something is missing.
        ValueError: something is not what it should be.
    """
    config = kind.from_dict({part: stored[part] for part in kind.parts() if part in stored})
    facts = {name: value for name, value in stored.items() if name not in ("format_version", "kind", *kind.parts())}
    for name in ("corpus", "versions", "training_result", "calibration"):
        if name in facts and not isinstance(facts[name], dict):
            raise ValueError(f"{name}: expected names and values, got {shown(facts[name])}")
    _check_corpus(facts.get("corpus", {}))
    if "calibration" in facts:
        _check_temperature(facts["calibration"]["temperature"])
    return config, facts


def stored_extractor(config: FeatureConfig, vocabulary: Mapping[str, Any]) -> FeatureExtractor:
    """The way from words to ids that a vocabulary.json tells.

    Raises:
        KeyError: something is missing.
        ValueError: something is not what it should be.
    """
    characters = vocabulary["characters"]
    return FeatureExtractor(
        Vocabulary(_texts(vocabulary, "words")),
        Vocabulary(_texts(vocabulary, "features")),
        None if characters is None else Vocabulary(_texts(vocabulary, "characters")),
        max_affix_length=config.max_affix_length,
        normalize_words=config.normalize_words,
        detect_case=config.detect_case,
    )


def stored_tagset(vocabulary: Mapping[str, Any]) -> Tagset:
    """The tags; see stored_extractor."""
    tags = _texts(vocabulary, "tags")
    for tag in tags:
        if has_controls(tag):
            raise ValueError(f"tags: expected texts that can be printed, got {shown(tag)}")
    return Tagset(tags)


def stored_lexicon(vocabulary: Mapping[str, Any]) -> Lexicon:
    """What training knew of each word; see stored_extractor."""
    lexicon, known = vocabulary["lexicon"], set(vocabulary["tags"])
    if not isinstance(lexicon, dict) or not isinstance(lexicon["tags"], dict):
        raise ValueError(f"lexicon: expected words with their tags, got {shown(lexicon)}")
    told = [lexicon["default_tag"], *lexicon["tags"].values()]
    if not _are(str, told) or not known.issuperset(told):
        strange = next(tag for tag in told if not isinstance(tag, str) or tag not in known)
        raise ValueError(f"lexicon: expected one of the tags, got {shown(strange)}")
    counts = lexicon.get("counts")
    if counts is not None and not (isinstance(counts, list) and _are(int, counts)):
        raise ValueError(f"lexicon: expected whole numbers as counts, got {shown(counts)}")
    if counts and not 0 <= min(counts) <= max(counts) < _LARGEST_COUNT:
        raise ValueError(f"lexicon: expected counts from 0 to {_LARGEST_COUNT}, got {shown(max(counts, key=abs))}")
    if counts is not None and len(counts) != len(lexicon["tags"]):
        raise ValueError(f"lexicon: expected {len(lexicon['tags'])} counts, got {len(counts)}")
    return Lexicon(lexicon["tags"], lexicon["default_tag"], counts)


def stored_alphabet(vocabulary: Mapping[str, Any]) -> Alphabet:
    """The characters that a language model knows, or all bytes; see stored_extractor."""
    symbols = vocabulary["symbols"]
    if symbols is not None and not isinstance(symbols, str):
        raise ValueError(f"symbols: expected a text, got {shown(symbols)}")
    return Alphabet(symbols)


def _texts(vocabulary: Mapping[str, Any], name: str) -> list[str]:
    texts = vocabulary[name]
    if not isinstance(texts, list) or not _are(str, texts):
        raise ValueError(f"{name}: expected a list of texts, got {shown(texts)}")
    return texts


def _are(kind: type, values: Sequence[object]) -> bool:
    """Whether all values are just of a type; true is no whole number."""
    return {kind}.issuperset(map(type, values))


def _check_corpus(corpus: Mapping[str, Any]) -> None:
    """What later commands take from a model: how its corpus was read, so that others are read alike."""
    for name in ("name", "sha256", "preset"):
        if not isinstance(corpus.get(name), str | None):
            raise ValueError(f"{name}: expected a text, got {shown(corpus[name])}")
    told = {name: value for name, value in corpus.items() if name not in ("corpus", "preset")}
    part_from(CorpusConfig, {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


def _check_temperature(temperature: Any) -> None:
    if type(temperature) not in (int, float) or not _LOWEST <= temperature <= _HIGHEST:
        raise ValueError(f"temperature: expected a number from {_LOWEST} to {_HIGHEST}, got {shown(temperature)}")
