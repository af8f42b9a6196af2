"""The models that come with the package, each in a model folder with its card."""

import os
from pathlib import Path

from postagger.errors import ModelFolderError

SHIPPED = ("english-news", "english-web")
"""Their names; the first is the one that is taken where none is named."""


def model_path(name: "str | Path") -> Path:
    """The folder of a shipped model, or the path itself. A folder of one's own with such a name is ./english-news.

    Raises:
        ModelFolderError: there is no such path, but a shipped model whose name is much like it.

    >>> model_path("english-web").name, model_path("./english-web").parent.name, str(model_path("my/model"))
    ('english-web', '', 'my/model')
    """
    if name in SHIPPED:
        return Path(__file__).parent / name
    if not os.path.lexists(name) and str(name) == Path(name).name:
        from difflib import get_close_matches

        if meant := get_close_matches(str(name), SHIPPED, n=1):
            raise ModelFolderError(
                f"expected a model folder, or one of {' '.join(SHIPPED)}, got {str(name)!r}; did you mean {meant[0]}?"
            )
    return Path(name)
