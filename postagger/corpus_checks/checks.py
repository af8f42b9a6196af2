"""All checks of a corpus."""

from collections.abc import Callable

from postagger.corpus_checks import characters, repeats, sentence_lengths, tagging, tags, tokens
from postagger.corpus_checks.finding import Finding
from postagger.corpus_checks.placed_corpus import WHOLE, PlacedCorpus

CHECKS: dict[str, Callable[[PlacedCorpus], list[Finding]]] = {
    repeats.LEAKS: repeats.check_leaks,
    characters.CHECK: characters.check_characters,
    tags.CHECK: tags.check_tags,
    tokens.CHECK: tokens.check_tokens,
    tagging.CHECK: tagging.check_tagging,
    sentence_lengths.CHECK: sentence_lengths.check_sentences,
    repeats.REPEATS: repeats.check_repeats,
}


def check_corpus(corpus: PlacedCorpus) -> tuple[list[Finding], list[str]]:
    """What was found, and the names of the checks that were made."""
    made = [name for name in CHECKS if name != repeats.LEAKS or WHOLE not in corpus.parts]
    return [finding for name in made for finding in CHECKS[name](corpus)], made
