"""From each tag of a model to what spaCy calls pos: one of the 17 tags of Universal Dependencies."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from postagger.data_prep.tag_mapping import MAPPINGS, TagMapping
from postagger.data_prep.tag_meanings import UD_TAGS
from postagger.errors import ConfigError


def is_missing_file(pos: str) -> bool:
    """Whether this is the path of a file that is not there; a plain word is a name, which may be a wrong one."""
    is_path = len(Path(pos).parts) > 1 or bool(Path(pos).suffix)
    return is_path and not Path(pos).exists()


def pos_by_tag(tagset: Iterable[str], pos: str) -> dict[str, str]:
    """The pos of each tag. pos: "ud", which leaves tags alone if all are of Universal Dependencies, or a file.

    >>> pos_by_tag(["NNS", "VBZ"], "ud"), pos_by_tag(["NOUN", "SCONJ"], "ud")
    ({'NNS': 'NOUN', 'VBZ': 'VERB'}, {'NOUN': 'NOUN', 'SCONJ': 'SCONJ'})

    Raises:
        ConfigError: the mapping lacks a tag, or leads to one that is none of the 17; or there is no such mapping.
        CorpusError: the file cannot be read.
    """
    tags = list(tagset)
    if pos == "ud" and set(tags) <= set(UD_TAGS):
        return {tag: tag for tag in tags}
    mapping = TagMapping.find(pos) if pos in MAPPINGS or Path(pos).exists() else None
    if mapping is None:
        raise ConfigError(f"pos: expected ud (for Penn Treebank tags, or UD's own) or a file of pairs, got {pos!r}")
    known = mapping.to_dict()["tags"]
    if missing := [tag for tag in tags if tag not in known]:
        raise ConfigError(
            f"pos {pos}: expected a mapping of all tags of the model, got none of {' '.join(missing)}; name a file "
            f"with all of them, NN NOUN, one a line"
        )
    by_tag = {tag: known[tag] for tag in tags}
    check_pos(by_tag, pos)
    return by_tag


def check_pos(by_tag: Mapping[str, str], name: str) -> None:
    """Refuse what is no tag of Universal Dependencies; name: of the mapping.

    Raises:
        ConfigError: names the first such.
    """
    for tag, pos in by_tag.items():
        if pos not in UD_TAGS:
            raise ConfigError(f"pos {name}: expected one of {' '.join(sorted(UD_TAGS))} for {tag}, got {pos!r}")
