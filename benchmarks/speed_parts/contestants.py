"""Who takes part: our presets and a shipped model, an exported file, and the rivals that can be saved."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rivals import LOADERS, RIVALS
from rivals.common import rival_module

from postagger.pretrained import model_path

from .texts import Texts

BASE = "NLTK perceptron"
"""Whom all are compared with."""
DEFAULT, EXPORTED, SHIPPED = "postagger `default`", "postagger `default`, ONNX", "postagger `english-news`"
ONNX_PACKAGES = ("onnx", "onnxruntime")
ONNX_REQUIREMENT = "'postagger[onnx]'"


@dataclass(frozen=True)
class Contestant:
    """One that takes part.

    model: a folder or file; make: trains on the texts and writes it to a path, None where it is at hand. packages: what
    is needed beside those of this project; those of rivals are asked for when they are trained and loaded.
    """

    name: str
    model: Path
    make: Callable[[Texts, Path], None] | None = None
    packages: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether it is loaded by postagger.load, and not by the loader of a rival."""
        return self.name not in LOADERS

    @property
    def megabytes(self) -> float:
        """The size of all files of the model."""
        files = [self.model] if self.model.is_file() else [path for path in self.model.rglob("*") if path.is_file()]
        return sum(path.stat().st_size for path in files) / 1e6

    def prepare(self, texts: Texts) -> None:
        """Make the model, if it is missing.

        Raises:
            MissingRivalError: a package is not installed.
        """
        for package in self.packages:
            rival_module(package, ONNX_REQUIREMENT)
        if self.model.exists() or self.make is None:
            return
        print(f"{self.name}: making {self.model}", file=sys.stderr, flush=True)
        self.model.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.model.parent) as folder:
            made = Path(folder) / self.model.name
            self.make(texts, made)
            made.rename(self.model)


def all_contestants(folder: Path) -> list[Contestant]:
    """With their models in the folder."""
    default = Contestant(DEFAULT, folder / "default", partial(_train, "default"))
    ours = [
        default,
        Contestant(EXPORTED, folder / "default.onnx", partial(_export, default), ONNX_PACKAGES),
        Contestant("postagger `fast`", folder / "fast", partial(_train, "fast")),
        Contestant(SHIPPED, model_path("english-news")),
    ]
    return ours + [Contestant(name, folder / _file_name(name), partial(_train_rival, name)) for name in LOADERS]


def _file_name(name: str) -> str:
    """Letters and digits, and hyphens between them.

    >>> _file_name("CRF (python-crfsuite)")
    'crf-python-crfsuite'
    """
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _train(preset: str, texts: Texts, output: Path) -> None:
    arguments = [*texts.corpus_arguments, "--preset", preset, "--output", str(output), "--quote", "0", "--seed", "1"]
    _run("postagger.train", *arguments)


def _export(contestant: Contestant, texts: Texts, output: Path) -> None:
    contestant.prepare(texts)
    _run("postagger.export", "--model", str(contestant.model), "--output", str(output))


def _run(command: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", command, *arguments], check=True, stdout=subprocess.DEVNULL)


def _train_rival(name: str, texts: Texts, output: Path) -> None:
    save = RIVALS[name](texts.train).save
    if save is None:
        raise ValueError(f"{name}: expected a rival that can be saved, got one that cannot")
    save(output)
