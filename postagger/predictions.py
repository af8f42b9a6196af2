"""A tagger's output as a file: written beside the scores, read to be judged beside them, whoever made it."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from postagger.data_prep.formats import ConlluSentence, FileFormat, format_of, read_conllu, read_sentences
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError
from postagger.prediction import Prediction
from postagger.tagged_output import TaggedSentence, as_conllu
from postagger.untagged_text import UntaggedSentence


def predictions_conllu(
    gold: Sequence[Sentence],
    predictions: Sequence[Prediction],
    file_format: FileFormat | None = None,
    sources: Sequence[Path] = (),
) -> str:
    """The sentences as CoNLL-U with the predicted tags as they are, and the confidences in MISC.

    file_format, sources: how the sentences were read, and from which files. Of CoNLL-U all other fields are kept; else
    each token hangs on the one before it, because there are scorers that insist on a tree.
    """
    file_format = file_format or FileFormat()
    originals = _originals(sources, file_format, gold)
    blocks = []
    for sentence, prediction, original in zip(gold, predictions, originals, strict=True):
        tokens = list(sentence.tokens)
        untagged = UntaggedSentence(tokens, tokens, conllu=original or _chain(tokens))
        tagged = TaggedSentence(untagged, prediction.tags, prediction.confidences or None, file_format.tag_field)
        blocks.append(as_conllu(tagged, ud_names=False))
    return "".join(blocks)


def _originals(
    sources: Sequence[Path], file_format: FileFormat, gold: Sequence[Sentence]
) -> Sequence[ConlluSentence | None]:
    """The sentences as they stand in the files; None of each where these are no CoNLL-U, or tokens were left out."""
    if sources and all((file_format.name or format_of(path)) == "conllu" for path in sources):
        found = [one for path in sources for one in read_conllu(path) if one.words]
        if [one.tokens for one in found] == [list(sentence.tokens) for sentence in gold]:
            return found
    return [None] * len(gold)


def _chain(tokens: Sequence[str]) -> ConlluSentence:
    rows = [
        [str(number), token, *["_"] * 4, str(number - 1), "dep" if number > 1 else "root", "_", "_"]
        for number, token in enumerate(tokens, start=1)
    ]
    return ConlluSentence(1, [], rows)


def read_predictions(path: Path, gold: Sequence[Sentence], file_format: FileFormat) -> list[list[str]]:
    """The tags that another tagger gave the same sentences.

    file_format: how the file is read. Sentences without tokens may be left out.

    Raises:
        CorpusError: the file cannot be read, or holds other tokens; names the first that differs.
    """
    remaining = _not_empty(_read(path, file_format))
    tags: list[list[str]] = []
    for number, sentence in enumerate(gold, start=1):
        if not sentence.tokens:
            tags.append([])
            continue
        found = next(remaining, None)
        if found is None or found.tokens != sentence.tokens:
            raise CorpusError(f"{path}: {_difference(number, sentence, found)}; tag the very sentences that are judged")
        tags.append(list(found.tags))
    if (extra := next(remaining, None)) is not None:
        raise CorpusError(
            f"{path}: expected {len(gold):,} sentences, got more, then {_short(extra.tokens[0])} ...; tag the "
            f"very sentences that are judged"
        )
    return tags


def _read(path: Path, file_format: FileFormat) -> Iterator[Sentence]:
    try:
        yield from read_sentences(path, file_format)
    except CorpusError as error:  # --format is about the corpus
        raise CorpusError(str(error).replace(" --format", " --compare-format")) from None


def _not_empty(sentences: Iterator[Sentence]) -> Iterator[Sentence]:
    return (sentence for sentence in sentences if sentence.tokens)


def _difference(number: int, gold: Sentence, found: Sentence | None) -> str:
    if found is None:
        return f"expected sentence {number}, got the end of the file"
    pairs = itertools.zip_longest(gold.tokens, found.tokens)
    place, (expected, got) = next((place, pair) for place, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    expected, got = ("the end of the sentence" if one is None else _short(one) for one in (expected, got))
    return f"expected {expected} as token {place} of sentence {number}, got {got}"


def _short(token: str) -> str:
    return repr(token if len(token) <= 40 else token[:37] + "...")
