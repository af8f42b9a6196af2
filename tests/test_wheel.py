"""The built wheel, in an empty environment, beside a user's own packages called models and data_prep."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from postagger.export import export
from postagger.model_folder import MODEL_FILES
from postagger.pretrained import SHIPPED

ROOT = Path(__file__).parent.parent
QUICK = ("--quiet", "--no-compile", "--constraint", str(ROOT / "constraints.txt"))

USER_PROGRAM = """
import socket
def no_network(*_):
    raise AssertionError("the network was asked for something")
socket.socket.connect = socket.getaddrinfo = no_network
import data_prep, models
import postagger
from postagger.data_prep.corpus import load_corpus
assert models.MINE and data_prep.MINE
assert "site-packages" in postagger.__file__
assert len(load_corpus(["sample"]).part("all")) == 400
print(postagger.load("model").tag("The dog barks .".split()))
print(postagger.load().tag("The quick brown fox jumps .".split()))
print(postagger.load("english-web").tag("They bark .".split()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git knows, so that nothing that lies about gets in."""
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, files.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(path.read_bytes())
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_only_postagger(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.split("/")[0] for name in names}
    assert roots == {"postagger", "postagger-0.1.0.dist-info"}
    assert {"postagger/py.typed", "postagger/data_prep/sample_corpus.txt", "postagger/tag.py"} <= set(names)
    files = {*MODEL_FILES, "card.md"}
    assert "postagger/evaluation/templates/sections/scores.html.j2" in names
    assert {f"postagger/pretrained/{model}/{name}" for model in SHIPPED for name in files} <= set(names)
    assert wheel.stat().st_size < 12_000_000
    packaged = {name for name in names if name.endswith(".py")}
    assert packaged == {str(path.relative_to(ROOT)) for path in (ROOT / "postagger").rglob("*.py")}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """That of an empty environment."""
    venv.create(tmp_path / "venv")
    return tmp_path / "venv" / "bin" / "python"


def install(python: Path, *packages: str) -> None:
    """Install packages, and what they want, into the environment of a python; skips the test without an index."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", *QUICK]
    done = subprocess.run([*command, *packages], capture_output=True, check=False)
    if b"Failed to establish a new connection" in done.stderr and not os.environ.get("TESTS_MUST_NOT_SKIP"):
        pytest.skip("needs a package index")
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
def test_it_installs_into_an_empty_environment_and_tags_beside_other_models(
    wheel: Path, small_model: Path, python: Path, tmp_path: Path
) -> None:
    install(python, str(wheel))
    for name in ("models", "data_prep"):
        (tmp_path / "work" / name).mkdir(parents=True)
        (tmp_path / "work" / name / "__init__.py").write_text("MINE = True\n")
    (tmp_path / "work" / "model").symlink_to(small_model)
    result = subprocess.run(
        [str(python), "-c", USER_PROGRAM], cwd=tmp_path / "work", capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    assert result.stdout == (
        "[('The', 'DT'), ('dog', 'NN'), ('barks', 'VBZ'), ('.', '.')]\n"
        "[('The', 'DT'), ('quick', 'JJ'), ('brown', 'JJ'), ('fox', 'NN'), ('jumps', 'VBZ'), ('.', '.')]\n"
        "[('They', 'PRP'), ('bark', 'VBP'), ('.', '.')]\n"
    )
    command = [str(tmp_path / "venv" / "bin" / "postagger"), "tag", "--model", "model"]
    tagged = subprocess.run(command, cwd=tmp_path / "work", input="Run!", capture_output=True, text=True, check=False)
    assert (tagged.stdout, tagged.stderr) == ("Run/VB !/.\n", "")


@pytest.mark.slow
def test_it_tags_where_neither_torch_nor_nltk_is_installed(
    wheel: Path, small_model: Path, python: Path, tmp_path: Path
) -> None:
    install(python, "numpy", "safetensors", "threadpoolctl", "onnxruntime")
    install(python, "--no-deps", str(wheel))
    export(small_model, tmp_path / "small.onnx")
    program = "import postagger; print(postagger.load().tag('The fox jumps .'.split()))"
    printed = subprocess.check_output([str(python), "-c", program], cwd=tmp_path, text=True)
    assert printed == "[('The', 'DT'), ('fox', 'NN'), ('jumps', 'VBZ'), ('.', '.')]\n"
    for model in (small_model, tmp_path / "small.onnx"):
        command = [str(python), "-m", "postagger.tag", "--model", str(model), "--workers", "2"]
        tagged = subprocess.run(command, cwd=tmp_path, input="Run!", capture_output=True, text=True, check=False)
        assert (tagged.stdout, tagged.stderr) == ("Run/VB !/.\n", "")
