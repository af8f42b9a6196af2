"""Recurrent part-of-speech taggers: trained, judged and used.

import postagger
tagger = postagger.load()             # the English model that comes with the package; or load("path/to/model")
tagger.tag(["The", "dog", "barks"])   # [("The", "DT"), ("dog", "NN"), ("barks", "VBZ")]

Importing this package loads neither torch nor nltk until one is needed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from postagger.char_language_model import CharLanguageModel
    from postagger.scoring.numpy_scorer import Precision
    from postagger.tagger import Tagger

__version__ = "0.1.0"
__all__ = ["CharLanguageModel", "Tagger", "__version__", "load"]


def load(path: "str | Path" = "english-news", *, device: str = "auto", precision: "Precision" = "float32") -> "Tagger":
    """A trained tagger.

    path: a model folder, an ONNX file that was exported from one, or the name of a model that comes with the package:
    "english-news" or "english-web". device: "auto" (a GPU if there is one), "cpu", "cuda" or "mps". precision: of the
    recurrent products on a CPU; "bfloat16", where the processor has it, is faster and changes a few tags in 100,000.

    Raises:
        postagger.errors.ModelFolderError: the folder is missing, changed, or not a tagger's.
    """
    from postagger.pretrained import model_path
    from postagger.tagger import Tagger

    return Tagger.load(model_path(path), device=device, precision=precision)


def __getattr__(name: str) -> Any:
    if name == "Tagger":
        from postagger.tagger import Tagger

        return Tagger
    if name == "CharLanguageModel":
        from postagger.char_language_model import CharLanguageModel

        return CharLanguageModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
