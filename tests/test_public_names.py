import importlib.metadata
from pathlib import Path

import pytest

import postagger
from postagger.tagger import Tagger


def test_all_is_exact() -> None:
    assert postagger.__all__ == ["Tagger", "__version__", "load"]
    public = {name for name in vars(postagger) if not name.startswith("_")} | {"__version__"}
    modules = {"tagger", "errors", "config"}  # submodules appear once something has imported them
    assert {name for name in public if not isinstance(getattr(postagger, name), type(postagger))} <= set(
        postagger.__all__
    ) | {"TYPE_CHECKING", "Any"} | modules


def test_names_are_what_they_say(small_model: Path) -> None:
    assert postagger.Tagger is Tagger
    assert postagger.load(small_model).tag(["dog"]) == [("dog", "NN")]
    assert postagger.__version__ == importlib.metadata.version("postagger")
    with pytest.raises(AttributeError, match="has no attribute 'train_everything'"):
        postagger.train_everything  # noqa: B018
