import pytest

from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL, to_universal
from postagger.errors import ConfigError


def test_45_tags_to_12() -> None:
    assert len(PENN_TO_UNIVERSAL) == 45
    assert len(set(PENN_TO_UNIVERSAL.values())) == 12


@pytest.mark.parametrize(("penn", "universal"), [("NNPS", "NOUN"), ("MD", "VERB"), ("WP$", "PRON"), ("TO", "PRT")])
def test_some_of_the_published_mapping(penn: str, universal: str) -> None:
    assert to_universal(penn) == universal


def test_an_unknown_tag_is_an_error() -> None:
    with pytest.raises(ConfigError, match="expected one of the 45 Penn Treebank tags, got 'PUNCT'"):
        to_universal("PUNCT")
