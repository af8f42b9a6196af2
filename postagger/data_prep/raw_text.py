"""The raw text that is learnt from where none is named: the treebank sample's, or that of the embedded sample."""

import re

from postagger.data_prep.corpus import load_corpus, nltk_corpus
from postagger.errors import CorpusError, MissingCorpusError

_START = re.compile(r"\.START *\n")


def default_text() -> tuple[str, str]:
    """A name and a text.

    Raises:
        CorpusError: the treebank sample on this machine is damaged.
    """
    try:
        return "treebank", _treebank_text()
    except MissingCorpusError:
        return "sample", _sample_text()


def _treebank_text() -> str:
    """The newspaper's text, without the marks (.START) of where its articles begin."""
    corpus = nltk_corpus("treebank_raw", package="treebank")
    try:
        return _START.sub("", corpus.raw())
    except (OSError, ValueError, LookupError) as error:
        raise CorpusError(
            f"treebank: expected its raw text, got a damaged copy ({type(error).__name__}: {error}); delete it, so "
            f"that it is downloaded again, or set NLTK_DATA to a whole one"
        ) from None


def _sample_text() -> str:
    """The sample's sentences as they were before they were cut into tokens, one a line."""
    from nltk.tokenize.treebank import TreebankWordDetokenizer

    join = TreebankWordDetokenizer().detokenize
    sentences = load_corpus(["sample"]).part("all")
    return "".join(f"{join(list(sentence.tokens))}\n" for sentence in sentences)
