"""Nothing asks the network, save the download of a corpus that was asked for and is not there; nothing is unpickled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Python runs it at the start of every process that finds it, those that a program starts among them.
WATCH = """
import os, sys

ASKED = os.environ["NETWORK_ASKED"]
ASKING = {"connect", "connect_ex", "bind", "listen", "sendto", "sendmsg", "getaddrinfo", "getnameinfo",
          "gethostbyname", "gethostbyaddr"}
# How urllib3, which spaCy imports, learns whether the machine knows IPv6: nothing leaves it.
HARMLESS = ("socket.bind", ("::1", 0))

def watch(event, arguments):
    library, _, what = event.partition(".")
    if library == "socket" and what in ASKING and (event, arguments[-1]) != HARMLESS or event == "pickle.find_class":
        with open(ASKED, "a") as file:
            print(what, arguments, file=file)
        raise ConnectionRefusedError("expected nothing to be asked for, got " + event)

sys.addaudithook(watch)
"""

IMPORTS = """
import importlib, pkgutil
import postagger

modules = [module.name for module in pkgutil.walk_packages(postagger.__path__, "postagger.")]
for name in modules:
    if not name.endswith("__main__"):
        importlib.import_module(name)
assert "postagger.integrations.spacy" in modules and "postagger.serving.application" in modules
"""

USE = """
from pathlib import Path
from postagger import charlm, doctor, evaluate, export, tag, train
from postagger.pretrained import SHIPPED

for name in SHIPPED:
    tagger = postagger.load(name)
    assert tagger.tag(["The", "dog", "barks"])[1] == ("dog", "NN")
    assert tagger.tag_text("Dogs bark.")[0][2].text == "."
    assert len(list(tagger.stream([["Dogs", "bark"]] * 10, workers=2))) == 10
quick = ["--num-epochs", "1", "--hidden-size", "8"]
assert train.run(["--corpus", "sample", *quick, "--output", "model"]) == 0
assert evaluate.run(["--model", "model", "--corpus", "sample", "--output", "scores"]) == 0
assert Path("model/report.html").exists() and Path("scores/report.html").exists()
assert doctor.run(["sample"]) == 0
assert export.run(["--model", "model", "--output", "model.onnx"]) == 0
Path("text.txt").write_text("Row, row, row your boat.\\n" * 80)
assert tag.run(["--model", "model.onnx", "text.txt"]) == 0
assert charlm.run(["train", "--text", "text.txt", *quick, "--output", "letters"]) == 0
assert charlm.run(["evaluate", "--model", "letters", "--text", "text.txt"]) == 0
assert charlm.run(["generate", "--model", "letters", "--length", "5"]) == 0
"""

DOWNLOAD = """
import nltk
from postagger import doctor

nltk.data.path[:] = []
raise SystemExit(doctor.run(["treebank"]))
"""


def watched(folder: Path, program: str, *before: str) -> tuple["subprocess.CompletedProcess[str]", str]:
    """A program in a process of its own, and what it asked the network for."""
    (folder / "sitecustomize.py").write_text(WATCH)
    asked = folder / "asked.txt"
    asked.touch()
    path = os.pathsep.join([str(folder), str(Path(__file__).parent.parent)])
    environment = {**os.environ, "PYTHONPATH": path, "NETWORK_ASKED": str(asked), "HOME": str(folder)}
    command = [*before, sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done, asked.read_text()


def nothing_but_this_machine() -> list[str]:
    """What starts a program without any network, even for a library in C; nothing where that is not allowed."""
    command = ["unshare", "--map-root-user", "--net"]
    allowed = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if allowed and allowed.returncode == 0 else []


def test_neither_imports_nor_commands_ask(tmp_path: Path) -> None:
    done, asked = watched(tmp_path, IMPORTS + USE, *nothing_but_this_machine())
    assert done.returncode == 0, done.stderr
    assert asked == ""


def test_a_corpus_that_is_asked_for_and_missing_is_downloaded_or_missed_in_one_line(tmp_path: Path) -> None:
    done, asked = watched(tmp_path, DOWNLOAD)
    assert {line.split()[0] for line in asked.splitlines()} == {"getaddrinfo"}
    assert "raw.githubusercontent.com" in asked
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "postagger doctor: error: expected the NLTK corpus treebank, got none on this machine and no network to "
        "download it from; set NLTK_DATA to a folder that holds corpora/treebank, or use --corpus sample\n"
    )
