import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from postagger.answer import Answer
from postagger.data_prep.sentence_groups import SENTENCES_TOGETHER
from postagger.errors import InputError, PostaggerError
from postagger.export import export
from postagger.tagger import Tagger
from postagger.workers import Workers

SENTENCES = [["the", "dog", str(number)][: number % 4] for number in range(2 * SENTENCES_TOGETHER + 5)]
STRANGE = [["\ud800", "\x00", "\n", "😀", "a b"], [], ["zebra"]]


def test_two_workers_give_the_tags_of_none(small_tagger: Tagger) -> None:
    sentences = [*SENTENCES, *STRANGE]
    assert list(small_tagger.stream(iter(sentences), workers=2)) == small_tagger.tag_sents(sentences)
    alone = small_tagger.predict(sentences)
    told = list(small_tagger.predictions(sentences, workers=2))
    assert [one.tags for one in told] == [one.tags for one in alone]
    assert [one.confidences for one in told] == [pytest.approx(one.confidences) for one in alone]


def test_an_exported_model_has_workers_too(small_model: Path, tmp_path: Path) -> None:
    export(small_model, tmp_path / "small.onnx")
    tagger = Tagger.load(tmp_path / "small.onnx")
    assert list(tagger.stream(SENTENCES[:9], workers=2)) == Tagger.load(small_model).tag_sents(SENTENCES[:9])


def test_sentences_are_read_no_further_than_keeps_the_workers_busy(small_tagger: Tagger) -> None:
    read = 0

    def sentences() -> Iterator[list[str]]:
        nonlocal read
        for _ in range(20 * SENTENCES_TOGETHER):
            read += 1
            yield ["dog"]

    tagged = small_tagger.stream(sentences(), workers=1)
    next(tagged)
    assert read == SENTENCES_TOGETHER
    read = 0
    tagged = small_tagger.stream(sentences(), workers=2)
    next(tagged)
    assert read <= 10 * SENTENCES_TOGETHER
    del tagged  # ends the workers


def test_what_came_before_a_broken_sentence_is_tagged(small_tagger: Tagger) -> None:
    for workers in (1, 2):
        tagged = small_tagger.stream([["dog"], ["the"], [1]], workers=workers)  # type: ignore[list-item]
        assert [next(tagged), next(tagged)] == [[("dog", "NN")], [("the", "DT")]]
        with pytest.raises(InputError, match="sentence 2: expected tokens of type str, got int"):
            next(tagged)


def test_a_helper_that_dies_is_an_error_and_none_stays_behind(small_tagger: Tagger) -> None:
    with Workers(small_tagger, 3) as workers:
        processes = [helper._process for helper in workers._helpers]
        folder = Path(processes[0].args[-3]).parent  # type: ignore[index,arg-type]
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        message = "expected tags from a worker process, got its end"
        with pytest.raises(PostaggerError, match=message):
            workers.wait()
        with pytest.raises(PostaggerError, match=message):
            list(workers.stream([["the"]]))
    assert len(processes) == 2
    assert all(process.poll() is not None for process in processes)
    assert not folder.exists()


def test_every_group_but_the_first_can_go_to_a_helper(small_tagger: Tagger) -> None:
    groups = [[["the", "dog"], []], [["a"]], [["dog", "barks"]], [], [["cat"]]]
    by_itself = []

    def answer(sentences: Sequence[Sequence[str]], temperature: float | None) -> Answer:
        by_itself.append(sentences)
        return small_tagger.answer(sentences, temperature)

    with Workers(small_tagger, 2) as workers:
        workers._tagger = SimpleNamespace(answer=answer)  # type: ignore[assignment]
        told = list(workers.answers(iter(groups), 1.0))
    assert by_itself[0] == groups[0]
    assert len(by_itself) < len(groups)
    for group, one in zip(groups, told, strict=True):
        own = small_tagger.answer(group, 1.0)
        assert (one.sentences, one.tag_ids.tolist()) == (group, own.tag_ids.tolist())
        assert one.confidences.tolist() == pytest.approx(own.confidences.tolist())


def test_several_streams_share_helpers_who_have_started(small_tagger: Tagger) -> None:
    right = small_tagger.tag_sents(SENTENCES)
    with small_tagger.workers(2) as workers:
        workers.wait()
        first, second = workers.stream(SENTENCES), workers.stream(reversed(SENTENCES))
        assert [next(first), next(second)] == [right[0], right[-1]]
        assert list(first) == right[1:]
        assert list(second) == right[-2::-1]
        assert [one.tags for one in workers.predictions(STRANGE)] == [one.tags for one in small_tagger.predict(STRANGE)]
        abandoned = workers.stream(SENTENCES)
        next(abandoned)
        del abandoned
        assert list(workers.stream(SENTENCES)) == right


def test_one_worker_is_this_process(small_tagger: Tagger) -> None:
    with small_tagger.workers(1) as workers:
        workers.wait()
        assert list(workers.stream(SENTENCES)) == small_tagger.tag_sents(SENTENCES)
        assert workers._helpers == []


def test_a_gpu_has_no_workers(small_tagger: Tagger) -> None:
    tagger = SimpleNamespace(weights=SimpleNamespace(device_type="cuda"))
    with pytest.raises(InputError, match="expected a tagger on the CPU, got one on cuda; load it with device cpu"):
        Workers(tagger, 2)  # type: ignore[arg-type]
    assert small_tagger.weights.device_type == "cpu"


def test_no_worker_at_all_is_refused(small_tagger: Tagger) -> None:
    with pytest.raises(InputError, match="workers: expected a number of at least 1, got 0"):
        list(small_tagger.stream(SENTENCES[:2], workers=0))
    with pytest.raises(InputError, match="workers: expected a number of at least 1, got -1"):
        small_tagger.workers(-1)
