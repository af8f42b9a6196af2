"""What several test files share: three sentences, a corpus of them, a tagger that has learnt them, the treebank."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

# Threads that wait for each other must not spin: the processes of a parallel run share the cores, and a small training
# with two threads then takes fifty times as long. The library of the threads reads it once, when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Workers inherit 80 columns that nobody sees; older tqdms cut what they show there.
os.environ.pop("COLUMNS", None)

import pytest
import torch
from engines import Place, new_place
from filelock import FileLock
from hypothesis import settings

from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.sentence import Sentence
from postagger.errors import MissingCorpusError
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

# A shell script ignores these in what it runs in its background, and so would the programs that tests interrupt.
for ignored in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(ignored) is signal.SIG_IGN:
        signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)

# The first example may import half of the world; how long that takes says nothing of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SENTENCES = [
    Sentence(("The", "dog", "barks", "."), ("DT", "NN", "VBZ", ".")),
    Sentence(("Dogs", "bark", "at", "the", "old", "dog", "."), ("NNS", "VBP", "IN", "DT", "JJ", "NN", ".")),
    Sentence(("Run", "!"), ("VB", ".")),
]

SMALL = TaggerConfig.from_settings(
    {
        "embedding_dim": 12,
        "feature_dim": 4,
        "hidden_size": 8,
        "input_dropout": 0.1,
        "output_dropout": 0.1,
        "unknown_word_rate": 0.1,
        "num_epochs": 60,
        "batch_size": 2,
        "learning_rate": 0.02,
    }
)


# Files that take long are begun first (pytest --dist loadfile --no-loadscope-reorder), so that no worker is alone with
# one of them at the end.
LONG = ["test_treebank", "test_wheel", "test_charlm", "test_speed_benchmark", "test_report_in_browser"]
LONG += ["test_bulk_ray", "test_bulk_spark", "test_spark_integration", "test_ray_integration"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def gradient(parameter: torch.Tensor) -> torch.Tensor:
    """A copy of a gradient that must be there."""
    assert parameter.grad is not None
    return parameter.grad.clone()


@pytest.fixture(autouse=True)
def seed() -> Iterator[None]:
    """Equal random numbers and one thread for every test, whatever ran before."""
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def small_corpus() -> Corpus:
    return Corpus.from_parts("small", SENTENCES, SENTENCES, SENTENCES)


@pytest.fixture(scope="session")
def small_tagger(small_corpus: Corpus) -> Tagger:
    return train_tagger(small_corpus, SMALL)[0]


@pytest.fixture(scope="session")
def small_model(small_tagger: Tagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "small"
    small_tagger.save(path)
    return path


@pytest.fixture(scope="session")
def treebank() -> Corpus:
    """The Penn Treebank sample; under .ci/run its absence is a failure."""
    return named_corpus("treebank")


def named_corpus(name: str) -> Corpus:
    """A corpus of NLTK's; skips the test where it cannot be had, unless no test may skip."""
    try:
        return load_corpus([name])
    except MissingCorpusError as error:
        if os.environ.get("TESTS_MUST_NOT_SKIP"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def treebank_model(treebank: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder made by the real command, with the fast preset; once for all workers of a parallel run."""
    from postagger.train import run

    folder = tmp_path_factory.getbasetemp()
    path = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "treebank-fast"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            assert run(["--corpus", "treebank", "--preset", "fast", "--output", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Where an engine may run, for the tests of a file; at its end no process may be left."""
    with new_place() as place:
        yield place
