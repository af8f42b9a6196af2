"""A process that reads model folders which nobody vouches for, and watches itself while it does."""

import resource
import sys
import time
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from postagger.char_language_model import CharLanguageModel
from postagger.errors import ModelFolderError
from postagger.model_folder import read_history
from postagger.tagger import Tagger

_WORDS = ["The", "dog", "barks", "zebra", "."]
_TEXT = "row, zebra\n"
_ADDRESS_SPACE = 8 << 30
_ODD_EVENTS = (
    "import",
    "exec",
    "compile",
    "marshal.",
    "pickle.",
    "subprocess.",
    "socket.",
    "os.",
    "ctypes.",
    "shutil.",
)
_LONGEST_MESSAGE = 1200


class Answer(NamedTuple):
    """outcome: refused, works, or what is wrong. megabytes: the most memory that the process had meanwhile."""

    outcome: str
    message: str
    seconds: float
    megabytes: float


class _Watch:
    """What was opened and run while a folder is read."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        is_file = event == "open" and not isinstance(arguments[0], int)
        if is_file and not str(arguments[0]).startswith(self.folder + "/"):
            self.seen.append(f"open {arguments[0]}")
        elif event.startswith(_ODD_EVENTS):
            self.seen.append(f"{event} {arguments[:1]!r}"[:200])


def answer_all(connection: Connection, known: dict[str, Path]) -> None:
    """Answer (path, kind) after (path, kind), until there are no more; known: a whole folder of each kind."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    warnings.simplefilter("error")
    for kind, path in known.items():  # whatever is imported on the way is imported now
        _use(path, kind)
        _refused(path / "none", kind)
    watch = _Watch()
    connection.send(Answer("works", "", 0.0, _peak_megabytes()))
    while True:
        try:
            path, kind = connection.recv()
        except EOFError:
            return
        connection.send(_answer(Path(path), kind, watch))


def _answer(path: Path, kind: str, watch: _Watch) -> Answer:
    _forget_peak()
    begun = time.perf_counter()
    watch.seen.clear()
    watch.folder = str(path)
    try:
        _use(path, kind)
        outcome, message = "works", ""
    except ModelFolderError as error:
        outcome, message = "refused", str(error)
        if "\n" in message or not message.isprintable() or str(path) not in message or len(message) > _LONGEST_MESSAGE:
            outcome = "refused by something else than a line that names the folder"
    except BaseException as error:
        watch.folder = None  # what follows looks into the source
        outcome, message = type(error).__name__, traceback.format_exc()
    finally:
        watch.folder = None
    seconds = time.perf_counter() - begun
    if watch.seen:
        outcome, message = "something else was opened or run", "; ".join(watch.seen)
    return Answer(outcome, message, seconds, _peak_megabytes())


def _use(path: Path, kind: str) -> None:
    """Load a model, and see that it does its work."""
    if kind == "language-model":
        model = CharLanguageModel.load(path, device="cpu")
        scores = model.score(_TEXT)
        assert [score.character for score in scores] == list(_TEXT)
        assert all(score.log_prob is None or score.log_prob <= 0 for score in scores)  # nan is not
        model.generate("row", 3, seed=1)
    else:
        tagger = Tagger.load(path, device="cpu")
        (prediction,) = tagger.predict([_WORDS], alternatives=2)
        assert len(prediction.tags) == len(prediction.confidences) == len(_WORDS)
        assert all(isinstance(tag, str) for tag in prediction.tags)
        assert all(0 <= confidence <= 1 for confidence in prediction.confidences)
        assert len(tagger.tag_text("The dog barks.")) == 1
        str(tagger).encode()
    read_history(path)


def _refused(path: Path, kind: str) -> None:
    try:
        _use(path, kind)
    except ModelFolderError:
        return


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_megabytes() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    return 0.0
