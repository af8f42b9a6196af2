"""The names of the corpora that can be had by name, for settings, which need not wait for their readers."""

CORPUS_NAMES = ("treebank", "brown", "conll2000", "sample")
"""Tagged sentences: the keys of corpus.NAMED_CORPORA."""
RAW_CORPUS_NAMES = ("brown", "conll2000", "abc", "state_union")
"""Untagged text: the keys of raw_sentences.RAW_CORPORA."""
