"""The sentences that are trained on and tagged, the latter in files that the measured processes read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.raw_sentences import load_raw_sentences
from postagger.data_prep.sentence import Sentence

SINGLE_SENTENCES = 2000
SMOKE_TRAIN_SENTENCES, SMOKE_SENTENCES = 60, 200


@dataclass(frozen=True)
class Texts:
    """What is trained on, and as arguments of the train command; what is tagged in bulk and one sentence at a time.

    lengths: the tokens of each sentence of bulk.
    """

    train: Sequence[Sentence]
    corpus_arguments: Sequence[str]
    bulk: Path
    single: Path
    lengths: Sequence[int]

    @property
    def tokens(self) -> int:
        """All of bulk."""
        return sum(self.lengths)

    def sentences_with(self, tokens: float) -> int:
        """How many sentences of bulk, from the first, have so many tokens; all of them if there are no more."""
        left = tokens
        for number, length in enumerate(self.lengths, start=1):
            left -= length
            if left <= 0:
                return number
        return len(self.lengths)


def whole_texts(folder: Path) -> Texts:
    """The treebank's training part; Brown; the treebank's test part and the beginning of Brown."""
    corpus = load_corpus(["treebank"])
    brown = load_raw_sentences(["brown"])
    single = [*(sentence.tokens for sentence in corpus.test), *brown][:SINGLE_SENTENCES]
    return _written(folder, corpus.train, ["--corpus", "treebank"], brown, single)


def smoke_texts(folder: Path) -> Texts:
    """A few sentences of the treebank for all purposes."""
    corpus = load_corpus(["treebank"])
    train, tagged = corpus.train[:SMOKE_TRAIN_SENTENCES], folder / "train.tsv"
    blocks = ("".join(map("{}\t{}\n".format, one.tokens, one.tags)) for one in train)
    tagged.write_text("\n".join(blocks), encoding="utf-8")
    tokens = [sentence.tokens for sentence in corpus.test[:SMOKE_SENTENCES]]
    return _written(folder, train, ["--corpus", str(tagged), "--test", "0", "--num-epochs", "1"], tokens, tokens)


def _written(
    folder: Path,
    train: Sequence[Sentence],
    corpus_arguments: Sequence[str],
    bulk: Sequence[Sequence[str]],
    single: Iterable[Sequence[str]],
) -> Texts:
    paths = folder / "bulk.jsonl", folder / "single.jsonl"
    for path, sentences in zip(paths, (bulk, single), strict=True):
        path.write_text("".join(f"{json.dumps(tokens)}\n" for tokens in sentences), encoding="utf-8")
    return Texts(train, corpus_arguments, *paths, list(map(len, bulk)))
