"""Gold and predicted tags -> an Evaluation; two of these -> a Comparison."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from postagger.data_prep.corpus import TRACE_TAG
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.errors import InputError
from postagger.evaluation.comparison import Comparison, disagreements, tag_gains
from postagger.evaluation.evaluation import Evaluation
from postagger.evaluation.groups import grouped
from postagger.evaluation.intervals import Interval, wilson_interval
from postagger.evaluation.judged_tokens import JudgedTokens
from postagger.evaluation.mistakes import doubted_gold, words_most_often_wrong
from postagger.evaluation.quotes import Quoting
from postagger.evaluation.reliability import reliability
from postagger.evaluation.significance import paired_test, verdict
from postagger.evaluation.tag_scores import TagScore, macro_f1_interval, score_tags
from postagger.evaluation.variations import variations
from postagger.prediction import Prediction

if TYPE_CHECKING:
    from postagger.tagger import Tagger

_OF_WORDS = ("accuracy_known", "accuracy_unknown")
Part = dict[str, Any]
Tagged = Sentence | Sequence[tuple[str, str]]


def evaluate(
    tagger: "Tagger",
    tagged_sentences: Iterable[Tagged],
    *,
    corpus: str = "",
    split: str = "",
    name: str = "",
    train: Sequence[Sentence] = (),
    quoting: Quoting | None = None,
) -> Evaluation:
    """Tag the sentences and compare with the tags they have.

    tagged_sentences: Sentences, or lists of (token, tag) pairs as NLTK has them. name: of the tagger. train: the
    sentences it has learnt from, for the words whose gold tags differ between the two. quoting: of the errors.

    Raises:
        CorpusError: there is no token to judge.
        InputError: a sentence is not a sequence of strings.
    """
    gold = _sentences(tagged_sentences)
    start = time.perf_counter()
    predictions = tagger.predict([sentence.tokens for sentence in gold], alternatives=1)
    seconds = time.perf_counter() - start
    return score(
        gold,
        predictions,
        lexicon=tagger.lexicon,
        tagset=tagger.tagset.tags,
        temperature=tagger.temperature,
        corpus=corpus,
        split=split,
        seconds=seconds,
        name=name,
        train=train,
        quoting=quoting,
    )


def score(
    gold: Iterable[Tagged],
    predicted: Sequence[Sequence[str] | Prediction],
    *,
    lexicon: Lexicon | None = None,
    tagset: Sequence[str] | None = None,
    temperature: float | None = None,
    corpus: str = "",
    split: str = "",
    seconds: float = 0.0,
    name: str = "",
    train: Sequence[Sentence] = (),
    quoting: Quoting | None = None,
) -> Evaluation:
    """Compare gold sentences with predicted tags, whoever predicted them.

    gold: Sentences, or lists of (token, tag) pairs as NLTK has them. predicted: the tags of each sentence, or a
    Prediction with confidences. lexicon: the words of the training split, for known, unknown and the baselines.
    tagset: the tags that could have been predicted. temperature: what confidences were made with. seconds: what the
    tagging took. name, train, quoting: as for evaluate.

    Raises:
        CorpusError: there is no token to judge.
        InputError: gold is not sentences of texts.
        ValueError: the two differ in length.
    """
    gold, quoting = _sentences(gold), quoting or Quoting()
    predictions = [one if isinstance(one, Prediction) else Prediction(list(one)) for one in predicted]
    judged = JudgedTokens.of(gold, predictions, lexicon, corpus)
    if lexicon is not None and lexicon.counts is None and train:
        lexicon = Lexicon.build(train)
    per_tag, confusion = score_tags(judged)
    headline, baselines = _headline(judged), _baselines(judged, lexicon)
    count, found = variations({"judged": gold, **({"training": train} if train else {})}, quoting)
    return Evaluation(
        corpus=corpus,
        split=split,
        sentences=len(gold),
        tokens=len(judged),
        traces=TRACE_TAG in judged.gold,
        **headline | baselines | {"intervals": headline["intervals"] | baselines["intervals"]},
        macro_f1=float(np.mean([tag_score.f1 for tag_score in per_tag.values()])),
        per_tag=per_tag,
        confusion=confusion,
        unseen_tags=_unseen(per_tag, tagset),
        seconds=seconds,
        groups=grouped(judged, None if lexicon is None else lexicon.counts),
        reliability=reliability(judged, temperature),
        words=words_most_often_wrong(judged),
        doubted=doubted_gold(judged, lexicon, quoting),
        num_variations=count,
        variations=found,
        judged=judged,
        quoting=quoting,
        tagger=name,
    )


def _sentences(tagged: Iterable[Tagged]) -> list[Sentence]:
    sentences = []
    for number, item in enumerate(tagged):
        try:
            sentence = item if isinstance(item, Sentence) else Sentence.from_pairs(item)
            if not all(isinstance(text, str) for text in (*sentence.tokens, *sentence.tags)):
                raise TypeError
        except (TypeError, ValueError):
            raise InputError(
                f"sentence {number}: expected pairs of token and tag, got {str(item)[:40]!r}; give each token a tag"
            ) from None
        sentences.append(sentence)
    return sentences


def _headline(judged: JudgedTokens) -> Part:
    right, known = judged.right, judged.known
    whole = [list(sentence.tags) == one.tags for sentence, one in judged.by_sentence() if sentence.tokens]
    of_sentences = wilson_interval(sum(whole), len(whole))
    intervals = _intervals_of_words(judged) | {"sentence_accuracy": of_sentences}
    of_macro_f1 = macro_f1_interval(judged)
    return {
        "unknown_tokens": 0 if known is None else int((~known).sum()),
        "accuracy": float(right.mean()),
        "accuracy_interval": wilson_interval(int(right.sum()), right.size),
        "accuracy_known": judged.accuracy_known,
        "accuracy_unknown": judged.accuracy_unknown,
        "sentence_accuracy": float(np.mean(whole)),
        "intervals": intervals if of_macro_f1 is None else {**intervals, "macro_f1": of_macro_f1},
    }


def _intervals_of_words(judged: JudgedTokens) -> dict[str, Interval]:
    """Of the accuracy of known and of unknown words, where there are such."""
    if judged.known is None:
        return {}
    parts = {"accuracy_known": judged.right[judged.known], "accuracy_unknown": judged.right[~judged.known]}
    return {name: wilson_interval(int(part.sum()), part.size) for name, part in parts.items() if part.size}


def _baselines(judged: JudgedTokens, lexicon: Lexicon | None) -> Part:
    if lexicon is None:
        return {"baseline_accuracy": None, "frequent_tag_accuracy": None, "intervals": {}}
    by_word = sum(lexicon.tag(word) == tag for word, tag in zip(judged.words, judged.gold, strict=True))
    by_tag = judged.gold.count(lexicon.default_tag)
    return {
        "baseline_accuracy": by_word / len(judged),
        "frequent_tag_accuracy": by_tag / len(judged),
        "intervals": {
            "baseline_accuracy": wilson_interval(by_word, len(judged)),
            "frequent_tag_accuracy": wilson_interval(by_tag, len(judged)),
        },
    }


def _unseen(per_tag: Mapping[str, TagScore], tagset: Sequence[str] | None) -> dict[str, int]:
    """The gold tags that could not have been predicted, with their counts."""
    if tagset is None:
        return {}
    return {tag: one.support for tag, one in per_tag.items() if one.support and tag not in tagset}


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Compare two evaluations of the same sentences; their taggers' names stand in the verdict.

    Known words are for both those that the first has seen in training.

    Raises:
        InputError: they judge different sentences.
    """
    ours, theirs = first.judged, second.judged
    if ours.words != theirs.words or ours.gold != theirs.gold or ours.offsets.tolist() != theirs.offsets.tolist():
        raise InputError("expected two evaluations of the same sentences, got different ones; judge both on one corpus")
    test = paired_test(ours.right, theirs.right, ours.offsets)
    # The same words are known and unknown for both: those that the first has seen or has not.
    beside = replace(theirs, known=ours.known)
    others = {name: one for name, one in second.intervals.items() if name not in _OF_WORDS}
    name, other = first.tagger or "the first tagger", second.tagger or "the second tagger"
    return Comparison(
        name,
        other,
        second.accuracy,
        second.accuracy_interval,
        beside.accuracy_known,
        beside.accuracy_unknown,
        second.sentence_accuracy,
        second.macro_f1,
        others | _intervals_of_words(beside),
        test,
        verdict(test, name, other),
        tag_gains(first.per_tag, second.per_tag),
        only_tagger=disagreements(ours, theirs, ours, first.quoting),
        only_other=disagreements(theirs, ours, ours, first.quoting),
    )
