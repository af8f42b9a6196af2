from hypothesis import given
from hypothesis import strategies as st

from conftest import SENTENCES
from postagger.data_prep.augmentation import RECASED, augment, recase
from postagger.data_prep.sentence import Sentence

PENN = ("NN", "SYM")
QUOTED = Sentence(
    ("``", "Prices", "--", "say", "5", "-", "fell", "...", "''", "said", "Smith", "'s", "neighbor", "."),
    ("``", "NNS", ":", "VBP", "CD", ":", "VBD", ":", "''", "VBD", "NNP", "POS", "NN", "."),
)


def test_recase() -> None:
    tokens = ["The", "U.S.", "-LRB-", "ate", "iPods"]
    assert recase(tokens, "lower") == ("the", "u.s.", "-LRB-", "ate", "ipods")
    assert recase(tokens, "upper") == ("THE", "U.S.", "-LRB-", "ATE", "IPODS")
    assert recase(tokens, "title") == ("The", "U.s.", "-LRB-", "Ate", "Ipods")


@given(st.lists(st.text(min_size=1)), st.sampled_from(sorted(RECASED)))
def test_recase_keeps_the_number_of_tokens(tokens: list[str], case: str) -> None:
    changed = recase(tokens, case)
    assert len(changed) == len(tokens)
    assert all(changed)


def test_no_rate_changes_nothing() -> None:
    assert augment([*SENTENCES, QUOTED], 0.0, "1") == [*SENTENCES, QUOTED]


def test_the_same_seed_gives_the_same_sentences_and_another_one_others() -> None:
    assert augment([QUOTED] * 20, 0.5, "1 1") == augment([QUOTED] * 20, 0.5, "1 1")
    assert augment([QUOTED] * 20, 0.5, "1 1") != augment([QUOTED] * 20, 0.5, "1 2")


def test_changed_copies_stand_behind_the_sentences_so_many_of_each_kind() -> None:
    changed = augment([SENTENCES[0]] * 100, 0.2, "1")
    assert changed[:100] == [SENTENCES[0]] * 100
    assert changed[100:120] == [Sentence(("the", "dog", "barks", "."), SENTENCES[0].tags)] * 20
    assert len(changed) == 140


def test_tags_stay_with_their_tokens() -> None:
    for sentence in augment([QUOTED] * 500, 1.0, "1", PENN)[1000:]:
        assert tuple(tag for tag in sentence.tags if tag != "SYM") == QUOTED.tags
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            assert token[0] != "@" or tag == "NNP"
            assert token[0] != "#" or tag == "NN"
            assert not token.lower().startswith(("http", "www.")) or tag == "NN"


def test_all_kinds_of_foreign_tokens_turn_up() -> None:
    tokens = {token for sentence in augment([QUOTED] * 3000, 1.0, "1", PENN) for token in sentence.tokens}
    for expected in ("“", "”", "—", "…", "’s", "@Smith", "#neighbor", "5km", ":)"):
        assert expected in tokens
    assert any(token.startswith("http://neighbor.") for token in tokens)
    assert any("@mail" in token for token in tokens)


def test_addresses_and_emoji_are_called_what_the_tagset_calls_them() -> None:
    pairs = [
        pair
        for sentence in augment([QUOTED] * 3000, 1.0, "1", ("NN", "SYM", "ADD", "NFP"))
        for pair in zip(sentence.tokens, sentence.tags, strict=True)
    ]
    assert {tag for token, tag in pairs if token.startswith("http") or "@mail" in token} == {"ADD"}
    assert {tag for token, tag in pairs if token in (":)", "🔥")} == {"NFP"}


def test_addresses_and_emoji_come_only_where_the_tagset_can_say_so() -> None:
    tokens = [token for sentence in augment([QUOTED] * 500, 1.0, "1", ("NOUN",)) for token in sentence.tokens]
    assert not any(token in (":)", "🔥") or "." in token.strip(".") for token in tokens)
