import importlib.metadata
from pathlib import Path
from types import ModuleType

import pytest

import postagger
from postagger.char_language_model import CharLanguageModel
from postagger.tagger import Tagger


def test_all_is_exact() -> None:
    assert postagger.__all__ == ["CharLanguageModel", "Tagger", "__version__", "load"]
    for name in postagger.__all__:
        assert getattr(postagger, name) is not None
    # Submodules appear once something has imported them; the rest is imported for types.
    others = {name for name, value in vars(postagger).items() if not isinstance(value, ModuleType)}
    public = {name for name in others if not name.startswith("_")} - {"TYPE_CHECKING", "Any"}
    assert public | {"CharLanguageModel", "Tagger", "__version__"} == set(postagger.__all__)


def test_names_are_what_they_say(small_model: Path) -> None:
    assert postagger.Tagger is Tagger
    assert postagger.CharLanguageModel is CharLanguageModel
    assert postagger.load(small_model).tag(["dog"]) == [("dog", "NN")]
    assert postagger.__version__ == importlib.metadata.version("postagger")
    with pytest.raises(AttributeError, match="has no attribute 'train_everything'"):
        postagger.train_everything  # noqa: B018
