"""How contestants are judged, and the file of results that lets an interrupted run go on."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from postagger.data_prep.augmentation import RECASED, recase
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import Evaluation, score
from postagger.evaluation.result_file import Result, ResultFile

from .contestants import Contestant, Learnt, Split

CASES = ("as it is", *RECASED)


class Results:
    """Results by their keys, in memory and, given a path, as lines of JSON; says what is computed."""

    def __init__(self, path: Path | None) -> None:
        self._file = ResultFile(path)

    def get(self, key: Mapping[str, Any], compute: Callable[[], Result]) -> Result:
        """The result of this key, computed and stored if it is new."""
        about = ", ".join(f"{value}" for part, value in key.items() if part != "settings")
        if key in self._file:
            print(f"{about}: known", file=sys.stderr, flush=True)
            return self._file.get(key, compute)
        print(f"{about} ...", file=sys.stderr, flush=True)
        start = time.perf_counter()
        result = self._file.get(key, compute)
        print(f"{about}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
        return result


def judge(contestant: Contestant, split: Split, *, timed: bool) -> Result:
    """Train and judge. timed: tag twice, the first time to warm up, and tell which tokens were right, too."""
    learnt = contestant.learn(split)
    if timed:
        learnt.tag([sentence.tokens for sentence in split.test])
    start = time.perf_counter()
    predicted = learnt.tag([sentence.tokens for sentence in split.test])
    seconds = time.perf_counter() - start
    evaluation = score(split.test, predicted, lexicon=Lexicon.build(split.train))
    result = _figures(evaluation) | {"train_seconds": learnt.seconds}
    if not timed:
        return result
    return result | {
        "tokens_per_second": evaluation.tokens / seconds,
        "megabytes": learnt.size / 1e6,
        "right": [_right(*pair) for pair in zip(split.test, predicted, strict=True)],
    }


def judge_cases(contestant: Contestant, split: Split) -> Result:
    """Train once, and judge the test part as it is and in other cases."""
    learnt = contestant.learn(split)
    return {case: _accuracy_in(case, learnt, split.test) for case in CASES}


def _accuracy_in(case: str, learnt: Learnt, sentences: Sequence[Sentence]) -> float:
    if case in RECASED:
        sentences = [Sentence(recase(sentence.tokens, case), sentence.tags) for sentence in sentences]
    return score(sentences, learnt.tag([sentence.tokens for sentence in sentences])).accuracy


def _figures(evaluation: Evaluation) -> Result:
    return {
        "accuracy": evaluation.accuracy,
        "known": evaluation.accuracy_known,
        "unknown": evaluation.accuracy_unknown,
        "sentences": evaluation.sentence_accuracy,
        "tokens": evaluation.tokens,
        "unknown_tokens": evaluation.unknown_tokens,
    }


def _right(sentence: Sentence, predicted: Sequence[str]) -> str:
    """A 1 for each token that was tagged right, a 0 for each other."""
    return "".join("01"[tag == other] for tag, other in zip(sentence.tags, predicted, strict=True))
