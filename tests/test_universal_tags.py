from postagger.data_prep.universal_tags import PENN_TO_UD, PENN_TO_UNIVERSAL

# en-ptb.map of github.com/slavpetrov/universal-pos-tags, first and last revision: tags that are one tag.
PUBLISHED_12 = """
# . $ . '' . , . -LRB- . -RRB- . . . : . CC CONJ CD NUM DT DET EX DET FW X IN ADP JJ ADJ JJR ADJ JJS ADJ LS X MD VERB
NN NOUN NNP NOUN NNPS NOUN NNS NOUN PDT DET POS PRT PRP PRON PRP$ PRON RB ADV RBR ADV RBS ADV RP PRT SYM X TO PRT UH X
VB VERB VBD VERB VBG VERB VBN VERB VBP VERB VBZ VERB WDT DET WP PRON WP$ PRON WRB ADV `` .
"""
PUBLISHED_17 = """
# PUNCT $ PUNCT '' PUNCT , PUNCT -LRB- PUNCT -RRB- PUNCT . PUNCT : PUNCT CC CCONJ CD NUM DT DET EX DET FW X IN ADP
JJ ADJ JJR ADJ JJS ADJ LS X MD AUX NN NOUN NNP PROPN NNPS PROPN NNS NOUN PDT DET POS PART PRP PRON PRP$ PRON RB ADV
RBR ADV RBS ADV RP PART SYM SYM TO PART UH INTJ VB VERB VBD VERB VBG VERB VBN VERB VBP VERB VBZ VERB WDT DET WP PRON
WP$ PRON WRB ADV `` PUNCT
"""


def published(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_12_universal_tags_are_as_published() -> None:
    assert published(PUBLISHED_12) == PENN_TO_UNIVERSAL
    assert len(PENN_TO_UNIVERSAL) == 45
    assert len(set(PENN_TO_UNIVERSAL.values())) == 12


def test_the_tags_of_universal_dependencies_are_as_published() -> None:
    assert published(PUBLISHED_17) == PENN_TO_UD
