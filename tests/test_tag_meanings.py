from postagger.data_prep.tag_meanings import TAG_MEANINGS
from postagger.data_prep.universal_tags import PENN_TO_UNIVERSAL, UD_NAMES


def test_every_tag_that_the_package_knows_has_a_meaning() -> None:
    universal = {UD_NAMES.get(tag, tag) for tag in PENN_TO_UNIVERSAL.values()}
    assert {*PENN_TO_UNIVERSAL, *universal, "-NONE-"} <= set(TAG_MEANINGS)
    ud = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
    assert set(ud.split()) <= set(TAG_MEANINGS)
