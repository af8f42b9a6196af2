"""One tagger for many threads and processes: the same tags as from one, and nobody waits for ever."""

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from postagger import met_words
from postagger.scoring import threads as blas
from postagger.tagger import Tagger

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without forks"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
WORDS = "The the dog Dogs bark barks at old . Run ! U.S. 10-year www.dog.com zebra DOG".split()
SENTENCES = [[WORDS[(7 * first + 3 * step) % len(WORDS)] for step in range(first % 9)] for first in range(60)]
MANY = 8


def everything(tagger: Tagger) -> list[Any]:
    """What can be asked of a tagger, as plain values; numbers are rounded to what no order of additions changes."""
    text, sentence = "The dog barks. Run!", SENTENCES[8]
    universal = tagger.with_tags(tagset="universal", allowed={"dog": ["NOUN"]})
    return [
        tagger.tag(sentence),
        tagger.tag_sents(SENTENCES),
        list(tagger.stream(iter(SENTENCES))),
        universal.tag_sents(SENTENCES),
        [(one.tags, rounded(one.confidences)) for one in tagger.predictions(SENTENCES)],
        [one.tags for one in tagger.predict(SENTENCES, alternatives=2)],
        [rounded(one) for one in tagger.probabilities(SENTENCES[:9])],
        [one.tags for one in tagger.best_sequences(sentence, 2)],
        [[(token.text, token.tag, token.start) for token in tokens] for tokens in tagger.tag_text(text)],
    ]


def rounded(values: Any) -> list[Any]:
    return [round(value, 3) for value in np.ravel(values).tolist()]


def exported(model: Path, folder: Path) -> Tagger:
    pytest.importorskip("onnxruntime")
    from postagger.export import export

    export(model, folder / "small.onnx")
    return Tagger.load(folder / "small.onnx")


def on_torch(model: Path) -> Tagger:
    """One that is scored by torch on a CPU."""
    from postagger.scoring.torch_scorer import TorchScorer

    tagger = Tagger.load(model, device="cpu")
    scorer = TorchScorer(tagger.network, "float32")
    tagger.weights = SimpleNamespace(scorer=lambda: scorer)  # type: ignore[assignment]
    return tagger


@pytest.fixture(params=["numpy", "torch", "onnx"])
def fresh(request: pytest.FixtureRequest, small_model: Path, tmp_path: Path) -> Tagger:
    """One that has not tagged yet."""
    if request.param == "onnx":
        return exported(small_model, tmp_path)
    return on_torch(small_model) if request.param == "torch" else Tagger.load(small_model, device="cpu")


@pytest.fixture(scope="module")
def right(small_model: Path) -> list[Any]:
    return everything(Tagger.load(small_model, device="cpu"))


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What a forked process makes, within 20 seconds."""
    return begun_in_a_fork(work)()


def begun_in_a_fork(work: Callable[[], Any]) -> Callable[[], Any]:
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(20)
            with os.fdopen(writer, "w") as answer:
                json.dump(work(), answer)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)

    def made() -> Any:
        with os.fdopen(reader) as answer:
            told = answer.read()
        assert os.waitpid(process, 0)[1] == 0
        return json.loads(told)

    return made


def as_json(values: Any) -> Any:
    return json.loads(json.dumps(values))


def by_threads(work: Callable[[], Any]) -> list[Any]:
    """What eight threads make who begin at the same moment."""
    together = threading.Barrier(MANY)

    def begin(_: int) -> Any:
        together.wait()
        return work()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(begin, range(MANY)))


def test_a_first_call_by_eight_threads_at_once(fresh: Tagger, right: list[Any]) -> None:
    assert by_threads(lambda: everything(fresh)) == [right] * MANY


def test_threads_who_ask_at_once_get_one_network_and_one_scorer(small_model: Path) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    scorers = by_threads(tagger.weights.scorer)
    networks = by_threads(lambda: tagger.network)
    assert len({*map(id, scorers)}) == len({*map(id, networks)}) == 1
    assert len({*map(id, by_threads(tagger._met_words))}) == 1


def test_eight_forks_of_one_that_has_tagged_and_of_one_that_has_not(fresh: Tagger, right: list[Any]) -> None:
    answers = [begun_in_a_fork(lambda: everything(fresh)) for _ in range(MANY // 2)]
    assert everything(fresh) == right
    answers += [begun_in_a_fork(lambda: everything(fresh)) for _ in range(MANY // 2)]
    assert [answer() for answer in answers] == [as_json(right)] * MANY


def tell(tagger: Tagger, connection: Connection) -> None:
    connection.send(everything(tagger))


@pytest.mark.parametrize("way", ["spawn", "forkserver"])
def test_processes_that_are_given_it(way: str, small_model: Path, right: list[Any]) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    assert everything(tagger) == right  # what it has learnt of words stays here
    context: Any = multiprocessing.get_context(way)
    pipes = [context.Pipe(duplex=False) for _ in range(2)]  # each takes a second to start
    processes = [context.Process(target=tell, args=(tagger, there)) for _, there in pipes]
    for process in processes:
        process.start()
    for (here, _), process in zip(pipes, processes, strict=True):
        assert here.poll(60)
        assert here.recv() == right
        process.join()


@contextlib.contextmanager
def a_thread_that_stops_in(owner: Any, name: str, work: Callable[[], Any], seconds: float) -> Iterator[None]:
    """As long as the context is open, or for so long, a thread is inside of a method, which others use as ever."""
    method, has_come, may_go = getattr(owner, name), threading.Event(), threading.Event()
    slow: list[int] = []

    def waiting(*given: Any) -> Any:
        if threading.get_ident() in slow:
            slow.clear()
            has_come.set()
            may_go.wait(seconds)
        return method(*given)

    def begin() -> None:
        slow.append(threading.get_ident())
        work()

    setattr(owner, name, waiting)
    thread = threading.Thread(target=begin)
    thread.start()
    assert has_come.wait(20)
    try:
        yield
    finally:
        may_go.set()
        thread.join()
        setattr(owner, name, method)


def test_a_fork_while_a_thread_reads_the_word_table(
    small_model: Path, right: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(met_words, "_MOST_WORDS", 3)  # so that whoever comes must wait till nobody reads
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    tagger = Tagger.load(small_model, device="cpu")
    scorer: Any = tagger.weights.scorer()
    group = scorer._group
    with a_thread_that_stops_in(scorer, "_group", lambda: tagger.tag_sents(SENTENCES * 2), 60):
        assert tagger._met is not None
        assert (tagger._met._num_readers, blas._inside) == (1, 1)

        def in_it() -> Any:
            scorer._group = group
            tagger.tag_sents(SENTENCES * 2)
            return blas._inside, everything(tagger)

        assert in_a_fork(in_it) == as_json([0, right])
    assert everything(tagger) == right


def test_a_fork_while_a_thread_writes_to_the_word_table(small_model: Path, right: list[Any]) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    scorer = tagger.weights.scorer()
    with a_thread_that_stops_in(scorer, "describe", lambda: tagger.tag_sents(SENTENCES), 0.3):
        assert in_a_fork(lambda: everything(tagger)) == as_json(right)


def test_a_fork_while_a_thread_builds_the_scorer(small_model: Path, right: list[Any]) -> None:
    tagger = Tagger.load(small_model, device="cpu")
    with a_thread_that_stops_in(tagger.weights, "_new_scorer", lambda: tagger.tag(["dog"]), 0.3):
        assert in_a_fork(lambda: everything(tagger)) == as_json(right)


def test_a_fork_of_a_process_whose_torch_has_used_several_threads() -> None:
    import torch

    torch.set_num_threads(2)
    numbers = torch.arange(2_000_000.0)
    total = numbers.tanh().sum().item()
    assert in_a_fork(lambda: [torch.get_num_threads(), numbers.tanh().sum().item()]) == [1, pytest.approx(total)]
    assert torch.get_num_threads() == 2


PROGRAM = """
import os, sys
from postagger.errors import PostaggerError
from postagger.tagger import Tagger
tagger = Tagger.load(sys.argv[1], device="cpu")
sentences = [["the", "dog"], ["Run", "!"]] * 5
with tagger.workers(2) as workers:
    workers.wait()
    begun = workers.stream(sentences)
    next(begun)
    helper = workers._helpers[0]
    pipe = helper._requests.fileno()
    child = os.fork()
    if child == 0:
        try:
            list(workers.stream(sentences))
        except PostaggerError as error:
            print(error, flush=True)
        try:
            os.fstat(pipe)  # which would keep the helper waiting when the parent has gone
        except OSError as error:
            print(error.strerror, flush=True)
        assert list(tagger.stream(sentences)) == tagger.tag_sents(sentences)
    else:
        assert os.waitpid(child, 0)[1] == 0
        assert list(begun) == tagger.tag_sents(sentences)[1:]
        assert list(workers.stream(sentences)) == tagger.tag_sents(sentences)
        assert helper.ask(sentences, None).result().tag_ids.tolist() == tagger.answer(sentences, None).tag_ids.tolist()
        print("parent is well", flush=True)
"""


def test_a_fork_leaves_the_helpers_of_its_parent_alone(small_model: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(small_model)], capture_output=True, text=True, timeout=60
    )
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "expected workers of this process, got those of the one that it was forked from; "
        "make others: tagger.workers(2)",
        "Bad file descriptor",
        "parent is well",
    ]


def test_eight_threads_share_a_language_model() -> None:
    from test_char_language_model import RHYME, trained

    model = trained(num_epochs=1)

    def work() -> list[Any]:
        scores = [one.log_prob for one in model.score(RHYME)]
        return [model.perplexity(RHYME), model.generate("row", 30, seed=1), scores]

    alone = work()
    assert by_threads(work) == [alone] * MANY
    assert in_a_fork(work) == as_json(alone)
