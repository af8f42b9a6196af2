"""The floors of the house: an import only goes down, never up, never across to a room that must not be known."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "postagger"

# From the top to the ground. Rooms on one line share a floor and may know each other.
FLOORS = [
    [
        "__main__",
        "train",
        "evaluate",
        "tag",
        "bulk",
        "export",
        "charlm",
        "command_line",
        "argument_errors",
        "argument_types",
        "run_options",
        "commands",
        "tag_colors",
        "reading_progress",
        "predictions",
        "judged_corpus",
        "doctor",
        "tags",
        "serve",
        "completion",
        "corpus_checks",
    ],
    ["serving", "integrations"],
    ["tagged_sentences", "tagged_output", "untagged_text", "arrivals"],
    ["evaluation"],
    ["tagger_training", "char_training", "trainable_text", "mapping_exercise"],
    ["pretraining", "calibration", "tagger_batches", "window_batch"],
    ["tagger", "tagged_text", "char_language_model", "workers", "helper", "worker_process"],
    ["tagger_parts", "network_weights", "met_words", "answer", "decoding", "best_sequences", "tag_choice"],
    ["scoring"],
    ["tagger_network", "language_network"],
    ["run_checkpoints", "run_place"],
    [
        "trainer",
        "gradients",
        "shared_gradients",
        "processes",
        "divergence",
        "checkpoint",
        "seeds",
        "model_folder",
        "stored_model",
        "sampling",
    ],
    [
        "pretrained",
        "output_folder",
        "optimization",
        "device",
        "save_interval",
        "folder_lock",
        "training_position",
        "training_result",
        "interrupts",
        "perplexity",
        "prediction",
        "language_config",
        "stored_files",
        "stored_tensors",
        "compact_weights",
        "onnx_graph",
    ],
    ["config"],
    ["settings"],
    ["data_prep", "models"],
    ["errors", "disk_errors", "memory_errors", "forks", "ranks"],
]
STRANGERS = {"data_prep": "models", "models": "data_prep"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def room(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imported(path: Path) -> list[str]:
    """The rooms of this package that a module imports, wherever in the module it does so."""
    rooms = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == "postagger":
                names = [f"postagger.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        rooms += [name.split(".")[1] for name in names if name.startswith("postagger.")]
    return [name for name in rooms if name != "__version__"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path.relative_to(PACKAGE).parts)
    if here == "__init__":
        return
    for other in imported(path):
        assert floor(here) <= floor(other), f"{path.name} imports {other} from a floor above"
        assert STRANGERS.get(here) != other, f"{path.name}: {here} must not know {other}"


def test_every_module_has_a_floor() -> None:
    rooms = {room(path.relative_to(PACKAGE).parts) for path in MODULES} - {"__init__"}
    assert rooms == {name for rooms in FLOORS for name in rooms}


def test_models_know_torch_only() -> None:
    for path in (PACKAGE / "models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for root in (name.split(".")[0] for name in names):
                assert root in {"torch", "postagger", "typing", "collections", "math"}, f"{path.name}: {root}"


def test_the_links_at_the_top_show_the_code() -> None:
    for name in ("data_prep", "models"):
        link = PACKAGE.parent / name
        assert link.is_symlink()
        assert link.resolve() == (PACKAGE / name).resolve()


def test_importing_the_package_loads_neither_torch_nor_nltk() -> None:
    code = "import sys, postagger; sys.exit(bool({'torch', 'nltk', 'numpy', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
